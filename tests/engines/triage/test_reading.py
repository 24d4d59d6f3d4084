"""What of a narrative is believed to tell what happened, and what a plain reading calls it."""

from __future__ import annotations

import pytest

from bartizan.engines.triage import sort
from bartizan.engines.triage.features import deed_of, thing_of
from bartizan.engines.triage.reading import read


def test_what_follows_the_name_of_a_house_is_still_read() -> None:
    told = read(
        "The covered entity (CE), Paper Street Clinic reported that two servers were stolen from Acme, Inc."
    ).told
    assert "Paper Street" not in told
    assert "two servers were stolen" in told


def test_the_form_of_a_firm_goes_with_its_name() -> None:
    assert read("A server was stolen from the covered entity (CE), Acme Labs, LLC, at night.").told == (
        "A server was stolen from the covered entity  at night."
    )


def test_a_title_does_not_end_a_sentence() -> None:
    assert read("The laptop of Dr. Smith was stolen. It was locked.").first == "The laptop of Dr. Smith was stolen."


def test_what_the_police_told_is_part_of_the_telling() -> None:
    reading = read("We run a clinic. The police notified us that a clerk sold records.")
    assert "sold records" in reading.told


@pytest.mark.parametrize(
    "remedy", ["The hospital provided timely breach notification to all.", "It notified all 300 affected individuals."]
)
def test_whom_the_house_told_is_not(remedy: str) -> None:
    reading = read(f"A laptop was stolen. {remedy}")
    assert reading.told == "A laptop was stolen."
    assert reading.afterwards == remedy


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("An error of the IT system printed bills on letters sent to other patients.", "letter"),
        ("He e-mailed the list from his laptop to the wrong address.", "mailbox"),
        ("A computer error put the notices into wrong envelopes.", "letter"),
        ("The laptop with our mails was stolen.", "laptop"),
    ],
)
def test_what_carried_it_is_the_thing_where_something_was_sent(text: str, thing: str) -> None:
    assert thing_of(read(text)) == thing


@pytest.mark.parametrize(
    ("text", "deed"),
    [
        ("My bag was left unattended in the lobby for an hour.", "none"),
        ("The ladder has fallen in the yard.", "none"),
        ("Patient files were found unsecured behind the building.", "disposed"),
        ("The files were scattered, the office had been ransacked.", "stolen"),
    ],
)
def test_everyday_words_are_not_taken_for_more_than_they_say(text: str, deed: str) -> None:
    assert deed_of(read(text)) == deed


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("An employee lost a flash drive.", "Loss"),
        ("Patient charts were thrown into a dumpster.", "Improper Disposal"),
        ("A computer was infected with malware.", "Hacking/IT Incident"),
    ],
)
def test_rare_types_do_not_drown_in_the_commonest(text: str, label: str) -> None:
    assert sort(text).types[0].label == label
