"""What names people is found in a text, however large the staff is."""

from __future__ import annotations

import pytest

from bartizan.engines.context import Account, Estate, Host, Person
from bartizan.engines.pinpoint.who import masks
from bartizan.engines.pinpoint.who.masks import Identifiers, Masks

WORDS = "VI-00001 sat at VM-00002 as u00003, beside Quinn Vos 4 and Quinn Vos; VI-9 did not"


def staff(number: int) -> Estate:
    people = [Person(f"VI-{n:05d}", f"Quinn Vos {n}") for n in range(number)]
    return Estate.of(
        people=[*people, Person("VI-X", "Quinn Vos")],
        hosts=[Host(f"VM-{n:05d}", one.code) for n, one in enumerate(people)],
        accounts=[Account(f"u{n:05d}", one.code) for n, one in enumerate(people)],
    )


def test_the_longest_of_what_begins_at_a_word_is_meant() -> None:
    shown = Masks(Identifiers(staff(10)), lambda person: f"<{person}>").text(WORDS)
    assert shown == (
        "<VI-00001> sat at desk of <VI-00002> as user account of <VI-00003>, beside <VI-00004> and <VI-X>; VI-9 did not"
    )


def test_a_text_costs_as_much_for_two_thousand_people_as_for_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    is_here = masks._is_here

    def counted(known: masks._Known, text: str, start: int) -> bool:
        looked.append(known.text)
        return is_here(known, text, start)

    monkeypatch.setattr(masks, "_is_here", counted)
    for number in (10, 2000):
        looked.clear()
        assert len(list(Identifiers(staff(number)).marks(WORDS))) == 5
        assert len(looked) == 5, number
