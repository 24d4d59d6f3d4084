"""A muster: everybody in a place is told, answers by an own link, and stands on a list that an officer can tick."""

from __future__ import annotations

import html
import re
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from bartizan.cases.actions import muster as acts
from bartizan.cases.models import Muster, MusterMessage, MusterPerson
from bartizan.cases.muster_tasks import Leaving
from bartizan.cases.queries.muster import token_of, whom
from bartizan.core.actions import decide
from bartizan.core.models import User
from bartizan.core.roles import Role
from bartizan.estate.models import BadgeIssue, Department, Host, Person
from bartizan.notices.decisions import Mail, Outside, Sending
from bartizan.notices.models import Notice
from bartizan.watch.lake import Lake
from tests import world
from tests.notices.peers import http_server, mail_server
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(here: World) -> World:
    """Carol of Legal sits in the corridor; Dora of Sales is at home; Finn has left."""
    Person.objects.filter(pk=here.carol.pk).update(email="carol@keep.example", phone="+31 6 555 0103")
    sales = Department.objects.create(code="SAL", name="Sales")
    Person.objects.create(code="K-4", name="Dora Dahl", department=sales, site=here.site)
    Person.objects.create(code="K-5", name="Finn Fox", department=sales, left_on=date(2020, 1, 1))
    return here


def text_of(content: bytes) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", content.decode())).split())


def call(console: Client, status: int = 302, **told: Any) -> str:
    answer = console.post("/muster/call", {"kind": "evacuate", "whom": "everybody:", "sure": "1"} | told)
    assert answer.status_code == status
    return text_of(answer.content)


def sent(turns: int = 40) -> None:
    leaving = Leaving()
    for _ in range(turns):
        leaving.turn(timezone.now())
        if not leaving.away and not MusterMessage.objects.filter(state="waiting").exists():
            break
        time.sleep(0.05)
    leaving.settle()
    leaving.close()


def test_everybody_is_told_on_every_way_and_answers_with_the_own_link(console: Client, people: World) -> None:
    with mail_server() as mail, http_server((200, {})) as gateway:
        decide(None, Sending(allows_private_addresses=True, console_address="https://office.example"))
        decide(None, Mail(host="127.0.0.1", port=mail.port, security="none", sender="office@keep.example"))
        decide(None, Outside(sms_address=gateway.url))
        call(console, assembly="Car park B", drill="1")
        sent()
    words = mail.taken[0].get_content()
    assert mail.recipients == ["carol@keep.example"]
    assert words.startswith("DRILL. Leave the building now")
    assert "Go to Car park B." in words
    assert b"DRILL" in gateway.received[0].body
    found = re.search(r"https://office\.example(/safe/\S+)", words)
    assert found
    phone = Client()
    assert "Carol Cole’s own link" in text_of(phone.get(found[1]).content)
    assert MusterPerson.objects.get(person=people.carol).answer == "", "to open the link answers nothing"
    assert "you are safe" in text_of(phone.post(found[1], {"answer": "safe", "words": "at the gate"}).content)
    seen = text_of(console.get(f"/muster/M{timezone.now().year}-001").content)
    assert "Safe 1" in seen
    assert "at the gate" in seen
    assert "Dora Dahl Sales everybody not known no way to reach look for them" in seen
    assert "Finn Fox" not in seen


def test_who_needs_help_is_told_to_those_who_work_alarms(console: Client, people: World) -> None:
    call(console)
    carol = MusterPerson.objects.get(person=people.carol)
    Client().post(f"/safe/{token_of(carol.nonce)}", {"answer": "help", "words": "stuck in the lift"})
    told = Notice.objects.filter(trigger="muster-help", user=people.bob).get()
    assert "Carol Cole needs help: stuck in the lift" in told.words
    assert "1 need help" in text_of(console.get("/muster").content)


def test_an_officer_ticks_at_the_assembly_point_and_the_all_clear_closes_the_list(
    console: Client, people: World
) -> None:
    call(console)
    muster = Muster.objects.get()
    dora = muster.people.get(person__code="K-4")
    console.post(f"/muster/{muster.number}/do/tick", {"person": dora.pk, "answer": "safe"})
    assert "ticked by Alice Archer" in text_of(console.get(f"/muster/{muster.number}").content)
    assert console.post(f"/muster/{muster.number}/do/clear").status_code == 302
    late = console.post(f"/muster/{muster.number}/do/tick", {"person": dora.pk, "answer": ""})
    assert late.status_code == 422
    assert "The all clear was given" in text_of(late.content)
    assert MusterMessage.objects.filter(is_clear=True, state="waiting").count() == 2
    assert set(MusterMessage.objects.filter(is_clear=False).values_list("state", flat=True)) == {"failed"}
    page = Client().get(f"/safe/{token_of(dora.nonce)}")
    assert "You may go back" in text_of(page.content)


def test_a_link_is_unguessable_ends_and_holds_nobody_up(people: World, settings: Any) -> None:
    muster = acts.call_muster(acts.Call("shelter", "everybody"), people.alice)
    carol = muster.people.get(person=people.carol)
    token = token_of(carol.nonce)
    assert len(token) == 43
    assert token not in str(MusterPerson.objects.values())
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    answers = [stranger.get("/safe/" + "A" * 43).status_code for _ in range(21)]
    assert answers[0] == 404
    assert answers[-1] == 429
    opened = stranger.get(f"/safe/{token}")
    assert opened["Referrer-Policy"] == "same-origin", "the address is told to nobody else, and a browser can answer"
    assert opened.status_code == 200, "others behind the same address still answer"
    posts = [stranger.post(f"/safe/{token}", {"answer": "safe"}).status_code for _ in range(21)]
    assert (posts[0], posts[-1]) == (200, 429)
    MusterPerson.objects.filter(pk=carol.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    assert stranger.get(f"/safe/{token}").status_code in (404, 429)


def test_a_zone_is_who_sits_there_and_whose_badge_was_read_there_last(people: World, lake: Lake) -> None:
    Host.objects.filter(owner=people.carol).update(zone=people.vault)
    now = datetime.now(UTC)
    lake.append(
        [
            {"id": f"0190a000-0000-7000-8000-00000000000{n}", "time": int((now - ago).timestamp() * 1e6), "kind": kind,
             "received": int(now.timestamp() * 1e6), "source": "doors", "person": person, "zone": zone, "site": "KP"}
            for n, (kind, person, zone, ago) in enumerate((
                ("door.granted", "K-4", "KP-0.00", timedelta(hours=3)),
                ("door.granted", "K-4", "KP-0.01", timedelta(hours=1)),
                ("door.granted", "K-3", "KP-0.00", timedelta(hours=2)),
                ("door.denied", "K-4", "KP-0.00", timedelta(minutes=5)),
            ))
        ]
    )  # fmt: skip
    found = {one.person.name: one.why for one in whom(people.alice, "zone", "KP-0.01", now).called}
    assert found["Dora Dahl"].startswith("badge read here ")
    assert found["Carol Cole"].startswith("desk here; badge read last in KP-0.00 ")


def test_what_cannot_be_sent_says_why_on_the_list(people: World) -> None:
    muster = acts.call_muster(acts.Call("own", "everybody", words="Meet in the hall."), people.alice)
    for _ in range(len(acts.AGAIN)):
        MusterMessage.objects.update(next_at=timezone.now())
        sent(4)
    said = {one.way: (one.state, one.said) for one in MusterMessage.objects.filter(to__muster=muster)}
    assert said["mail"][0] == "failed"
    assert "No mail server is set" in said["mail"][1]
    assert "No gateway for text messages" in said["sms"][1]


def test_without_anybody_in_the_register_the_page_says_that_a_call_reaches_nobody(console: Client) -> None:
    assert "a call reaches nobody" not in text_of(console.get("/muster").content)
    BadgeIssue.objects.all().delete()
    Person.objects.all().delete()
    assert "a call reaches nobody" in text_of(console.get("/muster").content)


def test_a_call_that_reaches_nobody_or_says_nothing_is_refused_in_words(console: Client, people: World) -> None:
    assert "Write what people are to do" in call(console, 422, kind="own")
    assert "Choose a zone, a site or a department" in call(console, 422, whom="zone:NOWHERE")
    Department.objects.create(code="NEW", name="New wing")
    assert "Nobody is on record for New wing" in call(console, 422, whom="department:NEW")
    call(console)
    assert "runs for Everybody already" in call(console, 422)
    assert "1 by e-mail, 1 by text message" in call(console, 200, sure="")
    assert Muster.objects.count() == 1


def test_a_reach_limits_whom_a_guard_calls_and_sees(people: World) -> None:
    guard = world.officer("gil", "Gil", "Gray", "Guard", Role.SPECIALIST)
    User.objects.filter(pk=guard.pk).update(departments=["SAL"])
    guard = User.objects.get(pk=guard.pk)
    everybody = acts.call_muster(acts.Call("evacuate", "everybody"), people.alice)
    client = Client()
    client.force_login(guard)
    seen = text_of(client.get(f"/muster/{everybody.number}").content)
    assert "Dora Dahl" in seen
    assert "Carol Cole" not in seen
    assert [one.person.code for one in whom(guard, "everybody", "", timezone.now()).called] == ["K-4"]


def test_a_list_is_kept_for_ninety_days_and_no_longer(people: World) -> None:
    muster = acts.call_muster(acts.Call("evacuate", "everybody"), people.alice)
    last = muster.keep_until + timedelta(days=1)
    assert acts.forget_old(last) == 0, "one that runs is never taken away"
    acts.all_clear(muster, people.alice)
    with pytest.raises(ValidationError, match="already"):
        acts.all_clear(muster, people.alice)
    assert acts.forget_old(last) == 1
    assert not MusterPerson.objects.exists()
