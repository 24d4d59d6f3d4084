"""Records of people end on their day: the content goes and a line stays, or the page says why it is kept."""

from __future__ import annotations

import html
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bartizan.cases import actions
from bartizan.cases.actions.retention import end_records
from bartizan.cases.models import (
    Case,
    Charge,
    ChargeStep,
    Interview,
    Measure,
    NoteLine,
    Packet,
    PastSanction,
    StatementVersion,
)
from bartizan.cases.queries import interview as interviews_of
from bartizan.cases.queries import sanction as bench_of
from bartizan.cases.queries.retention import kept_with
from bartizan.core.files import add_file, forget_removed
from bartizan.core.models import AuditEntry, File, User
from bartizan.core.roles import Role
from bartizan.engines.sanctions import FACTORS, Weight, to_facts
from bartizan.engines.sanctions import steps as s
from bartizan.notices.models import Notice
from bartizan.watch.actions.sources import end_hold, place_hold
from tests import world
from tests.world import World

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAY = timedelta(days=1)
SECRET = "I saw the light in the vault"


@pytest.fixture
def here() -> World:
    return world.build()


@pytest.fixture
def case(here: World) -> Case:
    """Alice leads it."""
    made = actions.open_case(headline="Designs were copied", by=here.alice)
    actions.set_lead(made, here.alice, here.alice)
    Case.objects.filter(pk=made.pk).update(site="KP")
    made.refresh_from_db()
    return made


@pytest.fixture
def interview(case: Case, here: World) -> Interview:
    """Carol was heard, with notes and a statement; the day until which that is kept was yesterday."""
    made = Interview.objects.create(
        case=case, number=1, person=here.carol.code, witness=1, is_anonymous=True, heard_as="witness", stage="done",
        rules="HOUSE", rules_as_of=NOW.date(), purpose="To find out", legal_basis="GDPR 6(1)(f)",
        keep_until=(NOW - DAY).date(), asks=here.alice, notes_by=here.bob, started_at=NOW - 800 * DAY,
    )  # fmt: skip
    made.notes.create(number=1, who="Carol Cole", words=SECRET, by=here.bob)
    version = made.versions.create(number=1, what="as spoken", text=SECRET, digest="0" * 64, lines=1, by=here.bob)
    version.signatures.create(part="heard", name="Carol Cole", how="on paper", digest="0" * 64, by=here.alice)
    made.claims.create(number=1, words=SECRET, first_words=SECRET, kind="other", said_at=NOW)
    made.recordings.create(exhibit="E-01", digest="0" * 64, what="sound", by=here.alice)
    return made


@pytest.fixture
def charge(case: Case, here: World) -> Charge:
    """Decided long ago, the letter given, no appeal; its day was yesterday."""
    made = Charge.objects.create(
        case=case, number=1, person=here.carol.code, kind="took or copied data", is_meant=True, is_repeated=False,
        purpose="To decide", legal_basis="Contract", keep_until=(NOW - DAY).date(), told_at=NOW - 790 * DAY,
        brought_at=NOW - 800 * DAY,
    )  # fmt: skip
    made.letter_pdf = add_file(here.alice, f"case:{case.number}", "letter.pdf", [b"Dear Carol Cole"])
    made.save()
    for number, step in enumerate(steps(here), start=1):
        by = User.objects.get(username=step.by)
        ChargeStep.objects.create(
            charge=made, number=number, kind=step.kind, by=by, at=step.at, facts=to_facts(step)
        )  # fmt: skip
    made.measures.create(number=1, sort="badge", target="4417", words="", who="Bob")
    return made


def steps(here: World) -> list[s.Step]:
    at: dict[str, Any] = {"by": "alice", "at": NOW - 790 * DAY}
    weights = tuple(Weight(factor.number, "neither", "nothing known", "file") for factor in FACTORS)
    return [
        s.Charged(person=here.carol.code, what=SECRET, rule="Information rule 6.3", standard="clear", **at),
        s.Proved(point="Copied", rule="6.3", items=("a list",), is_met=True, **at),
        s.Weighed(weights=weights, **at),
        s.Proposed(outcome="written", **at),
        s.Decided(findings="So.", on_the_reply="So.", reason="So.", appeal_to="bob", **at),
        s.LetterGiven(digests=("0" * 64,), how="by hand", received_at=NOW - 780 * DAY, **at),
    ]


def closed(case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(state="closed", closed_at=NOW - DAY, closed_because="Done.")


def page(case: Case, tab: str, user: User) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(f"/cases/{case.number}/{tab}")
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_an_interview_is_deleted_after_its_day_and_a_line_stays(case: Case, interview: Interview, here: World) -> None:
    closed(case)
    assert end_records(NOW) == 1
    assert end_records(NOW) == 0
    interview.refresh_from_db()
    assert (interview.person, interview.purpose, interview.number) == ("", "", 1)
    assert not NoteLine.objects.exists()
    assert not StatementVersion.objects.exists()
    assert not interview.claims.exists()
    assert not interview.recordings.exists()
    text = page(case, "interviews", here.alice)
    assert "under its retention day" in text
    assert SECRET not in text
    line = AuditEntry.objects.get(verb="deleted an interview under its retention day")
    assert (line.subject, line.by, line.detail["interview"]) == (f"case:{case.number}", None, 1)
    assert interviews_of.witness_names(case) == {}
    client = Client()
    client.force_login(here.alice)
    assert client.get(f"/cases/{case.number}/interviews/1").status_code == 404


def test_who_asked_and_noted_still_cannot_decide(case: Case, interview: Interview) -> None:
    closed(case)
    end_records(NOW)
    assert bench_of.kept_out(case, "K-9")["bob"] == "interviewed"


def test_on_the_last_day_itself_it_is_kept(case: Case, interview: Interview) -> None:
    closed(case)
    Interview.objects.update(keep_until=NOW.date())
    assert end_records(NOW) == 0
    assert NoteLine.objects.exists()


def test_an_open_case_keeps_it_says_so_and_tells_the_lead_once(case: Case, interview: Interview, here: World) -> None:
    assert end_records(NOW) == 0
    assert end_records(NOW + DAY) == 0
    notice = Notice.objects.get(trigger="record-over")
    assert notice.user == here.alice
    assert "still is: the case is not closed" in notice.words
    assert "Carol" not in notice.words
    assert "It is kept: the case is not closed" in page(case, "interviews/1", here.alice)
    assert "the case is not closed" in page(case, "interviews", here.alice)
    assert NoteLine.objects.exists()


@pytest.mark.parametrize(
    ("filters", "since", "until", "keeps"),
    [
        ({}, None, None, True),
        ({"site": "KP"}, None, None, True),
        ({"site": "LON"}, None, None, False),
        ({}, None, NOW - 900 * DAY, False),
        ({"site": "KP", "kind": "door"}, NOW - 30 * DAY, None, True),
    ],
)
def test_a_legal_hold_that_touches_the_case_keeps_it(
    case: Case, interview: Interview, here: World, filters: dict[str, str], since: Any, until: Any, keeps: bool
) -> None:
    closed(case)
    hold = place_hold("Claim of Cole", since, until, filters, here.alice)
    assert end_records(NOW) == (0 if keeps else 1)
    if keeps:
        assert "a legal hold stands: Claim of Cole" in page(case, "interviews/1", here.alice)
        end_hold(hold, here.alice)
        assert end_records(NOW + DAY) == 1


def test_a_charge_is_deleted_and_what_it_came_to_names_nobody(case: Case, charge: Charge, here: World) -> None:
    closed(case)
    assert end_records(NOW) == 1
    charge.refresh_from_db()
    assert (charge.person, charge.letter_pdf, charge.kind) == ("", None, "took or copied data")
    assert not ChargeStep.objects.exists()
    assert not Measure.objects.exists()
    assert File.objects.get().removed_at is not None
    past = PastSanction.objects.get()
    assert (past.number, past.what, past.outcome) == (case.number, "Took or copied data", "written")
    text = page(case, "findings", here.alice)
    assert "Deleted under their retention day" in text
    assert SECRET not in text
    assert not bench_of.own_charges(User(username="x", person="")).exists()


def test_a_procedure_that_has_not_ended_keeps_the_charge_and_the_interviews(
    case: Case, charge: Charge, interview: Interview, here: World
) -> None:
    closed(case)
    charge.steps.filter(kind="letter").delete()
    assert end_records(NOW) == 0
    assert "the procedure of charge 1 has not ended" in page(case, "findings", here.alice)
    facts = to_facts(s.LetterGiven(by="alice", at=NOW, digests=(), how="by hand", received_at=NOW - 2 * DAY))
    charge.steps.create(number=9, kind="letter", by=here.alice, at=NOW, facts=facts)
    assert end_records(NOW) == 0, "the time to appeal still runs"
    assert end_records(NOW + 20 * DAY) == 2


def test_without_a_lead_the_chief_is_told(case: Case, interview: Interview, here: World) -> None:
    Case.objects.update(lead=None)
    end_records(datetime.now(UTC))
    chiefs = set(User.objects.filter(role=Role.OFFICER))
    assert {one.user for one in Notice.objects.filter(trigger="record-over")} == chiefs


@pytest.fixture
def packet(case: Case, here: World) -> Packet:
    """Left the house with a sealed annex; its day was yesterday."""
    made = Packet(
        case=case, number=1, kind="police", level="authority", for_whom="Police, R. Mulder", facts="1", pages=2,
        told={"witnesses": [["Carol Cole", SECRET, "E-01"]]}, made_by=here.alice, made_at=NOW - 800 * DAY,
        digest="ab" * 32, seconds=1.0, keep_until=(NOW - DAY).date(),
    )  # fmt: skip
    made.file = add_file(here.alice, f"packet:{case.number}", "packet.zip", [b"PK of case"], "Packet")
    made.annex = add_file(here.alice, f"annex:{case.number}", "annex.pdf", [b"W1 is Carol Cole"])
    made.save()
    return made


def test_a_packet_is_deleted_after_its_day_and_its_number_and_digest_stay(
    case: Case, packet: Packet, here: World
) -> None:
    closed(case)
    young = Packet.objects.create(
        case=case, number=2, kind="board", level="house", for_whom="Board", facts="1", pages=1, made_by=here.alice,
        digest="cd" * 32, seconds=1.0, keep_until=NOW.date(), told={"asks": ["Read it"]},
        file=add_file(here.alice, f"packet:{case.number}", "second.zip", [b"PK of another"], "Packet"),
    )  # fmt: skip
    assert end_records(NOW) == 1
    packet.refresh_from_db()
    young.refresh_from_db()
    assert (packet.told, packet.for_whom, packet.file, packet.annex) == ({}, "", None, None)
    assert (packet.number, packet.digest, young.told) == (1, "ab" * 32, {"asks": ["Read it"]})
    text = page(case, "packets", here.alice)
    assert "under its retention day" in text
    assert "abababab" in text
    assert "Mulder" not in text
    line = AuditEntry.objects.get(verb="deleted a packet under its retention day")
    assert (line.subject, line.by, line.detail["packet"]) == (f"case:{case.number}", None, 1)
    forget_removed(NOW + 400 * DAY)
    assert [file.name for file in File.objects.all()] == ["second.zip"], "the content goes with its record"


def test_a_packet_of_an_open_case_is_kept_and_says_why(case: Case, packet: Packet, here: World) -> None:
    assert end_records(NOW) == 0
    assert "is over. It is kept: the case is not closed." in page(case, "packets", here.alice)
    notice = Notice.objects.get(trigger="record-over")
    assert f"Packet 1 of case {case.number} was to be kept until" in notice.words
    assert notice.url == f"/cases/{case.number}/packets"
    place_hold("Claim of Cole", None, None, {}, here.alice)
    closed(case)
    assert end_records(NOW) == 0
    assert "a legal hold stands: Claim of Cole" in page(case, "packets", here.alice)


def test_a_packet_is_kept_as_long_as_the_longest_kept_record_of_its_case(case: Case, interview: Interview) -> None:
    assert kept_with(case, NOW.date()) == (NOW + 730 * DAY).date()
    Interview.objects.update(keep_until=(NOW + 900 * DAY).date())
    assert kept_with(case, NOW.date()) == (NOW + 900 * DAY).date()
