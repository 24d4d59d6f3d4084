"""The laws on file, how they are read, what decides whether they apply, and what may hold them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hatchling.builders.wheel import WheelBuilder

from bartizan.cases.law_book import digest_of, read_folder, shipped
from bartizan.engines import clocks

AT = datetime(2026, 11, 2, 14, tzinfo=UTC)
SEC, HIPAA = shipped()["sec-8k-105"], shipped()["hipaa-404"]


def raw(rule: str = "sec-8k-105", **changed: Any) -> dict[str, Any]:
    body = dict(shipped()[rule].raw or {}) | changed
    return {key: value for key, value in body.items() if value is not ...}


def test_the_laws_that_the_office_was_promised_are_there() -> None:
    lengths = {law.id: law.length_words for law in shipped().values()}
    assert lengths == {
        "gdpr-33": "72 hours",
        "gdpr-34": "without undue delay",
        "hipaa-404": "60 days",
        "hipaa-406": "60 days",
        "hipaa-408-500": "60 days",
        "hipaa-408-fewer": "60 days after the year's end",
        "nis2-early-warning": "24 hours",
        "nis2-notification": "72 hours",
        "nis2-final-report": "1 month",
        "sec-8k-105": "4 business days",
    }


@pytest.mark.parametrize("law", shipped().values(), ids=lambda law: law.id)
def test_each_says_its_source_its_day_and_why_it_applies(law: clocks.Law) -> None:
    assert law.url.startswith("https://")
    assert law.source
    assert law.facts
    assert law.as_of <= date(2026, 11, 28)
    assert (law.hold is None) == bool(law.no_hold)


def test_the_laws_are_in_the_package() -> None:
    """In the wheel as hatchling would build it."""
    builder = WheelBuilder(str(Path(__file__).parents[3]))
    packed = {one.distribution_path for one in builder.recurse_included_files()}
    assert {f"bartizan/cases/laws/{name}.yaml" for name in ("gdpr", "nis2", "sec", "hipaa")} <= packed


WRONG: tuple[tuple[Mapping[str, Any], str, str], ...] = (
    ({"length": "72 h"}, "length", "a whole number from 1"),
    ({"length": True}, "length", "a whole number from 1"),
    ({"length": 10**9}, "length", "to 10000"),
    ({"unit": "weeks"}, "unit", "one of hours, days, business days, months"),
    ({"zone": "Mars/Base"}, "zone", "“site” or a zone such as Europe/Brussels"),
    ({"day_ends": 1050}, "day_ends", 'a time in quotation marks such as "17:30"'),
    ({"calendar": ...}, "calendar", "a country is needed"),
    ({"calendar": {"country": "XX"}}, "calendar.country", "two letters"),
    ({"calendar": {"country": "US", "state": "Bavaria"}}, "calendar.country", "known are: AK"),
    ({"calendar": {"country": "US", "closed": ["soon"]}}, "calendar.closed", "a day such as"),
    ({"as_of": "yesterday"}, "as_of", "a day such as 2026-11-01"),
    ({"trigger": ...}, "trigger", "words are expected, not nothing"),
    ({"lenght": 4}, "lenght", "there is no such key; known are"),
    ({"hold": ...}, "hold", "or under no_hold why there is none"),
    ({"no_hold": "none"}, "hold", "not both"),
    ({"hold": {"clause": "c", "who": "w", "why": "y"}}, "hold.forms", "at least one form"),
    ({"facts": [{"id": "a", "ask": "A?", "otherwise": "b"}]}, "facts.1.must", "true or false is expected"),
    ({"facts": ["A?"]}, "facts.1", "keys and values are expected"),
    ({"url": "sec.gov"}, "url", "an address such as"),
    ({"id": "SEC 8-K"}, "id", "small letters, figures and hyphens"),
    ({"unit": "hours"}, "day_ends", "has no meaning for hours"),
    ({"after": "sec-8k-105"}, "after", "cannot wait for itself"),
)


@pytest.mark.parametrize(("changed", "key", "words"), WRONG, ids=[f"{key}-{n}" for n, (_, key, _) in enumerate(WRONG)])
def test_a_rule_that_is_wrong_is_refused_with_its_key_and_what_is_expected(
    changed: Mapping[str, Any], key: str, words: str
) -> None:
    with pytest.raises(clocks.LawError) as refused:
        clocks.law_of(raw(**changed), "sec.yaml, rule 1")
    assert words in refused.value.problems[key]
    assert f"sec.yaml, rule 1, “{key}”" in str(refused.value)


def test_an_error_names_the_file_the_rule_and_the_key(tmp_path: Path) -> None:
    (tmp_path / "state.yaml").write_text("- id: our-state\n  length: soon\n")
    with pytest.raises(clocks.LawError, match=r"state\.yaml, rule 1 \(our-state\), “length”: a whole number"):
        read_folder(tmp_path)


@pytest.mark.parametrize(("text", "words"), [("a: [", "YAML is expected"), ("a: b", "a list of rules is expected")])
def test_a_file_that_holds_no_rules_is_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "state.yaml").write_text(text)
    with pytest.raises(clocks.LawError, match=f"state.yaml.*{words}"):
        read_folder(tmp_path)


def test_the_digest_is_of_the_words_and_not_of_their_order() -> None:
    body = raw()
    turned = dict(reversed(body.items()))
    assert digest_of(clocks.law_of(turned, "x")) == digest_of(SEC)
    assert digest_of(clocks.law_of(raw(length=5), "x")) != digest_of(SEC)


# -- whether a law applies


def test_one_answer_that_rules_a_law_out_is_enough_and_none_is_guessed() -> None:
    gdpr = shipped()["gdpr-33"]
    assert clocks.applies(gdpr, {}).applies is None
    assert "personal data" in clocks.applies(gdpr, {}).reason
    ruled = clocks.applies(gdpr, {"personal-data-breach": False})
    assert (ruled.applies, ruled.reason) == (False, "no personal data were breached")
    whole = {"personal-data-breach": True, "gdpr-controller": True, "risk-unlikely": False}
    assert clocks.applies(gdpr, whole).applies is True


@pytest.mark.parametrize(
    ("individuals", "large", "fewer"), [(0, False, True), (499, False, True), (500, True, False), (501, True, False)]
)
def test_five_hundred_individuals_make_the_difference_for_the_secretary(
    individuals: int, large: bool, fewer: bool
) -> None:
    answers = {"hipaa-entity": True, "unsecured-phi": True, "individuals": individuals}
    found = [clocks.applies(shipped()[rule], answers).applies for rule in ("hipaa-408-500", "hipaa-408-fewer")]
    assert found == [large, fewer]


def test_the_media_are_told_of_more_than_five_hundred_of_one_state() -> None:
    covered = {"hipaa-entity": True, "unsecured-phi": True}
    media = shipped()["hipaa-406"]
    assert clocks.applies(media, covered | {"residents-of-one-state": 500}).applies is False
    assert clocks.applies(media, covered | {"residents-of-one-state": 501}).applies is True


def test_a_question_that_several_laws_ask_is_asked_once() -> None:
    asked = [fact.id for fact in clocks.questions(shipped().values())]
    assert len(asked) == len(set(asked))
    assert asked[0] == "personal-data-breach"


# -- holds


def held(law: clocks.Law, *holds: tuple[str, datetime, date]) -> clocks.Deadline:
    plain = clocks.deadline(law, AT, site_zone="America/New_York")
    return clocks.held(law, plain, [clocks.Hold(form, at, until, "A. Official") for form, at, until in holds])


def test_the_commission_s_delays_are_thirty_thirty_and_sixty_days_and_no_fourth() -> None:
    """Form 8-K Item 1.05(c), counted from Friday 6 November 2026, when it was otherwise due."""
    days = [date(2026, 12, 6), date(2027, 1, 5), date(2027, 3, 6)]
    stated = [AT, datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 4, tzinfo=UTC)]
    holds = [("written", at, day) for at, day in zip(stated, days, strict=True)]
    assert held(SEC, *holds).last_on == days[2]
    with pytest.raises(clocks.HoldRefused, match="allows 3 holds, and all have been used"):
        held(SEC, *holds, ("written", datetime(2027, 3, 1, tzinfo=UTC), date(2027, 4, 1)))
    with pytest.raises(clocks.HoldRefused, match="at most 60 days"):
        held(SEC, *holds[:1], ("written", datetime(2026, 12, 1, tzinfo=UTC), date(2027, 1, 6)))


def test_the_attorney_general_writes() -> None:
    with pytest.raises(clocks.HoldRefused, match="knows a written statement of the Attorney General"):
        held(SEC, ("oral", AT, date(2026, 12, 1)))


def test_a_hold_after_the_end_or_before_its_own_statement_is_refused() -> None:
    with pytest.raises(clocks.HoldRefused, match="had ended on Fri 6 Nov 2026"):
        held(SEC, ("written", AT + timedelta(days=9), date(2026, 12, 1)))
    with pytest.raises(clocks.HoldRefused, match="lies before the day of the statement"):
        held(HIPAA, ("written", AT + timedelta(days=9), date(2026, 11, 3)))


def test_a_hold_without_a_name_is_refused() -> None:
    plain = clocks.deadline(HIPAA, AT)
    with pytest.raises(clocks.HoldRefused, match="by name and office"):
        clocks.held(HIPAA, plain, [clocks.Hold("written", AT, date(2027, 2, 1), "  ")])


@pytest.mark.parametrize("rule", ["gdpr-33", "nis2-early-warning", "nis2-notification", "nis2-final-report"])
def test_european_clocks_are_not_held(rule: str) -> None:
    with pytest.raises(clocks.HoldRefused, match="allows no hold"):
        held(shipped()[rule], ("written", AT, date(2026, 12, 1)))


def test_the_steps_say_what_was_skipped_and_why() -> None:
    at = datetime(2026, 11, 23, 15, tzinfo=UTC)
    steps = " ".join(clocks.deadline(SEC, at).steps)
    assert "Thu 26 Nov 2026 (Thanksgiving Day)" in steps
    assert "Sat 28 Nov 2026 (week-end)" in steps
    assert "It ends on Mon 30 Nov 2026 17:30 EST (22:30 UTC)." in steps
