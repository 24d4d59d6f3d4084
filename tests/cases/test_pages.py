"""The list of cases and a case's page: what is known, what led to it, what is next, and what was done."""

from __future__ import annotations

import hashlib
import html
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from bartizan.cases import actions
from bartizan.cases.findings import findings
from bartizan.cases.models import Case
from bartizan.cases.pages.path import crop, walk
from bartizan.core.models import File
from bartizan.engines.observe import microseconds
from bartizan.estate.queries import plan_of
from bartizan.watch.lake import Lake
from bartizan.watch.shown import zone_of
from tests import world
from tests.lakes import event
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lake")]
NIGHT = datetime(2026, 11, 16, 20, 4, 52, tzinfo=UTC)


@pytest.fixture
def case(here: World) -> Case:
    """About an alarm at the vault that opens none by itself."""
    return actions.open_case(world.alarm(level=2, actor="badge:4417"), by=here.alice)


def page(console: Client, url: str, status: int = 200) -> str:
    answer = console.get(url)
    assert answer.status_code == status
    return html.unescape(answer.content.decode())


def step(number: int, sentence: str, seconds: int = 0, **more: object) -> dict[str, object]:
    at = microseconds(NIGHT + timedelta(seconds=seconds))
    usual = {"host": "", "portal": "", "zone": "", "count": 1, "is_certain": True, "is_effect": False}
    what = {"sentence": sentence, "why": "same badge", "kind": "door.granted", "domain": "door"}
    events = [f"00000000-0000-7000-8000-00000000000{number}"]
    return {"number": number, "time": at, "until": at, "events": events} | what | usual | more


def pinpointed(case: Case) -> None:
    place = {"reference": "zone:KP-0.01", "zone": "KP-0.01", "host": "", "site": "KP",
             "words": "Vault, Floor 0, The Keep", "probability": 0.9712, "sureness": "almost certain"}  # fmt: skip
    steps = [
        step(1, "Badge 4417 came into the corridor", zone="KP-0.00"),
        step(2, "Badge 4417 opened the vault", 12, portal="KP-0-001", zone="KP-0.01"),
        step(3, "Motion in the vault", 20, zone="KP-0.01", is_certain=False, is_effect=True),
    ]
    actions.set_pinpoint(case, {"version": 1, "digest": "d", "headline": "Vault opened", "how": "Borrowed badge",
        "place": place, "places": [place], "steps": steps, "window": "Mon 16 Nov 21:04 to 21:05",
        "entry": {"words": "door KP-0-001"}, "looked_back_seconds": 7200, "looked_at": 1284})  # fmt: skip


def test_without_a_case_the_list_says_when_one_opens(console: Client) -> None:
    text = page(console, "/cases")
    assert "No case is open." in text
    assert "A case opens by itself" in text


def test_the_list_shows_open_cases_the_worst_first_and_finds_by_words(console: Client, here: World) -> None:
    actions.open_case(headline="Laptop is missing", by=here.alice)
    world.alarm("Vault forced", 4)  # opens a case by itself
    shown = re.findall(r'data-open title="([^"]+)"', page(console, "/cases"))
    assert shown == ["Vault forced: Vault, The Keep", "Laptop is missing"]
    assert "Laptop" not in page(console, "/cases?q=vault")
    assert "No case says “moat”." in page(console, "/cases?q=moat")


def test_a_case_is_opened_by_hand_from_an_alarm_or_empty(console: Client, here: World) -> None:
    alarm = world.alarm(level=2)
    answer = console.post("/cases", {"alarm": str(alarm.pk), "headline": ""})
    number = Case.objects.get().number
    assert answer.headers["Location"] == f"/cases/{number}"
    assert Case.objects.get().alarms.get() == alarm
    console.post("/cases", {"headline": "A letter without a sender"})
    assert Case.objects.filter(headline="A letter without a sender", opened_by=here.alice).exists()


def test_opening_nothing_is_refused_in_words(console: Client) -> None:
    answer = console.post("/cases", {"headline": "  "})
    assert answer.status_code == 422
    assert "Say in one line what the case is about." in answer.content.decode()


def test_the_page_says_where_how_since_when_and_that_nobody_is_named(console: Client, case: Case) -> None:
    pinpointed(case)
    text = page(console, f"/cases/{case.number}")
    for words in (
        "almost certain, 0.97", "Borrowed badge", "Way in: door KP-0-001", "Mon 16 Nov 21:04 to 21:05",
        "looked at 1\u202f284 events, 2 h back", "Not identifiable from this evidence",
    ):  # fmt: skip
        assert words in text


def test_a_probability_near_one_is_never_shown_as_certainty(case: Case, here: World) -> None:
    pinpointed(case)
    case.pinpoint["place"]["probability"] = 0.9999
    assert findings(case, zone_of(here.alice)).figure == "0.99"


def test_each_step_leads_to_its_event_on_the_timeline(console: Client, case: Case) -> None:
    pinpointed(case)
    text = page(console, f"/cases/{case.number}")
    steps = re.findall(r'<span class="dot-n[^"]*"[^>]*>(\d)</span>.*?href="([^"]+)">([^<]+)</a>', text)
    assert [(n, words) for n, _, words in steps] == [
        ("1", "Badge of P1 came into the corridor"), ("2", "Badge of P1 opened the vault"),
        ("3", "Motion in the vault"),
    ]  # fmt: skip
    assert "event=00000000-0000-7000-8000-000000000002" in steps[1][1]
    assert f"case={case.number}" in steps[1][1]
    assert "21:04:52" in text


def test_the_path_goes_through_the_door_and_keeps_the_lists_numbers(case: Case, here: World) -> None:
    pinpointed(case)
    plan = plan_of(here.alice, here.floor)
    way = walk(plan, findings(case, zone_of(here.alice)).steps)
    assert [stop.number for stop in way.stops] == [1, 2, 3]
    assert (way.stops[1].x, way.stops[1].y) == (49, 132)
    assert [leg.is_certain for leg in way.legs] == [True, False]
    assert "49 155" in way.legs[0].d  # into the corridor's middle before it turns to the door
    left, top, width, height = crop(way, here.vault, (8, 8, 300, 170))
    assert all(left <= stop.x <= left + width and top <= stop.y <= top + height for stop in way.stops)


def test_steps_on_other_floors_are_counted_not_drawn(console: Client, case: Case) -> None:
    pinpointed(case)
    case.pinpoint["steps"].append(step(4, "Login far away", 60, host="FAR-1", zone="XX-1"))
    case.save()
    assert "1 step not on this floor" in page(console, f"/cases/{case.number}")


def test_a_case_without_a_result_says_what_is_missing(console: Client, here: World) -> None:
    number = actions.open_case(headline="A letter", by=here.alice).number
    text = page(console, f"/cases/{number}")
    assert "Not known yet" in text
    assert "once an alarm belongs to the case" in text


@pytest.mark.parametrize("tab", ["timeline", "alarms", "people", "files", "tasks", "notes", "audit"])
def test_every_tab_opens_with_data_and_empty(console: Client, here: World, case: Case, tab: str) -> None:
    empty = actions.open_case(headline="A letter", by=here.alice)
    for number in (case.number, empty.number):
        assert 'aria-current="page"' in page(console, f"/cases/{number}/{tab}")


def test_the_cases_timeline_holds_its_window_and_its_entities(console: Client, case: Case, lake: Lake) -> None:
    at = case.first_at + timedelta(minutes=1)
    other = {"actor": "badge:9", "person": "", "portal": "", "place": "", "zone": "KP-0.00"}
    lake.append(
        [
            event(at, summary="Mine"),
            event(at, summary="Not mine", **other),
            event(at - timedelta(days=1), summary="Long ago"),
        ]
    )
    text = page(console, f"/cases/{case.number}/timeline")
    assert ">Mine<" in text
    assert "Not mine" not in text
    assert "Long ago" not in text


def test_notes_tasks_and_the_lead_are_kept_and_audited(console: Client, here: World, case: Case) -> None:
    url = f"/cases/{case.number}"
    console.post(f"{url}/do/note", {"words": "Rang the janitor."})
    console.post(f"{url}/do/task", {"words": "Fetch the footage", "who": "Bob Bell", "due": "2026-11-17T10:00"})
    console.post(f"{url}/do/lead", {"lead": str(here.bob.pk)})
    console.post(f"{url}/do/headline", {"headline": "The vault was opened"})
    case.refresh_from_db()
    assert case.notes.get().words == "Rang the janitor."
    assert case.tasks.get().due_at == datetime(2026, 11, 17, 9, tzinfo=UTC)
    assert (case.lead, case.headline) == (here.bob, "The vault was opened")
    audit = page(console, f"{url}/audit")
    assert all(words in audit for words in ("Noted", "Added task", "Changed lead", "Changed headline"))
    task = case.tasks.get()
    console.post(f"{url}/do/done", {"task": str(task.pk), "done": "1"})
    task.refresh_from_db()
    assert task.done_at


def test_an_alarm_without_a_case_is_added_by_hand(console: Client, case: Case) -> None:
    alarm = world.alarm("Window open", 1, zone="", portal="", site="")
    assert "Low: Window open" in page(console, f"/cases/{case.number}/alarms")
    console.post(f"/cases/{case.number}/do/join", {"alarm": str(alarm.pk), "tab": "alarms"})
    assert alarm in case.alarms.all()


def test_a_case_is_closed_only_with_a_reason(console: Client, case: Case) -> None:
    url = f"/cases/{case.number}"
    answer = console.post(f"{url}/do/state", {"state": "closed", "reason": ""})
    assert answer.status_code == 422
    assert "Say why the case is closed." in answer.content.decode()
    console.post(f"{url}/do/state", {"state": "closed", "reason": "It was a drill."})
    assert "It was a drill." in page(console, url)
    assert "No case is open." in page(console, "/cases")
    assert case.number in page(console, "/cases?show=closed")


def test_a_file_of_a_case_is_added_on_its_tab_and_comes_back_as_it_was(console: Client, case: Case) -> None:
    content = io.BytesIO(b"<script>picture</script>")
    content.name = "../../vault.html"
    url = f"/cases/{case.number}/files"
    assert 'action="/files/add"' in page(console, url)
    answer = console.post("/files/add", {"file": content, "subject": f"case:{case.number}", "back": url})
    assert answer["Location"] == url
    kept = File.objects.get()
    assert (kept.name, kept.digest) == ("vault.html", hashlib.sha256(b"<script>picture</script>").hexdigest())
    assert "vault.html" in page(console, url)
    answer = console.get(f"/files/{kept.pk}")
    assert b"".join(answer) == b"<script>picture</script>"  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("deed", "given", "words"),
    [
        ("note", {"words": " "}, "The note is empty."),
        ("task", {"words": ""}, "Say what is to be done."),
        ("task", {"words": "Ask", "due": "soon"}, "“soon” is not a date and a time"),
        ("headline", {"headline": ""}, "A case needs a headline."),
        ("state", {"state": "lost"}, "open, investigating or closed"),
        ("task", {"words": "Ask", "due": "0001-01-01T00:00"}, "no time at which something can be due"),
        ("task", {"words": "Ask", "due": "9999-12-31T23:59"}, "no time at which something can be due"),
        ("done", {"task": "x"}, "Choose one from the list."),
        ("done", {"task": "²"}, "Choose one from the list."),
        ("join", {"alarm": "9" * 30}, "Choose one from the list."),
    ],
)
def test_a_wrong_form_gets_words_on_its_tab(
    console: Client, case: Case, deed: str, given: dict[str, str], words: str
) -> None:
    answer = console.post(f"/cases/{case.number}/do/{deed}", given)
    assert answer.status_code == 422
    assert words in html.unescape(answer.content.decode())


def test_a_number_that_is_none_breaks_nothing(console: Client, case: Case) -> None:
    assert console.post(f"/cases/{case.number}/do/lead", {"lead": "²"}).status_code == 302
    assert console.post("/cases", {"alarm": "²", "headline": "A letter"}).status_code == 302


def test_what_is_not_there_is_not_found(console: Client, case: Case) -> None:
    assert console.get("/cases/1999-001").status_code == 404
    assert console.post(f"/cases/{case.number}/do/burn").status_code == 404
    assert console.get(f"/cases/{case.number}/do/note").status_code == 405


def test_a_stranger_sees_no_case(client: Client, case: Case) -> None:
    for url in ("/cases", f"/cases/{case.number}", f"/cases/{case.number}/files"):
        assert client.get(url).headers["Location"].startswith("/sign-in")


def test_a_case_with_nothing_in_it_says_on_its_tabs_what_to_do_first(console: Client, here: World) -> None:
    made = actions.open_case(headline="Something is missing", by=here.alice)
    url = f"/cases/{made.number}"
    assert "2 of 2 conditions of the gate are not met" in page(console, f"{url}/findings")
    told = page(console, f"{url}/contacts")
    assert "Nobody is to be told yet" in told
    assert "Register of contacts" in told
    assert "Call script" not in told
    assert f'href="{url}/alarms"' in page(console, f"{url}/pinpoint").split("Nothing is weighed yet")[1]
    assert "All alarms" in page(console, f"{url}/alarms")
