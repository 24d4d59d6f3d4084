"""Reports as people of an office write them: sorted by kind, and the thing named in VERIS's words."""

from __future__ import annotations

import pytest

from bartizan.engines.triage import KINDS, sort

TEXTS = [
    ("My laptop was stolen from my car last night.", "theft", "U - Laptop"),
    ("Someone broke into the office and took two desktop computers.", "theft", "U - Desktop"),
    ("My handbag with my company phone was snatched on the train.", "theft", "U - Mobile phone"),
    ("The petty cash box was stolen from reception.", "theft", None),
    ("A burglar took the backup tapes out of the safe.", "theft", "M - Tapes"),
    ("thieves took the projector from meeting room 3", "theft", None),
    ("I lost my badge somewhere between the canteen and the bus stop.", "loss", "M - Smart card"),
    ("I can't find the USB stick with the drawings.", "loss", "M - Flash drive"),
    ("I left my laptop on the train this morning.", "loss", "U - Laptop"),
    ("A box of contracts is missing from the archive.", "loss", "M - Documents"),
    ("The parcel with the hard drives never arrived at the other site.", "loss", "M - Disk drive"),
    ("My work phone has disappeared.", "loss", "U - Mobile phone"),
    ("I e-mailed the salary list to the wrong person.", "disclosure", "S - Mail"),
    ("We sent invoices to the wrong customers by mistake.", "disclosure", "M - Documents"),
    ("The customer list can be seen by anybody on our website.", "disclosure", "S - Web application"),
    ("Letters were put into envelopes with somebody else's address, by error.", "disclosure", "M - Documents"),
    ("A colleague looked up the medical file of a neighbour without permission.", "misuse", None),
    ("A former employee still downloads files from the shared folder.", "misuse", None),
    ("A colleague copied the client database to take to his new employer, without authorisation.", "misuse", None),
    ("All files on our server are encrypted and there is a ransom note.", "attack", "S - Other"),
    ("My computer has a virus.", "attack", "U - Desktop"),
    ("I think my account was hacked, there are messages that I never wrote.", "attack", None),
    ("Somebody else is logged in with my user name.", "attack", None),
    ("I found personnel files in the rubbish behind the building.", "disposal", "M - Documents"),
    ("Old hard disks were thrown into the skip without being wiped.", "disposal", "M - Disk drive"),
    ("A strange e-mail asked for my password.", "mail", "P - End-user or employee"),
    ("I clicked on a link in a message that looked like it came from the bank.", "mail", None),
    ("Somebody phoned and asked for my password, he said he was from IT.", "mail", None),
    ("I got a text message asking me to buy gift cards for the director.", "mail", None),
    ("phishing mail with an invoice attached", "mail", None),
    ("The fire door on level 2 does not close.", "door", None),
    ("The back gate was propped open again.", "door", None),
    ("The lock of the server room is broken.", "door", None),
    ("The card reader at the main entrance is broken, anyone can walk in.", "door", "N - Access reader"),
    ("There is a hole in the fence behind the loading bay.", "door", None),
    ("A man without a badge was walking around on level 3.", "person", None),
    ("An unknown man has been taking pictures of our entrance for two days.", "person", None),
    ("A stranger slipped in behind me at the turnstile.", "person", None),
    ("A customer threatened to kill the receptionist.", "threat", None),
    ("I am being harassed by a colleague in the car park.", "threat", None),
    ("Water is dripping into the archive, the boxes are soaked, there was a flood.", "damage", None),
    ("Something is not right.", "not sure", None),
    ("Please call me back.", "not sure", None),
    ("asdf asdf", "not sure", None),
    ("", "not sure", None),
    ("Thank you for the nice summer party!", "not sure", None),
]


@pytest.mark.parametrize(("text", "kind", "asset"), TEXTS)
def test_an_everyday_report_is_sorted_as_a_guard_would(text: str, kind: str, asset: str | None) -> None:
    found = sort(text)
    assert found.kind == kind
    assert found.kind in KINDS
    if asset is not None:
        assert found.veris.asset == asset


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("My laptop was stolen from my car last night.", "Theft"),
        ("An unencrypted memory stick was stolen.", "Theft"),
        ("The website was hacked by an outside party.", "Hacking/IT Incident"),
        ("We sent letters to the wrong people by mistake.", "Unauthorized Access/Disclosure"),
    ],
)
def test_the_trained_type_agrees_on_plain_words(text: str, label: str) -> None:
    assert sort(text).types[0].label == label


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("My laptop was stolen from my car last night.", "Laptop"),
        ("Paper charts were found in a dumpster.", "Paper/Films"),
        ("Our server was hacked.", "Network Server"),
        ("I sent an e-mail to the wrong recipients.", "Email"),
    ],
)
def test_the_trained_place_agrees_on_plain_words(text: str, label: str) -> None:
    assert sort(text).places[0].label == label
