"""What a case taught: written down, proposed to the board, rehearsed, and made into a rule from its own events."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from bartizan.cases.actions import lesson, open_case
from bartizan.cases.models import Alias, Case, Lesson, Proposal, Run
from bartizan.core.models import AuditEntry
from bartizan.core.roles import Role
from bartizan.watch import own_rules, rulebook
from bartizan.watch.lake import Lake
from bartizan.watch.models import AlarmEvent
from tests import world
from tests.lakes import emptied, event
from tests.world import World

pytestmark = pytest.mark.django_db


def page(console: Client, case: Case, more: str = "") -> str:
    return html.unescape(console.get(f"/cases/{case.number}/tasks{more}").content.decode())


def do(console: Client, case: Case, deed: str, **told: object) -> str:
    answer = console.post(f"/cases/{case.number}/plan/do/{deed}", told)
    if answer.status_code == 302:
        return ""
    return html.unescape(answer.content.decode()).split('role="alert">', 1)[1].split("</p>", 1)[0]


def test_a_lesson_begins_with_what_the_pinpoint_says_and_keeps_what_was_written(
    console: Client, case: Case, here: World
) -> None:
    case.pinpoint = {"place": {"name": "Vault"}, "how": "forced door"}
    case.save()
    assert "Say what the cause was" in do(console, case, "lesson", cause=" ")
    assert not do(console, case, "lesson", cause="The door stood open", would_have_stopped="A closer that closes")
    assert not do(console, case, "lesson", cause="The door was forced", would_have_stopped="A closer that closes")
    text = page(console, case)
    assert "The door was forced" in text
    assert "A closer that closes" in text
    entry = AuditEntry.objects.filter(verb="wrote lesson").order_by("-pk").first()
    assert entry is not None
    assert entry.detail["before"]["cause"] == "The door stood open"


def test_a_lesson_can_be_written_when_the_case_is_closed(console: Client, case: Case) -> None:
    console.post(f"/cases/{case.number}/do/state", {"state": "closed", "reason": "found again"})
    assert not do(console, case, "lesson", cause="It lay in a drawer")
    assert "It lay in a drawer" in page(console, case)


def test_measures_reach_the_board_and_are_decided_with_a_reason(console: Client, case: Case, here: World) -> None:
    assert "Say what is proposed." in do(console, case, "propose", measure="", owner="IT")
    assert "is no cost" in do(console, case, "propose", measure="Locks", owner="Facilities", cost="cheap")
    assert not do(console, case, "propose", measure="Cable locks for every desk", owner="Facilities", cost="12 000")
    assert not do(console, case, "propose", measure="Ask every evening", owner="Guards")
    text = html.unescape(console.get("/lessons").content.decode())
    assert "Cable locks for every desk" in text
    assert "open ones: about 12 000, and 1 of which the cost is not known" in text
    one = Proposal.objects.get(cost=12000)
    address = f"/lessons/{one.pk}/decide"
    assert "Say why the measure is refused" in console.post(address, {"state": "refused"}).content.decode()
    assert console.post(address, {"state": "accepted", "reason": "board of 20 November"}).status_code == 302
    assert "board of 20 November" in console.get("/lessons?show=accepted").content.decode()
    assert "Ask every evening" not in console.get("/lessons?show=accepted").content.decode()


def test_the_list_and_its_export_name_nobody_whom_the_gate_has_not_named(
    console: Client, case: Case, here: World
) -> None:
    Alias.objects.create(case=case, person="K-3", number=1)
    lesson.propose(case, "=Talk with Carol Cole about badge 4417", "Legal", "", here.alice)
    for address in ("/lessons", "/lessons.csv"):
        answer = console.get(address)
        text = html.unescape(b"".join(answer).decode() if answer.streaming else answer.content.decode())
        assert "Carol" not in text
        assert "4417" not in text
        assert "Talk with P1" in text
    assert "'=Talk" in text
    assert AuditEntry.objects.filter(verb="exported", subject="register:lessons").exists()


def test_a_drill_is_planned_after_a_case(console: Client, case: Case) -> None:
    day = (timezone.now() + timedelta(days=20)).date()
    assert "is not a day" in do(console, case, "drill", plan="lost-badge", on="soon")
    assert not do(console, case, "drill", plan="lost-badge", on=day.isoformat())
    drill = Run.objects.get()
    assert (drill.learnt_in, drill.planned_on, drill.started_at) == (case, day, None)
    assert "Badge lost" in page(console, case)
    assert f"after case {case.number}" in console.get("/plans").content.decode()


@pytest.fixture
def breach(here: World, lake: Lake, tmp_path: Path, settings: Settings) -> Case:
    """A case whose one alarm rests on an event in the lake; the same happened once more, and something else often."""
    world.own_folder(settings, tmp_path)
    emptied(lake)
    case = open_case(world.alarm("Door forced"), by=here.alice)
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=4)
    own = AlarmEvent.objects.get().event
    forced = event(at, "door.forced", id=own, zone_level=4, device="reader:KP-R1", summary="Vault door forced")
    again = event(at - timedelta(days=3), "door.forced", zone_level=4, device="reader:KP-R1")
    others = [event(at - timedelta(hours=n), "door.granted", zone_level=4) for n in range(1, 30)]
    old = event(at - timedelta(days=9), "door.forced", zone_level=4)
    lake.append([forced, again, old, *others])
    return case


def rule(console: Client, case: Case, **told: object) -> tuple[int, str]:
    answer = console.post(f"/cases/{case.number}/plan/rule", told)
    return answer.status_code, html.unescape(answer.content.decode())


def test_a_rule_is_made_from_an_event_tried_on_the_case_and_the_week_and_kept(
    console: Client, breach: Case, tmp_path: Path
) -> None:
    own = AlarmEvent.objects.get().event
    form = page(console, breach, f"?event={own}")
    assert 'value="zone_level" checked' in form
    assert 'name="field" value="actor"' not in form  # the badge is somebody's
    chosen = {
        "event": own,
        "title": "Vault door forced again",
        "level": "high",
        "field": ["kind", "zone", "zone_level"],
    }
    status, text = rule(console, breach, **chosen, how="draft")
    assert status == 200
    assert "Fires on <b>1 of 1</b> events of this case." in text
    assert "it would have fired <b>2 times</b> on 31 events of its domain" in text
    typed = text.split('name="text"', 1)[1].split(">", 1)[1].split("</textarea>", 1)[0]
    assert rule(console, breach, event=own, how="keep", text=typed)[0] == 302
    assert rule(console, breach, event=own, how="keep", text=typed)[0] == 422  # the id is taken
    kept = list((tmp_path / "rules" / "own").glob("*.yml"))
    assert [path.read_text() for path in kept] == [typed.replace("\r\n", "\n")]
    book = rulebook.load()
    made = next(one for one in book.rules if one.title == "Vault door forced again")
    assert book.pack_of(made) == "own"
    assert Lesson.objects.get().rules == [{"id": made.uid, "title": made.title}]
    assert book.detector.match({"domain": "door", "kind": "door.forced", "zone": "KP-0.01", "zone_level": 4})
    assert "Vault door forced again" in console.get(f"/rules?rule={made.uid}").content.decode()
    assert f"/rules?rule={made.uid}" in page(console, breach)


def test_a_rule_that_misses_the_case_s_own_events_is_not_kept(console: Client, breach: Case, tmp_path: Path) -> None:
    own = AlarmEvent.objects.get().event
    chosen = {"event": own, "title": "Other", "level": "high", "field": ["kind"], "how": "draft"}
    text = rule(console, breach, **chosen)[1].split('name="text"', 1)[1].split(">", 1)[1].split("</textarea>", 1)[0]
    held = text.replace("door.forced", "door.held")
    status, said = rule(console, breach, event=own, how="keep", text=held)
    assert status == 422
    assert "fires on none of the case's own events" in said
    assert "door.held" in said  # what was typed stays
    assert (
        "does not raise a finding on its positive example"
        in rule(console, breach, event=own, how="try", text=text.replace("kind: door.forced", "kind: door.held", 1))[1]
    )
    assert "names somebody of this case" in rule(console, breach, event=own, how="try", text=text + "# Carol Cole\n")[1]
    assert "is not readable as YAML" in rule(console, breach, event=own, how="try", text="title: [")[1]
    assert not (tmp_path / "rules" / "own").exists()


def test_what_is_asked_for_wrongly_is_said_at_the_form(console: Client, breach: Case) -> None:
    own = AlarmEvent.objects.get().event
    assert "is not among the case's" in page(console, breach, "?event=00000000-0000-0000-0000-000000000000")
    assert "Choose at least one field" in rule(console, breach, event=own, title="T", level="high")[1]
    assert "Give the rule a title" in rule(console, breach, event=own, level="high", field="kind")[1]
    assert "Choose a level" in rule(console, breach, event=own, title="T", field="kind", level="9")[1]


def test_what_is_wrong_with_a_rule_stands_beside_it_and_all_that_was_chosen_stays(
    console: Client, breach: Case
) -> None:
    own = AlarmEvent.objects.get().event
    status, text = rule(console, breach, event=own, level="high", field=["device"])
    section = text.split('id="rule"', 1)[1]
    assert status == 422
    assert "Give the rule a title" in section
    assert re.findall(r'name="field" value="(\w+)" checked', section) == ["device"]
    _, text = rule(console, breach, event=own, how="try", text="title: [")
    assert "is not readable as YAML" in text.split('id="rule"', 1)[1]
    assert f'href="/cases/{breach.number}/tasks?event={own}#rule"' in text  # begin anew


def test_only_whoever_may_change_rules_keeps_one(client: Client, console: Client, breach: Case) -> None:
    own = AlarmEvent.objects.get().event
    chosen = {"event": own, "title": "Other", "level": "high", "field": ["kind"], "how": "draft"}
    text = rule(console, breach, **chosen)[1].split('name="text"', 1)[1].split(">", 1)[1].split("</textarea>", 1)[0]
    client.force_login(world.officer("spec", "Sam", "Spec", "", Role.SPECIALIST))
    assert rule(client, breach, event=own, how="try", text=text)[0] == 200
    assert rule(client, breach, event=own, how="keep", text=text)[0] == 403
    assert not own_rules.is_taken(re.search(r"id: (\S+)", text)[1])  # type: ignore[index]
