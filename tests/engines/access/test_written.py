"""Cards, PINs and the table's file: what comes from outside may be wrong."""

from __future__ import annotations

from typing import Any

import pytest

from bartizan.engines.access import (
    Badge,
    CardError,
    PinError,
    Schedule,
    Table,
    TableError,
    badge_of_card,
    decode,
    from_plain,
    hash_pin,
    problems,
    to_plain,
)
from bartizan.engines.access.pins import answer_of, duress_of
from tests.engines.access.house import NOW, TABLE, with_portal

EMPTY: Any = {"version": 1, "made_at": "2026-11-17T09:00:00Z"}


def test_the_best_known_card_of_26_bits_is_read() -> None:
    # Facility 17, number 4417: 1 00010001 0001000101000001 0 by hand; even parity before, odd behind.
    card = decode(int("1 00010001 0001000101000001 0".replace(" ", "") + "000000", 2).to_bytes(4, "big"), 26)
    assert (card.facility, card.number) == (17, 4417)


def test_a_card_with_wrong_parity_or_too_few_bytes_is_none() -> None:
    with pytest.raises(CardError, match="wrong parity"):
        decode(bytes(4), 26)
    with pytest.raises(CardError, match="26 bits are said and 2 bytes came"):
        decode(bytes(2), 26)


def test_other_lengths_are_a_number_of_their_own() -> None:
    card = decode(bytes.fromhex("04a22b7c91"), 40)
    assert (card.number, card.facility, card.raw) == (0x04A22B7C91, None, "04a22b7c91")


def test_a_card_is_the_badge_that_lists_it_then_the_one_of_its_number() -> None:
    ours = Table(NOW, badges=(Badge("A-7", "alice", card="17:4417"), Badge("B", "bob", card="04A22B7C91")))
    seven = decode(int("1 00010001 0001000101000001 0".replace(" ", "") + "000000", 2).to_bytes(4, "big"), 26)
    assert badge_of_card(ours, seven, (18,)) == "A-7"
    assert badge_of_card(ours, decode(bytes.fromhex("04a22b7c91"), 40)) == "B"
    assert badge_of_card(Table(NOW), seven) == "4417"
    assert badge_of_card(Table(NOW), seven, (17,)) == "4417"
    assert badge_of_card(Table(NOW), seven, (18,)) == "17:4417", "another house's card is no badge of ours"


@pytest.mark.parametrize("number", ["17-4417", "017-04417"])
def test_a_card_is_the_badge_that_an_import_called_by_facility_and_number(number: str) -> None:
    seven = decode(int("1 00010001 0001000101000001 0".replace(" ", "") + "000000", 2).to_bytes(4, "big"), 26)
    other = Badge("4417", "bob")
    assert badge_of_card(Table(NOW, badges=(Badge(number, "alice"), other)), seven) == number
    assert badge_of_card(Table(NOW, badges=(Badge("18-4417", "alice"), other)), seven) == "4417"


def test_a_card_carries_no_leading_zeros_and_finds_its_badge() -> None:
    seven = decode(int("1 00010001 0001000101000001 0".replace(" ", "") + "000000", 2).to_bytes(4, "big"), 26)
    assert badge_of_card(Table(NOW, badges=(Badge("0004417", "alice"),)), seven) == "0004417"
    assert badge_of_card(Table(NOW, badges=(Badge("0004417", "alice"), Badge("4417", "bob"))), seven) == "4417"


def test_a_pin_is_four_to_eight_digits_and_is_not_kept_in_clear() -> None:
    for wrong in ("123", "123456789", "12a4", "", "١٢٣٤"):
        with pytest.raises(PinError):
            hash_pin(wrong)
    kept = hash_pin("1234")
    assert "1234" not in kept.split("$")[3]
    assert kept != hash_pin("1234"), "the same PIN of two people is not to be seen"
    assert [answer_of(kept, typed) for typed in ("1234", "1235", "1236", "", None)] == [
        "right",
        "duress",
        "wrong",
        "wrong",
        "none",
    ]
    assert duress_of("9999") == "9990"


@pytest.mark.parametrize(
    ("plain", "words"),
    [
        ([], "not of version 1"),
        ({"version": 2}, "not of version 1"),
        ({"version": 1}, "damaged"),
        ({"version": 1, "made_at": "yesterday"}, "damaged"),
        ({"version": 1, "made_at": "2026-11-17T09:00:00"}, "names no time zone"),
        ({**EMPTY, "doors": []}, "has no doors"),
        ({**EMPTY, "badges": [{"number": 4417, "person": "a"}]}, "no str"),
        ({**EMPTY, "orders": [{"id": "1", "verb": "open", "scope": [], "since": EMPTY["made_at"]}]}, "none of"),
    ],
)
def test_a_damaged_table_says_so(plain: Any, words: str) -> None:
    with pytest.raises(TableError, match=words):
        from_plain(plain)


def test_what_would_keep_people_out_though_nobody_meant_it_is_named() -> None:
    assert problems(TABLE) == ()
    assert "opens by schedule night" in problems(with_portal("D-LAB", open_schedule="night"))[0]
    assert "leads to zone CELLAR" in problems(with_portal("D-LAB", inner="CELLAR"))[0]
    assert to_plain(TABLE)["schedules"][0]["windows"][0]["begins"] == "07:00:00"
    assert isinstance(TABLE.schedules[0], Schedule)
