"""The call tree of a case, and notices to authorities: told means said back; nothing leaves before counsel's word."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pypdfium2
import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from bartizan.cases.actions import answer_laws, start_clock
from bartizan.cases.actions import contact as calls
from bartizan.cases.actions import notice as notices
from bartizan.cases.fact_sheet import TITLES
from bartizan.cases.models import Case, CaseNotice, Contact, ContactTry
from bartizan.cases.notice_book import FormError, form_of, forms
from bartizan.cases.queries.clock import laws_in_force
from bartizan.core.actions import decide
from bartizan.core.models import AuditEntry
from bartizan.core.roles import Role
from bartizan.engines.calling import Try, standing
from bartizan.notices.decisions import Mail, Outside, Sending
from bartizan.notices.models import Notice
from bartizan.notices.webhook import signature
from tests import world
from tests.notices.peers import http_server, mail_server
from tests.world import World

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def chief(here: World) -> Contact:
    return Contact.objects.create(
        code="chief", name="Erin East", part="chief executive", order=1, phone="+31 6 555 0101"
    )


@pytest.fixture
def police(chief: Contact) -> Contact:
    return Contact.objects.create(
        code="police", name="Police, case line", part="police", order=4, phone="0900 8844", email="desk@police.example",
        sms="+31 6 555 0144", minutes=15, escalates_to=chief, form="police-first",
    )  # fmt: skip


def page(client: Client, case: Case, query: str = "") -> str:
    answer = client.get(f"/cases/{case.number}/contacts{query}")
    assert answer.status_code == 200
    return text_of(answer.content.decode())


def text_of(content: str) -> str:
    """What is read: without tags and with single spaces."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", content)).split())


def do(client: Client, case: Case, deed: str, status: int = 302, **told: Any) -> str:
    answer = client.post(f"/cases/{case.number}/contacts/do/{deed}", told)
    assert answer.status_code == status, answer.content.decode()[-2000:]
    return text_of(answer.content.decode())


def test_told_is_only_who_has_said_it_back(console: Client, case: Case, police: Contact) -> None:
    assert "0 of 2 told" in page(console, case)
    refused = do(console, case, "try", 422, contact="police", way="phone", outcome="back", said="")
    assert "told is only who has said it back" in refused
    do(console, case, "try", contact="police", way="phone", outcome="sent", said="left a message")
    assert "0 of 2 told" in page(console, case)
    do(console, case, "try", contact="police", way="phone", outcome="back", said="a laptop is gone, Sergeant Post")
    seen = page(console, case)
    assert "1 of 2 told" in seen
    assert "“a laptop is gone, Sergeant Post”" in seen


def test_nobody_answers_twice_and_it_goes_up_and_the_lead_is_told_once(
    console: Client, case: Case, police: Contact, here: World
) -> None:
    now = timezone.now()
    for ago in (20, 16):
        calls.note_try(case, police, "phone", "none", "", here.alice, now - ago * MINUTE)
    assert "To Erin East now" in page(console, case)
    assert calls.tell_silent(now) == 1
    assert calls.tell_silent(now) == 0
    told = Notice.objects.get(user=here.alice, trigger="contact-silent")
    assert "nobody answers at Police, case line" in told.words
    assert "ring Erin East" in told.words
    calls.note_try(case, police, "phone", "back", "a laptop is gone", here.alice)
    assert "To Erin East now" not in page(console, case)


def test_one_call_without_answer_is_made_again_after_the_contact_s_minutes() -> None:
    at = datetime(2026, 11, 19, 14, 31, tzinfo=UTC)
    assert standing([], 15).state == "not yet"
    assert standing([Try(at, "none"), Try(at + 2 * MINUTE, "sent")], 15).at == at + 17 * MINUTE
    assert standing([Try(at, "none"), Try(at + 2 * MINUTE, "sent")], 15).state == "again"
    assert standing([Try(at, "none"), Try(at + 16 * MINUTE, "none")], 15).state == "up"
    assert standing([Try(at, "none"), Try(at + 1 * MINUTE, "failed")], 15).at == at + 15 * MINUTE
    assert standing([Try(at, "back"), Try(at + 1 * MINUTE, "none")], 15).state == "told"


def test_who_is_walled_off_stays_listed_with_who_decided_and_why_and_is_told_nothing(
    console: Client, case: Case, police: Contact
) -> None:
    do(console, case, "choose", 422, contact="police", kind="walled", because=" ")
    do(console, case, "choose", contact="police", kind="walled", because="Her desk is the place in question")
    seen = page(console, case)
    assert "Her desk is the place in question, Alice Archer" in seen
    assert "Walled off" in seen
    refused = do(console, case, "try", 422, contact="police", way="phone", outcome="back", said="yes")
    assert "is walled off in this case by Alice Archer" in refused
    assert "A draft" not in do(console, case, "draft", 422, contact="police", form="police-first")
    do(console, case, "back", contact="police", because="She was not there")
    do(console, case, "try", contact="police", way="phone", outcome="back", said="yes")


def test_a_contact_is_listed_by_level_and_by_law_or_added_by_hand(console: Client, case: Case, here: World) -> None:
    Case.objects.filter(pk=case.pk).update(level=2)
    for code, least, law in (("board", 4, ""), ("dpa", 1, "gdpr-33"), ("sec", 1, "sec-8k-105")):
        Contact.objects.create(code=code, name=f"Desk {code}", part="regulator", phone="1", least=least, law=law)
    answers = {"sec-registrant": False, "personal-data-breach": True}
    answer_laws(Case.objects.get(pk=case.pk), answers, here.alice)
    seen = page(console, case)
    listed, _, rest = seen.partition("Add somebody whom no rule adds")
    assert "Desk dpa" in listed
    assert "Not decided" in listed
    assert "Desk board" not in listed
    assert "Desk sec" not in listed
    assert "Desk board" in rest
    do(console, case, "choose", contact="board", kind="in", because="The chair asked for it")
    assert "Desk board" in page(console, case).partition("Add somebody")[0]


def test_a_contact_keeps_its_name_on_a_case_whose_people_are_masked(
    console: Client, case: Case, here: World, police: Contact
) -> None:
    Contact.objects.create(code="legal", name="Carol Cole", part="counsel", phone="1", order=2)
    calls.note_try(case, police, "phone", "back", "Carol Cole was seen there", here.alice)
    seen = page(console, case)
    assert "Carol Cole counsel" in seen
    assert "Carol Cole was seen" not in seen


def outlets(**kept: Any) -> None:
    """Real peers on this machine may be sent to."""
    decide(None, Sending(allows_private_addresses=True))
    for one in kept.values():
        decide(None, one)


def drafted(case: Case, police: Contact, here: World) -> CaseNotice:
    made = notices.draft_notice(case, "police-first", police, here.alice)
    notices.edit_notice(made, {"what": "A laptop of Finance is missing"}, here.alice)
    return made


def confirmed(case: Case, police: Contact, here: World) -> CaseNotice:
    made = drafted(case, police, here)
    notices.confirm_notice(made, 2, "H. de Wit", here.bob)
    return CaseNotice.objects.get(pk=made.pk)


def test_a_notice_says_what_is_settled_and_leaves_the_rest_as_not_known_yet(
    console: Client, case: Case, police: Contact
) -> None:
    do(console, case, "draft", contact="police", form="police-first")
    assert "A draft of “Police, first report” to Police" in do(
        console, case, "draft", 422, contact="police", form="police-first"
    )
    do(console, case, "edit", notice="1", **{"field-what": "A laptop of Finance is missing", "field-taken": ""})
    content = html.unescape(console.get(f"/cases/{case.number}/contacts?notice=1").content.decode())
    leaves = content.partition('<pre class="as-left">')[2].partition("</pre>")[0]
    assert "1. What is suspected\nA laptop of Finance is missing." in leaves
    assert "4. What was taken\nNot known yet." in leaves
    assert "6. Who\nNobody is named: the records identify no person." in leaves
    assert "draft 2" in text_of(content)


def test_nothing_leaves_before_counsel_s_word_and_the_writer_cannot_record_it(
    console: Client, case: Case, police: Contact, here: World
) -> None:
    made = drafted(case, police, here)
    with mail_server() as server:
        outlets(mail=Mail(host="127.0.0.1", port=server.port, security="none", sender="office@keep.example"))
        refused = do(console, case, "send", 422, notice="1", way="mail")
        assert server.taken == []
    assert "Counsel has not confirmed this text" in refused
    assert "You wrote this draft" in do(console, case, "confirm", 422, notice="1", version="2", counsel="H. de Wit")
    with pytest.raises(ValidationError, match="changed meanwhile"):
        notices.confirm_notice(made, 1, "H. de Wit", here.bob)
    notices.confirm_notice(made, 2, "H. de Wit", here.bob)
    notices.edit_notice(made, {"taken": "One laptop"}, here.alice)
    assert CaseNotice.objects.get().confirmed_at is None, "counsel's word holds for the text that was read alone"


def test_a_confirmed_notice_goes_out_by_mail_once_and_meets_its_clock(
    console: Client, case: Case, here: World, police: Contact
) -> None:
    dpa = Contact.objects.create(
        code="dpa", name="Data protection authority", part="data protection", email="dpa@gov.example", law="gdpr-33"
    )
    law = laws_in_force()["gdpr-33"]
    clock = start_clock(case, law.id, timezone.now() - timedelta(hours=40), "", "Europe/Amsterdam", here.alice)
    made = notices.draft_notice(case, "gdpr-33-3", dpa, here.alice)
    notices.edit_notice(made, {"nature": "Carol Cole lost badge 4417"}, here.alice)
    notices.confirm_notice(made, 2, "H. de Wit", here.bob)
    with mail_server() as server:
        outlets(mail=Mail(host="127.0.0.1", port=server.port, security="none", sender="office@keep.example"))
        do(console, case, "send", notice="1", way="mail", meets="1")
        again = do(console, case, "send", 422, notice="1", way="mail")
    assert "was sent and stays as it left" in again
    assert server.recipients == ["dpa@gov.example"]
    words = server.taken[0].get_content()
    assert "Under: GDPR Art. 33(3)" in words
    assert "Carol" not in words, "this form needs no name"
    assert "4417" not in words
    clock.refresh_from_db()
    assert clock.met_at is not None
    assert "0 of 3 told" in page(console, case), "a server that took it has not read it"
    assert AuditEntry.objects.filter(verb="sent a notice", subject=f"case:{case.number}").count() == 1


def test_a_notice_that_cannot_leave_says_what_happened_and_stays_a_draft(
    console: Client, case: Case, police: Contact, here: World
) -> None:
    confirmed(case, police, here)
    with mail_server(refuses="550 no such desk") as server:
        outlets(mail=Mail(host="127.0.0.1", port=server.port, security="none", sender="office@keep.example"))
        refused = do(console, case, "send", 422, notice="1", way="mail")
        assert "stays a draft" in refused
        assert "550 no such desk" in refused
        server.refuses = ""
        do(console, case, "send", notice="1", way="mail")
    assert [one.outcome for one in ContactTry.objects.order_by("pk")] == ["failed", "sent"]


def test_a_webhook_gets_the_notice_signed_and_a_gateway_the_text_message(
    console: Client, case: Case, police: Contact, here: World
) -> None:
    with http_server((200, {}), says=b"accepted 77") as server:
        police.webhook = f"{server.url}/hook"
        police.save()
        secrets: dict[str, Any] = {"sms_secret": "Bearer seven", "webhook_secret": "hush"}
        outlets(outside=Outside(sms_address=f"{server.url}/sms", sms_body='{"n": ["{to}"], "t": "{text}"}', **secrets))
        confirmed(case, police, here)
        do(console, case, "send", notice="1", way="webhook")
        do(console, case, "text", contact="police", words='Ring us about badge 4417, "now" {to}')
    hook, sms = server.received
    signed = signature("hush", int(hook.headers["Bartizan-Timestamp"]), hook.body)
    assert hook.headers["Bartizan-Signature"] == f"v1={signed}"
    assert b"A laptop of Finance is missing" in hook.body
    assert sms.headers["Authorization"] == "Bearer seven"
    assert sms.body.decode() == '{"n": ["+31 6 555 0144"], "t": "Ring us about badge of somebody, \\"now\\" {to}"}'
    assert "accepted 77" in CaseNotice.objects.get().receipt


def test_a_notice_taken_to_a_portal_by_hand_needs_its_receipt(
    console: Client, case: Case, police: Contact, here: World
) -> None:
    confirmed(case, police, here)
    assert "receipt's number" in do(console, case, "send", 422, notice="1", way="portal")
    do(console, case, "send", notice="1", way="portal", receipt="NC-26-7731")
    assert "“NC-26-7731”" in page(console, case)


def test_the_call_script_is_a_paper_of_a_page_or_two_that_names_nobody(
    console: Client, case: Case, police: Contact, here: World
) -> None:
    Case.objects.filter(pk=case.pk).update(headline="Carol Cole took a laptop")
    for number in range(8):
        Contact.objects.create(code=f"c{number}", name=f"Desk {number}", part="other", phone="+31 20 555 01")
    answer = console.get(f"/cases/{case.number}/contacts/script.pdf")
    assert answer["Content-Type"] == "application/pdf"
    pages = pypdfium2.PdfDocument(answer.content)
    words = " ".join(" ".join(one.get_textpage().get_text_range().split()) for one in pages)
    assert len(pages) <= 2
    assert "Police, case line" in words
    assert "0900 8844" in words
    assert "Do not say" in words
    assert "Carol" not in words


def test_a_stranger_to_the_case_and_a_reader_change_nothing(case: Case, police: Contact) -> None:
    auditor = world.officer("ann", "Ann", "Audit", "", Role.AUDITOR)
    client = Client()
    client.force_login(auditor)
    assert "Police, case line" in page(client, case)
    told = {"contact": "police", "way": "phone", "outcome": "none"}
    assert client.post(f"/cases/{case.number}/contacts/do/try", told).status_code == 403


def test_every_form_says_where_it_is_from_and_asks_for_facts_that_there_are() -> None:
    for form in forms().values():
        assert form.source
        assert form.as_of
        assert not form.clock or form.clock in laws_in_force()
        assert {key for field in form.fields for key in field.facts} <= {*TITLES, "who"}
        assert form.names_person or not any("who" in field.facts for field in form.fields)
    with pytest.raises(FormError, match=r"x\.yaml, form x: it lacks article, as_of"):
        form_of({"id": "x", "fields": []}, "x.yaml")


def test_contacts_come_in_by_the_register_and_each_needs_a_way(console: Client, here: World) -> None:
    asked = {"code": "cert", "name": "CERT", "part": "CERT", "order": "5", "least": "1", "minutes": "15",
             "purpose": "p", "basis": "b"}  # fmt: skip
    answer = console.post("/registers/contacts/new", asked)
    assert "Give at least one way to reach them" in answer.content.decode()
    console.post("/registers/contacts/new", asked | {"portal": "https://cert.example/form"})
    assert Contact.objects.get(code="cert").portal == "https://cert.example/form"


def test_a_contact_s_page_says_when_its_record_has_to_be_looked_at_again(console: Client, police: Contact) -> None:
    assert "look at it again" not in console.get(f"/registers/contacts/{police.pk}").content.decode()
    Contact.objects.filter(pk=police.pk).update(keep_until="2020-01-01")
    assert "look at it again" in console.get(f"/registers/contacts/{police.pk}").content.decode()
    assert console.get("/entity/contact/police").status_code == 200
