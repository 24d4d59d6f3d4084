"""A charge from the gate to what is undone when the appeal is won, through the pages; each short cut is refused."""

from __future__ import annotations

import hashlib
import html
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bartizan.cases import actions
from bartizan.cases.actions import exhibit, gate
from bartizan.cases.actions import sanction as acts
from bartizan.cases.custody import Step as CustodyStep
from bartizan.cases.models import Case, Charge, ChargeStep, Exhibit, PastSanction
from bartizan.cases.queries import sanction as queries
from bartizan.core import vault
from bartizan.core.models import AuditEntry, File, User
from bartizan.core.roles import Role
from bartizan.engines.sanctions import FACTORS
from bartizan.estate.models import BadgeIssue, UserAccount
from tests import world
from tests.cases.exhibits import LAPTOP, mine, past_the_triggers
from tests.world import World

pytestmark = pytest.mark.django_db
POST = dict[str, Any]


@pytest.fixture
def here() -> World:
    """The small world, with Dan who decides, Eve who hears appeals, Fay and Gus who override, and Carol's account."""
    made = world.build()
    for name, last in (("dan", "Drost"), ("eve", "Ek"), ("fay", "Falk"), ("gus", "Groen")):
        account(name, name.capitalize(), last, Role.DIRECTOR)
    account("carol", "Carol", "Cole", Role.EMPLOYEE, person=made.carol.code)
    return made


def account(username: str, first: str, last: str, role: Role, **more: str) -> User:
    """Without a password, which takes its time; with a second factor."""
    made = User.objects.create(username=username, first_name=first, last_name=last, role=role, **more)
    TOTP.activate(made, world.TOTP_SECRET)
    return made


@pytest.fixture
def case(here: World) -> Case:
    """Alice leads it, and Bob wrote down the interviews."""
    return actions.open_case(headline="Designs were copied", by=here.alice)


@pytest.fixture
def opened(case: Case, here: World) -> Case:
    """Two others have opened the gate for Carol, with their reasons."""
    asked = gate.ask_override(case, here.carol.code, "She says so herself.", User.objects.get(username="fay"))
    gate.agree_override(asked, "I read her letter.", User.objects.get(username="gus"))
    return case


def as_(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def page(username: str, url: str, status: int = 200) -> str:
    answer = as_(username).get(url)
    assert answer.status_code == status
    return html.unescape(answer.content.decode())


def do(username: str, case: Case, deed: str, status: int = 302, **told: Any) -> str:
    answer = as_(username).post(f"/cases/{case.number}/findings/do/{deed}", {"charge": "1"} | told)
    words = html.unescape(answer.content.decode())
    assert answer.status_code == status, re.findall(r'role="alert">.*?<span>(.*?)</span>', words)
    return words


CHARGE: POST = {
    "person": "K-3", "what": "Copied designs", "rule": "Information rule 6.3", "standard": "preponderance",
    "kind": "took or copied data", "meant": "1", "repeated": "0", "purpose": "To decide on a breach",
    "basis": "Contract of employment",
}  # fmt: skip
PROOF: POST = {
    "point": "Copied files to a disk",
    "rule": "6.3",
    "shown_by": "a list, her mail",
    "met": "1",
    "note": "by digest",
}
GRID: POST = {
    f"{name}-{factor.number}": value
    for factor in FACTORS
    for name, value in (("side", "neither"), ("words", "nothing known"), ("from", "HR file"))
}
DECISION: POST = {
    "findings": "She copied them.",
    "on_the_reply": "It was not for work.",
    "reason": "Trust is lost.",
    "appeal_to": "eve",
}


def local(days: float) -> str:
    return (timezone.now() + timedelta(days=days)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M")


def notice(**changed: Any) -> POST:
    told = {"words": "Designs on 16 November", "file_access": "all of it, in Legal", "reply_by": local(7)}
    return told | {"withheld": "", "hear_at": "", "companion": "a colleague"} | changed


def charged(case: Case) -> Charge:
    do("alice", case, "charge", **CHARGE)
    return Charge.objects.get()


def heard(case: Case) -> Charge:
    charge = charged(case)
    do("alice", case, "proof", **PROOF)
    do("alice", case, "notice", **notice())
    assert as_("carol").post(f"/me/notices/{charge.pk}/reply", {"words": "It was for work."}).status_code == 302
    return charge


def decided(case: Case) -> Charge:
    charge = heard(case)
    do("dan", case, "weighing", **GRID)
    do("dan", case, "proposal", outcome="withdrawn")
    do("dan", case, "decision", **DECISION)
    return charge


def given(case: Case) -> Charge:
    charge = decided(case)
    acts.give_letter(charge, User.objects.get(username="alice"), "by hand, signed for", timezone.now())
    return charge


def test_while_the_gate_is_shut_nobody_is_charged_and_the_bench_says_what_is_missing(case: Case) -> None:
    text = page("alice", f"/cases/{case.number}/findings")
    assert "No charge can be brought" in text
    assert "A second reader has signed" in text
    assert "Carol" not in text
    words = do("alice", case, "charge", 422, **CHARGE)
    assert "gate is not open for this person" in words
    assert not Charge.objects.exists()


def test_the_gate_opens_for_one_person_alone(opened: Case, here: World) -> None:
    here.carol.pk = None
    here.carol.code, here.carol.name = "K-9", "Karl Kohl"
    here.carol.save()
    assert "gate is not open for this person" in do("alice", opened, "charge", 422, **(CHARGE | {"person": "K-9"}))


def carried_out(opened: Case, here: World) -> Charge:
    """Heard, weighed and decided by Dan; the badge revoked, the user account disabled."""
    charge = decided(opened)
    do("alice", opened, "plan", sort="badge:4417", who="Bob Bell")
    do("alice", opened, "plan", sort="accounts:c.cole", who="Bob Bell")
    assert "has not received the letter" in do("alice", opened, "carry", 422, measure="1")
    zone = ZoneInfo("Europe/Amsterdam")
    do("alice", opened, "letter", how="by hand", received_at=f"{timezone.now().astimezone(zone):%Y-%m-%dT%H:%M}")
    do("alice", opened, "carry", measure="1")
    do("alice", opened, "carry", measure="2")
    return charge


def test_what_is_decided_is_carried_out_in_the_registers_and_by_tasks(opened: Case, here: World) -> None:
    carried_out(opened, here)
    letter = File.objects.get(name=f"letter-{opened.number}-1.pdf")
    assert letter.subject == f"case:{opened.number}"
    assert BadgeIssue.objects.get(badge=here.badge, ended_at__isnull=False).end == "revoked"
    assert UserAccount.objects.get(name="c.cole").disabled_at
    tasks = list(opened.tasks.order_by("pk").values_list("words", "who"))
    assert ("Disable the user account c.cole in the directory: no connector does it", "Bob Bell") in tasks


def test_the_whole_line_with_an_appeal_that_is_won(opened: Case, here: World) -> None:
    charge = carried_out(opened, here)
    sent = as_("carol").post(f"/me/notices/{charge.pk}/appeal", {"words": "Ask my colleague."})
    assert sent.status_code == 302
    do("eve", opened, "ruling", result="granted", reason="The colleague confirms it.")
    assert "The appeal was won: no sanction stands." in page("eve", f"/cases/{opened.number}/findings")
    do("alice", opened, "undo", measure="1")
    do("alice", opened, "undo", measure="2")
    assert BadgeIssue.objects.get(badge=here.badge, ended_at=None).person == here.carol
    assert UserAccount.objects.get(name="c.cole").disabled_at is None
    assert [one.state for one in charge.measures.order_by("number")] == ["undone", "undone"]
    closed = opened.tasks.exclude(done_at=None).values_list("words", flat=True)
    assert all(words.startswith("Not to be done any more") for words in closed)
    assert opened.tasks.filter(done_at=None).count() == 2  # to give back, by hand
    kinds = list(ChargeStep.objects.order_by("number").values_list("kind", flat=True))
    assert kinds[-5:] == ["carrying", "appeal", "ruling", "undoing", "undoing"]
    verbs = set(AuditEntry.objects.filter(subject=f"case:{opened.number}").values_list("verb", flat=True))
    assert set(acts.VERBS.values()) - verbs == {"withdrew a charge"}


def test_before_the_decision_the_bench_says_what_is_missing(opened: Case) -> None:
    heard(opened)
    text = page("dan", f"/cases/{opened.number}/findings")
    assert "Cannot be decided yet: 2 of 7 conditions are not met." in text
    assert "It was for work." in text
    assert "not decided" in text  # the letter's hole


def test_whoever_investigated_can_neither_weigh_nor_decide(opened: Case, here: World) -> None:
    do("alice", opened, "charge", **(CHARGE | {"investigator": [str(here.bob.pk)]}))
    charge = Charge.objects.get()
    do("alice", opened, "proof", **PROOF)
    do("alice", opened, "notice", **notice())
    acts.keep_reply(charge, here.alice, "waived", "By letter of today.")
    for who, why in (("alice", "Alice Archer"), ("bob", "Bob Bell investigated"), ("fay", "Fay Falk opened the gate")):
        assert why in do(who, opened, "weighing", 422, **GRID)
    actions.set_lead(opened, User.objects.get(username="dan"), here.alice)
    actions.set_lead(opened, here.alice, here.alice)
    assert "Dan Drost led the case" in do("dan", opened, "weighing", 422, **GRID)
    do("eve", opened, "weighing", **GRID)


def test_the_persons_manager_cannot_decide(opened: Case, here: World) -> None:
    boss = type(here.carol).objects.create(code="K-1", name="Dan Drost")
    User.objects.filter(username="dan").update(person="K-1")
    here.carol.manager = boss
    here.carol.save()
    heard(opened)
    assert "manages the person" in do("dan", opened, "weighing", 422, **GRID)


def test_who_decided_does_not_hear_the_appeal(opened: Case) -> None:
    charge = given(opened)
    acts.lodge_appeal(charge, User.objects.get(username="alice"), "Unheard.")
    assert "Dan Drost" in do("dan", opened, "ruling", 422, result="granted", reason="So")
    assert "Eve Ek hears the appeal" in do("bob", opened, "ruling", 422, result="granted", reason="So")


def test_the_gate_is_asked_again_when_it_is_decided_and_carried_out(opened: Case, here: World) -> None:
    decided(opened)
    charge = Charge.objects.get()
    do("alice", opened, "plan", sort="badge:4417", who="Bob Bell")
    acts.give_letter(charge, here.alice, "by hand", timezone.now())
    gate.end_override(opened.overrides.get(), "A new fact.", here.alice)
    assert "gate is not open" in do("alice", opened, "carry", 422, measure="1")
    assert not BadgeIssue.objects.filter(end="revoked").exists()


def test_a_badge_that_somebody_else_holds_by_then_cannot_be_given_back_and_that_is_said(
    opened: Case, here: World
) -> None:
    from bartizan.estate.actions import issue_badge

    charge = given(opened)
    do("alice", opened, "plan", sort="badge:4417", who="Bob Bell")
    do("alice", opened, "carry", measure="1")
    type(here.carol).objects.create(code="K-9", name="Karl Kohl", site=here.site)
    issue_badge(here.badge, here.alice, "K-9", "new")
    acts.lodge_appeal(charge, here.alice, "Unheard.")
    do("eve", opened, "ruling", result="granted", reason="So.")
    do("alice", opened, "undo", measure="1")
    measure = charge.measures.get()
    assert measure.state == "kept"
    assert "Karl Kohl holds this badge" in measure.told
    assert "Cannot be undone" in page("alice", f"/cases/{opened.number}/findings")


def test_outside_the_range_of_like_cases_needs_a_written_reason(opened: Case) -> None:
    for number, outcome in (("2024-011", "oral"), ("2025-007", "written")):
        PastSanction.objects.create(
            number=number, what="Own files to a disk", rule="Information rule 6.3", kind="took or copied data", level=2,
            is_meant=True, is_repeated=False, outcome=outcome, decided_on=datetime(2025, 1, 1, tzinfo=UTC),
        )  # fmt: skip
    heard(opened)
    do("dan", opened, "weighing", **GRID)
    do("dan", opened, "proposal", outcome="dismissal")
    text = page("dan", f"/cases/{opened.number}/findings")
    assert "Dismissal (Dan Drost) is harsher than every like case." in text
    assert "2024-011" in text
    assert "same rule" in text
    assert "outside the range" in do("dan", opened, "decision", 422, **DECISION)
    do("dan", opened, "proposal", outcome="dismissal", because="Trade secrets were sold.")
    do("dan", opened, "decision", **DECISION)
    (own,) = [one for one in queries.comparables(Charge(pk=0, case=opened)) if one.number == "2024-011"]
    assert own.outcome == "oral"


def test_the_letter_is_kept_as_pdf_and_docx_and_says_what_was_decided(opened: Case) -> None:
    import pypdfium2
    from docx import Document

    charge = decided(opened)
    charge.refresh_from_db()
    assert charge.letter_pdf
    assert charge.letter_docx
    pdf = b"".join(vault.read(charge.letter_pdf.digest))
    assert hashlib.sha256(pdf).hexdigest() == charge.letter_pdf.digest
    assert b"pdfaid" in pdf
    assert b"pdfuaid" in pdf
    words = " ".join(p.get_textpage().get_text_bounded() for p in pypdfium2.PdfDocument(pdf)).replace("\r\n", " ")
    written = "\n".join(
        p.text for p in Document(io.BytesIO(b"".join(vault.read(charge.letter_docx.digest)))).paragraphs
    )
    for said in ("Dear Carol Cole", "She copied them.", "Access withdrawn", "Eve Ek", "14 days"):
        assert said in words
        assert said in written
    assert "not decided" not in written


def test_the_draft_has_its_holes_until_the_decision_fills_them(opened: Case) -> None:
    from docx import Document

    heard(opened)
    answer = as_("dan").get(f"/cases/{opened.number}/findings/1/letter.docx")
    runs = [run for p in Document(io.BytesIO(answer.content)).paragraphs for run in p.runs if run.font.underline]
    assert {"not decided", "who hears an appeal"} <= {run.text for run in runs}
    assert as_("dan").get(f"/cases/{opened.number}/findings/1/letter.pdf").content.startswith(b"%PDF-")


def test_a_name_that_no_font_here_has_is_told_and_nothing_is_decided(opened: Case, here: World) -> None:
    here.carol.name = "\uf123 Cole"
    here.carol.save()
    heard(opened)
    do("dan", opened, "weighing", **GRID)
    do("dan", opened, "proposal", outcome="withdrawn")
    assert "The PDF cannot be set" in do("dan", opened, "decision", 422, **DECISION)
    assert not ChargeStep.objects.filter(kind="decision").exists()


def test_the_person_sees_the_own_notice_from_when_it_is_given_and_the_letter_from_when_it_is_received(
    opened: Case, here: World
) -> None:
    charge = charged(opened)
    do("alice", opened, "proof", **PROOF)
    assert page("carol", f"/me/notices/{charge.pk}", 404)
    assert "Notices to you" not in page("carol", "/me")
    do("alice", opened, "notice", **notice(withheld="two items: others are named"))
    assert "Notices to you" in page("carol", "/me")
    text = page("carol", f"/me/notices/{charge.pk}")
    for words in ("Copied designs", "more likely than not", "two items: others are named", "a colleague", "her mail"):
        assert words in text
    assert "You have not replied yet" in text
    assert page("carol", f"/me/notices/{charge.pk}/letter.pdf", 404)
    assert page("carol", f"/cases/{opened.number}/findings", 403)
    assert page("bob", f"/me/notices/{charge.pk}", 404)
    acts.reply(charge, User.objects.get(username="carol"), "It was for work.")
    do("dan", opened, "weighing", **GRID)
    do("dan", opened, "proposal", outcome="withdrawn")
    do("dan", opened, "decision", **DECISION)
    assert page("carol", f"/me/notices/{charge.pk}/letter.pdf", 404)
    acts.give_letter(charge, here.alice, "by hand", timezone.now())
    assert as_("carol").get(f"/me/notices/{charge.pk}/letter.pdf").content.startswith(b"%PDF-")
    assert "Access withdrawn" in page("carol", f"/me/notices/{charge.pk}")
    looked = AuditEntry.objects.filter(subject=f"charge:{opened.number}/1", by__username="carol")
    assert looked.exists()


def test_an_officer_who_is_charged_sees_the_notice_and_not_the_own_bench(opened: Case, here: World) -> None:
    User.objects.filter(username="carol").update(role=Role.SPECIALIST)
    charge = heard(opened)
    assert not queries.charges(User.objects.get(username="carol"), opened).exists()
    assert as_("carol").post(f"/cases/{opened.number}/findings/do/weighing", {"charge": "1"} | GRID).status_code == 404
    assert page("carol", f"/me/notices/{charge.pk}")


def test_a_file_of_house_rules_that_is_wrong_stops_nothing_else_and_says_what_to_mend(
    opened: Case, settings: Any, tmp_path: Any
) -> None:
    world.own_folder(settings, tmp_path)
    (tmp_path / "sanctions.yaml").write_text("ladder: []")
    text = page("alice", f"/cases/{opened.number}/findings")
    assert "at least two outcomes" in text
    with pytest.raises(ValidationError, match=r"sanctions\.yaml"):
        acts.bring_charge(opened, acts.Accusation("K-3", "", "", "", "", False, False, "x", "x"), User.objects.first())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("deed", "told", "words"),
    [
        ("charge", CHARGE | {"person": "K-99"}, "Nobody in the register has the staff number “K-99”."),
        ("charge", CHARGE | {"kind": "sorcery"}, "Choose the kind of conduct"),
        ("charge", CHARGE | {"basis": " "}, "on which legal basis"),
        ("charge", CHARGE | {"what": ""}, "Say what the person is said to have done."),
        ("proof", PROOF | {"shown_by": " , "}, "without an item that shows it"),
        ("notice", {"reply_by": ""}, "until when the person may reply"),
        ("notice", {"reply_by": "soon"}, "“soon” is not a date and a time"),
        ("letter", {"received_at": ""}, "when the person received the letter"),
        ("plan", {"sort": "flogging", "who": "Bob"}, "Choose a measure"),
        ("plan", {"sort": "badge:9999", "who": "Bob"}, "“9999” is no badge that the person holds; there is: 4417."),
        ("plan", {"sort": "training", "who": "Bob"}, "Say in words"),
        ("plan", {"sort": "training", "words": "Course"}, "Name who does by hand"),
        ("carry", {"measure": "²"}, "Choose the measure from the list."),
        ("withdrawal", {"reason": ""}, "Say why the charge is withdrawn."),
    ],
)
def test_a_wrong_form_gets_words_and_keeps_nothing(opened: Case, deed: str, told: POST, words: str) -> None:
    charged(opened)
    before = ChargeStep.objects.count()
    assert words in do("alice", opened, deed, 422, **told)
    assert ChargeStep.objects.count() == before


def form(username: str, case: Case, deed: str) -> bool:
    return "bench-form" in page(username, f"/cases/{case.number}/findings?charge=1&do={deed}")


def test_a_form_opens_when_its_turn_has_come_and_for_whom_it_is_open(opened: Case) -> None:
    charge = heard(opened)
    assert all(form("dan", opened, deed) for deed in ("proof", "notice", "reply", "weighing", "withdrawal", "charge"))
    assert not any(form("dan", opened, deed) for deed in ("proposal", "decision", "letter", "ruling", "nonsense"))
    assert not form("alice", opened, "weighing")
    assert "you are the one who leads the case" in page("alice", f"/cases/{opened.number}/findings")
    do("dan", opened, "weighing", **GRID)
    do("dan", opened, "proposal", outcome="withdrawn")
    assert all(form("dan", opened, deed) for deed in ("proposal", "decision", "measure"))
    do("dan", opened, "decision", **DECISION)
    assert form("alice", opened, "letter")
    acts.give_letter(charge, User.objects.get(username="alice"), "by hand", timezone.now())
    assert form("alice", opened, "appeal")
    acts.lodge_appeal(charge, User.objects.get(username="alice"), "Unheard.")
    assert form("eve", opened, "ruling")
    assert not form("dan", opened, "proposal")


def test_what_is_not_there_is_not_found_and_an_auditor_changes_nothing(opened: Case) -> None:
    charged(opened)
    assert as_("alice").post(f"/cases/{opened.number}/findings/do/burn", {"charge": "1"}).status_code == 404
    assert as_("alice").post(f"/cases/{opened.number}/findings/do/proof", {"charge": "x"}).status_code == 404
    assert as_("alice").get(f"/cases/{opened.number}/findings/9/letter.pdf").status_code == 404
    account("olga", "Olga", "Orr", Role.AUDITOR)
    assert "Copied designs" in page("olga", f"/cases/{opened.number}/findings")
    assert as_("olga").post(f"/cases/{opened.number}/findings/do/proof", {"charge": "1"} | PROOF).status_code == 403


@pytest.fixture
def laptop(opened: Case, here: World) -> Exhibit:
    step = CustodyStep("brought in", "by hand", "Safe 1", seal_left="S-1")
    return exhibit.take_in(opened, LAPTOP, step, [mine(here.alice, "takes"), mine(here.bob, "witnesses")], here.alice)


def test_a_point_names_exhibits_of_the_case_and_they_are_links(opened: Case, laptop: Exhibit) -> None:
    charged(opened)
    assert LAPTOP.name in page("alice", f"/cases/{opened.number}/findings?do=proof")
    do("alice", opened, "proof", **PROOF | {"exhibit": laptop.number, "shown_by": "e-01, her own words"})
    step = ChargeStep.objects.get(kind="proof")
    assert step.facts["items"] == ["E-01", "her own words"]
    text = page("alice", f"/cases/{opened.number}/findings")
    assert f'href="/cases/{opened.number}/evidence/E-01"' in text
    assert "does not verify" not in text


def test_with_the_form_of_a_point_open_the_custody_is_examined_once(opened: Case, laptop: Exhibit) -> None:
    charged(opened)
    do("alice", opened, "proof", **PROOF | {"exhibit": laptop.number, "shown_by": ""})

    def chains_read(query: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            page("alice", f"/cases/{opened.number}/findings{query}")
        return sum('FROM "cases_handover"' in one["sql"] for one in asked)

    assert chains_read("?do=proof") == chains_read("") > 0


def test_a_number_that_is_no_exhibit_of_the_case_is_refused(opened: Case, laptop: Exhibit) -> None:
    charged(opened)
    assert "The case has no exhibit E-07" in do("alice", opened, "proof", 422, **PROOF | {"shown_by": "E-07"})
    assert not ChargeStep.objects.filter(kind="proof").exists()


def test_nothing_is_met_by_an_exhibit_that_does_not_verify_and_the_bench_says_so(opened: Case, laptop: Exhibit) -> None:
    charged(opened)
    do("alice", opened, "proof", **PROOF | {"exhibit": laptop.number, "shown_by": ""})
    past_the_triggers("UPDATE cases_exhibit SET name = 'Another laptop'")
    text = page("alice", f"/cases/{opened.number}/findings")
    assert "E-01 does not verify:" in text
    again = PROOF | {"exhibit": laptop.number, "point": "Took the laptop"}
    assert "Nothing is met by it" in do("alice", opened, "proof", 422, **again)
    do("alice", opened, "proof", **again | {"met": "0"})
