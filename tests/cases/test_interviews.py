"""An interview from its plan to the signed statement, through the pages; each short cut is refused."""

from __future__ import annotations

import hashlib
import html
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from bartizan.cases import actions
from bartizan.cases.actions import gate as gates
from bartizan.cases.actions import interview as acts
from bartizan.cases.inquiry import weigh
from bartizan.cases.models import AccountClaim, Alias, Case, Exhibit, Interview
from bartizan.cases.queries import interview as queries
from bartizan.cases.queries.sanction import kept_out
from bartizan.cases.rights_book import shipped
from bartizan.core.models import AuditEntry, User
from bartizan.core.roles import Role
from bartizan.engines.interviews import HEARD_AS
from bartizan.estate.queries import snapshot
from bartizan.watch.lake import Lake
from tests import world
from tests.cases import breach
from tests.cases.breach import DOER
from tests.engines.pinpoint.office import NIGHT, PEOPLE
from tests.lakes import emptied, event
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lake")]
HOUR = timedelta(hours=1)
KEPT = (timezone.now() + timedelta(days=400)).date().isoformat()
PLAN: dict[str, Any] = {
    "heard_as": "witness",
    "rules": "HOUSE",
    "purpose": "To find out",
    "basis": "GDPR 6(1)(f)",
    "keep_until": KEPT,
}


@pytest.fixture
def here() -> World:
    made = world.build()
    breach.build(made)
    for username, first, last in (("dan", "Dan", "Drost"), ("fay", "Fay", "Falk")):
        account = User.objects.create(username=username, first_name=first, last_name=last, role=Role.DIRECTOR)
        TOTP.activate(account, world.TOTP_SECRET)
    return made


@pytest.fixture
def case(here: World) -> Case:
    """With the engine's verdict, and P1 who leads it."""
    made = breach.opened(here, here.alice)
    breach.weighed(made)
    gates.give_aliases(made, [breach.code(DOER), breach.code(3)])
    return made


@pytest.fixture
def night(kept_lake: Lake) -> Lake:
    """The doors and machines of that night, as the lake has them."""
    nowhere = {"place": "", "portal": "", "zone": "", "person": ""}
    wanted = [one for one in breach.events() if abs(one["time"] - int(NIGHT.timestamp() * 1e6)) < 15 * 3600 * 1_000_000]
    told = [event(NIGHT, **(nowhere | {k: v for k, v in one.items() if k != "id"})) for one in wanted]
    lake = emptied(kept_lake)
    lake.append(told)
    return lake


def page(case: Case, rest: str = "", status: int = 200, username: str = "alice") -> str:
    client = Client()
    client.force_login(User.objects.get(username=username))
    answer = client.get(f"/cases/{case.number}/interviews{rest}")
    assert answer.status_code == status
    return html.unescape(answer.content.decode())


def do(case: Case, rest: str, status: int = 302, username: str = "alice", **told: Any) -> str:
    client = Client()
    client.force_login(User.objects.get(username=username))
    answer = client.post(f"/cases/{case.number}/interviews{rest}", told)
    words = html.unescape(answer.content.decode())
    assert answer.status_code == status, re.findall(r'role="alert">(.*?)</p>', words, re.DOTALL) or words[-2000:]
    return words


def planned(case: Case, **told: Any) -> Interview:
    do(case, "/do/plan", **(PLAN | {"person": "P1"} | told))
    return Interview.objects.get(case=case)


def told_freely(case: Case, **told: Any) -> Interview:
    """An interview in the middle of its free account, by the book."""
    made, alice = planned(case, **told), User.objects.get(username="alice")
    for right in queries.rules_for(made).of(made.heard_as):
        acts.give_right(made, right.key, "in their own words", alice)
    acts.answer_consent(made, "in writing", alice, sound=True, picture=False)
    acts.begin(made, alice, place="Room 3.04", companion="Bram Visser, union")
    acts.go_on(made, "free", alice)
    acts.write_down(made, "Alice Archer", "Tell me all of Thursday.", alice)
    acts.write_down(made, breach.name(DOER), "I was in the office from nine until half past nine.", alice)
    return made


def local(minutes: int) -> str:
    """A form's time on the site's clock, so long after the beginning of the night."""
    return (NIGHT + timedelta(hours=1, minutes=minutes)).strftime("%Y-%m-%dT%H:%M")  # Amsterdam, in winter


def claimed(case: Case, **told: Any) -> AccountClaim:
    do(
        case,
        "/1/do/claim",
        **({"words": "I was there.", "kind": "was_at", "since": local(0), "until": local(30)} | told),
    )
    return AccountClaim.objects.latest("pk")


def test_a_plan_asks_openly_and_holds_back_what_is_there_and_never_hints_at_what_is_not(case: Case) -> None:
    planned(case)
    text = page(case, "/1")
    assert "Tell me all of Thursday 12 March" in text
    assert "How do you use USB disks at work?" in text
    assert re.search(r"A USB disk was connected.*?still held.*?only who was there can tell it", text, re.DOTALL)
    assert re.search(r"imaged.*?never.*?must not be hinted at", text, re.DOTALL)
    assert "21:02" not in text.split("Open questions")[1].split("Held back")[0]  # a question tells no record


def test_whom_to_ask_next_comes_from_the_verdict_and_leads_to_a_plan(case: Case) -> None:
    text = page(case)
    assert "Ask P1 where the time was spent" in text
    assert "?do=plan&who=P1" in text
    assert 'value="P1"' in page(case, "?do=plan&who=P1")


def test_no_page_of_an_interview_unmasks_anybody_while_the_gate_is_shut(case: Case, night: Lake) -> None:
    told_freely(case)
    claimed(case, place="zone:QZ-OF")
    claimed(case, kind="did_not", thing=breach.desk(DOER))
    text = page(case) + page(case, "/1") + page(case, "?do=plan") + page(case, "/1?do=claim") + page(case, "/1?do=sign")
    assert [word for n in range(PEOPLE) for word in breach.identifiers(n) if word.lower() in text.lower()] == []
    assert "desk of P1" in text


def test_nobody_is_planned_as_a_subject_while_the_gate_is_shut(case: Case) -> None:
    text = do(case, "/do/plan", 422, **(PLAN | {"person": "P1", "heard_as": "subject", "place": "Room 9"}))
    assert "Nobody is heard as a subject while the gate is shut" in text
    assert 'value="Room 9"' in text


def test_a_subject_s_interview_does_not_begin_when_the_gate_has_shut_again(case: Case) -> None:
    asked = gates.ask_override(case, breach.code(DOER), "He says so.", User.objects.get(username="dan"))
    gates.agree_override(asked, "I read it.", User.objects.get(username="fay"))
    planned(case, heard_as="subject")
    gates.end_override(asked, "New evidence.", User.objects.get(username="dan"))
    assert "Nobody is heard as a subject" in do(case, "/1/do/begin", 422)
    assert "Nobody is heard as a subject" in do(case, "/1/do/right", 422, key="about", how="yes")


def test_rights_and_the_answer_on_recording_come_before_any_account(case: Case) -> None:
    planned(case)
    do(case, "/1/do/begin")
    assert "rights are not given yet" in do(case, "/1/do/free", 422)
    for right in shipped()["HOUSE"].of("witness"):
        do(case, "/1/do/right", key=right.key, how="in writing")
    assert "Ask whether the account may be recorded" in do(case, "/1/do/free", 422)
    assert "That comes later" in do(case, "/1/do/note", 422, who="heard", words="I was there.")


def test_what_is_held_back_waits_for_the_free_account_or_for_a_reason(case: Case) -> None:
    made = told_freely(case)
    first, never = made.held.filter(is_never=False).first(), made.held.filter(is_never=True).first()
    assert first is not None
    assert never is not None
    assert "held back until the free account" in do(case, "/1/do/release", 422, held=first.pk)
    do(case, "/1/do/release", held=first.pk, reason="the disk is about to be wiped")
    assert "shown early: the disk is about to be wiped" in page(case, "/1")
    do(case, "/1/do/clarify")
    assert "never hinted at" in do(case, "/1/do/release", 422, held=never.pk)


def test_claims_are_confirmed_contradicted_or_left_open_by_the_records_of_that_night(case: Case, night: Lake) -> None:
    told_freely(case)
    found = claimed(case, place="zone:QZ-OF", since=local(2))
    assert (found.verdict, found.decided_by) == ("confirmed", "by two records")
    found = claimed(case, place="outside:", since=local(-30), words="I was at home.")
    assert found.verdict == "contradicted"
    assert len(found.events) >= 1
    found = claimed(case, place="zone:QZ-OF", since=local(-600), until=local(-580), words="I had lunch there.")
    assert found.verdict == "unchecked"
    text = page(case, "/1")
    assert "3: 1 confirmed, 1 contradicted, 1 cannot be checked" in text
    assert "± 10 s" in text
    assert "would check it" in text
    shown = AccountClaim.objects.get(number=2).events[0]
    assert re.search(rf"/timeline\?from=2026-03-12.*case={case.number}.*event={shown}", text)


def test_a_claim_is_amended_and_keeps_its_first_wording(case: Case, night: Lake) -> None:
    told_freely(case)
    claim = claimed(case, place="outside:", words="I was at home.")
    do(case, "/1/do/amend", claim=claim.number, words="I was in the office.", kind="was_at", place="zone:QZ-OF",
       since=local(2), until=local(30))  # fmt: skip
    claim.refresh_from_db()
    assert (claim.verdict, claim.first_words) == ("confirmed", "I was at home.")
    assert "at first “I was at home.”" in page(case, "/1")


WRONG = (
    ({"place": ""}, "Choose the place"),
    ({"since": "2026-03-12T23:40", "place": "zone:QZ-OF"}, "ends before it begins"),
    ({"kind": "lent", "thing": "99999"}, "no badge, user account or machine"),
    ({"kind": "saw", "place": "zone:QZ-OF", "about": "P99"}, "neither P and a number"),
    ({"words": " ", "place": "zone:QZ-OF"}, "own words"),
    ({"since": "yesterday", "place": "zone:QZ-OF"}, "is not a date and a time"),
)


def test_a_claim_that_nobody_could_check_is_sent_back_with_what_was_typed(case: Case) -> None:
    told_freely(case)
    for told, words in WRONG:
        sent = {"words": "I was there.", "kind": "was_at", "since": local(0), "until": local(30), "line": "17"} | told
        text = do(case, "/1/do/claim", 422, **sent)
        assert words in text
        assert 'value="17"' in text
    assert not AccountClaim.objects.exists()


def test_what_is_said_goes_into_the_inquiry_and_lowers_as_readily_as_it_raises(case: Case, night: Lake) -> None:
    made = told_freely(case)
    weighed = weigh(case, night, snapshot())
    before = share(weighed)
    now = timezone.localtime(case.first_at, ZoneInfo("Europe/Amsterdam"))
    since, until = (f"{now + shift:%Y-%m-%dT%H:%M}" for shift in (-HOUR, HOUR))
    claim = claimed(case, place="zone:KP-0.00", since=since, until=until, words="I was in the corridor.")
    do(
        case,
        "/1/do/hand",
        claim=claim.number,
        verdict="confirmed",
        words="the till's slip",
        by="record",
        exhibits="E-01",
    )
    assert len(queries.statements_of(case, snapshot())) == 1
    after = weigh(case, night, snapshot())
    assert share(after) < before
    actions.set_pinpoint(case, case.pinpoint | {"verdict": after})
    made.refresh_from_db()
    assert made.before["probability"] > 0
    assert "generator" not in page(case, "/1?do=hand&claim=1")
    assert "E-01" in page(case, "/1")
    assert re.search(r"before, (0\.\d+|< 0\.01) now|no longer among", page(case, "/1"))
    case.refresh_from_db()
    assert case.look_at is not None


def share(verdict: dict[str, Any]) -> float:
    return next((one["probability"] for one in verdict["people"] if one["person"] == breach.code(DOER)), 0.0)


def test_a_statement_is_versioned_read_back_and_signed_in_that_order(case: Case) -> None:
    told_freely(case)
    do(case, "/1/do/version", what="free account, as spoken")
    do(case, "/1/do/close")
    assert "read it back first" in do(case, "/1/do/sign", 422, part="heard", how="print, folder 12")
    do(case, "/1/do/note", who="heard", words="Say a quarter past nine.")
    assert "make a new one first" in do(case, "/1/do/readback", 422, how="aloud")
    do(case, "/1/do/version", what="corrected")
    do(case, "/1/do/readback", how="aloud, page by page")
    assert "after whoever was heard" in do(case, "/1/do/sign", 422, part="interviewer", name="Alice Archer")
    do(case, "/1/do/refuse", words="wants to sleep on it")
    do(case, "/1/do/sign", part="companion", name="Bram Visser", how="print, folder 12")
    assert "type the name" in do(case, "/1/do/sign", 422, part="interviewer", name="Somebody")
    do(case, "/1/do/sign", part="interviewer", name="Alice Archer")
    do(case, "/1/do/finish")
    do(case, "/1/do/evaluate", words="Clear on times; the interviewer spoke too soon once.")
    text = page(case, "/1")
    assert "would not sign: wants to sleep on it" in text
    assert "<ins>" in text
    made = Interview.objects.get(case=case)
    assert made.stage == "done"
    for version in made.versions.all():
        assert hashlib.sha256(version.text.encode()).hexdigest() == version.digest
    assert "The interview is over" in do(case, "/1/do/note", 422, who="heard", words="One more thing.")


def test_the_statement_on_paper_has_the_notes_and_never_the_claims(case: Case, night: Lake) -> None:
    told_freely(case)
    claimed(case, place="outside:", words="I was at home.")
    do(case, "/1/do/note", who="heard", words=f"{breach.name(3)} left before me.")
    do(case, "/1/do/version", what="as spoken")
    for rest, heard in (("", breach.name(DOER)), ("?anonymous=1", "W1")):
        text = paper(case, rest)
        assert heard in text
        assert breach.name(3) not in text
        assert "P2 left before me" in text.replace("\r\n", " ")
        assert "ontradicted" not in text
    assert breach.name(DOER) not in paper(case, "?anonymous=1")


def paper(case: Case, rest: str) -> str:
    client = Client()
    client.force_login(User.objects.get(username="alice"))
    answer = client.get(f"/cases/{case.number}/interviews/1/statement.pdf{rest}")
    assert answer.status_code == 200
    document = pypdfium2.PdfDocument(answer.content)
    return "\n".join(sheet.get_textpage().get_text_range() for sheet in document)


def test_a_recording_needs_consent_and_becomes_an_exhibit(case: Case) -> None:
    told_freely(case)
    told: dict[str, Any] = {"what": "sound", "name": "Alice Archer"}
    do(case, "/1/do/record", file=SimpleUploadedFile("one.opus", b"OggS sound"), **told)
    exhibit = Exhibit.objects.get(name="Recording of interview 1")
    assert exhibit.digest == hashlib.sha256(b"OggS sound").hexdigest()
    do(case, "/1/do/consent", answer="none", how="withdrawn in words")
    text = do(case, "/1/do/record", 422, file=SimpleUploadedFile("two.opus", b"OggS more"), **told)
    assert "There is no consent to a recording" in text


def test_whoever_interviewed_can_neither_decide_nor_hear_an_appeal(case: Case) -> None:
    dan = User.objects.get(username="dan")
    planned(case, asks=str(dan.pk))
    assert "dan" not in kept_out(case, breach.code(DOER))
    do(case, "/1/do/end", words="They would not come.")
    assert kept_out(case, breach.code(DOER))["dan"] == "interviewed"


def test_the_audit_and_the_lists_of_who_looked_never_name_the_person(case: Case, night: Lake) -> None:
    told_freely(case)
    claimed(case, place="zone:QZ-OF")
    page(case, "/1")
    told = str(list(AuditEntry.objects.values_list("verb", "subject", "detail")))
    assert "entered a claim of an account" in told
    assert f"interview:{case.number}/1" in told
    lines = AuditEntry.objects.filter(verb__contains="interview") | AuditEntry.objects.filter(verb__contains="account")
    for word in breach.identifiers(DOER):
        assert word not in str(list(lines.values_list("verb", "subject", "detail")))


def test_who_is_heard_does_not_see_the_claims_whatever_the_role(case: Case) -> None:
    User.objects.filter(username="dan").update(person=breach.code(DOER))
    planned(case)
    page(case, "/1", 404, username="dan")
    assert "Interview 1" not in page(case, username="dan")
    do(case, "/1/do/begin", 404, username="dan")


def test_a_case_without_anything_says_what_an_interview_is(here: World) -> None:
    bare = actions.open_case(headline="Laptop is missing", by=here.alice)
    text = page(bare)
    assert "Nobody has been heard yet." in text
    assert "The case is not weighed yet" in text
    assert Alias.objects.count() == 0


def test_every_book_of_rights_is_dated_has_a_source_and_asks_counsel() -> None:
    assert {"HOUSE", "NL", "DE", "UK", "US"} <= set(shipped())
    for rules in shipped().values():
        assert "counsel must confirm" in rules.note.lower()
        assert rules.address.startswith("https://")
        for heard_as in HEARD_AS:
            assert rules.needed(heard_as)


def test_a_mistake_in_the_house_s_own_rights_is_said_with_its_file_and_what_is_expected(
    here: World, tmp_path: Path, settings: Any
) -> None:
    world.own_folder(settings, tmp_path)
    (tmp_path / "rights").mkdir()
    (tmp_path / "rights" / "ours.yaml").write_text("id: OURS\nname: Ours\nas_of: soon\n")
    bare = actions.open_case(headline="Laptop is missing", by=here.alice)
    text = page(bare)
    assert "ours.yaml: as_of is the day on which it was written down, such as 2026-11-01." in text
    assert "ours.yaml" in do(bare, "/do/plan", 422, **(PLAN | {"outsider": "A visitor"}))
