"""What people do with the panels: each deed is kept, audited and said, and a duress shows nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.core.exceptions import ValidationError

from bartizan.core.models import AuditEntry, LiveMessage, User
from bartizan.core.roles import Role
from bartizan.engines.intrusion import Tick
from bartizan.panels import actions, queries
from bartizan.panels.models import Area, BypassNote, Code, Detector, Outgoing, Panel, PanelState, WalkTest
from bartizan.panels.plans import plan_of
from bartizan.watch import line
from bartizan.watch.models import Alarm
from bartizan.watch.queries import alarms, lake_of
from tests.panels.house import NOW, House, house, put_out, records

pytestmark = pytest.mark.django_db


@pytest.fixture
def keep() -> House:
    return house()


def said(kind: str = "") -> list[dict[str, object]]:
    return [o.observation for o in Outgoing.objects.order_by("pk") if not kind or o.observation["kind"] == kind]


def test_whoever_arms_is_kept_audited_and_said(keep: House) -> None:
    actions.arm([keep.corridor], "away", keep.world.alice, now=NOW)
    assert keep.condition() == "arming"
    keep.wait(30)
    assert keep.condition() == "armed"
    entry = AuditEntry.objects.get(verb="armed")
    assert (entry.subject, entry.detail["by"]) == ("area:PA-1/corridor", "Alice Archer")
    event = said("alarm.armed")[0]
    assert (event["place"], event["device"]) == ("zone:KP-0.00", "panel:PA-1")
    assert LiveMessage.objects.filter(topic="panels").count() >= 2


def test_what_stops_arming_is_named_and_can_be_bypassed_there_and_then(keep: House) -> None:
    keep.sense(keep.door, "alarm.opened")
    with pytest.raises(actions.NotReady, match="1 Front door open") as refused:
        actions.arm([keep.corridor], "away", keep.world.alice, now=keep.now)
    assert [reason.detector for reason in refused.value.reasons] == [keep.door]
    bypass = actions.NewBypass(keep.door, "lock being repaired", keep.now + timedelta(hours=1))
    actions.arm([keep.corridor], "away", keep.world.alice, bypasses=[bypass], now=keep.now)
    note = BypassNote.objects.get()
    assert (note.name, note.by, note.ended_at) == ("Front door", "Alice Archer", None)
    keep.wait(3600)
    note.refresh_from_db()
    assert (note.ended_at, note.ended_by) == (keep.now, "")
    assert keep.condition() == "pending"  # it is still open when the bypass ends, and counts again


def test_the_vault_takes_two_people_and_the_board_says_who_was_first(keep: House) -> None:
    keep.armed(keep.vault)
    assert actions.disarm([keep.vault], keep.world.alice, now=keep.now) == [keep.vault]
    view = queries.view_of(keep.world.alice, keep.vault.pk, keep.now)
    assert view is not None
    assert view.asked is not None
    assert (view.asked.deed, view.asked.by) == ("disarm", "Alice Archer")
    assert actions.disarm([keep.vault], keep.world.bob, now=keep.now) == []
    assert AuditEntry.objects.get(verb="disarmed").detail["second"] == "Bob Bell"


def test_the_same_person_at_the_keypad_and_at_the_console_is_one(keep: House) -> None:
    User.objects.filter(pk=keep.world.alice.pk).update(person="K-3")  # Alice's own record is Carol's here
    keep.world.alice.refresh_from_db()
    actions.set_code(keep.panel, keep.world.carol, "804213", keep.world.alice)
    keep.armed(keep.vault)
    actions.disarm([keep.vault], keep.world.alice, now=keep.now)
    assert actions.disarm_by_code(keep.panel, [keep.vault], "804213", now=keep.now).words.startswith("A second")
    assert keep.condition(keep.vault) == "armed"


def test_who_began_to_arm_and_who_asked_first_is_in_the_audit(keep: House) -> None:
    actions.arm([keep.vault], "away", keep.world.alice, now=keep.now)
    assert AuditEntry.objects.get(verb="began to arm").subject == "area:PA-1/vault"
    keep.wait(60)
    actions.disarm([keep.vault], keep.world.alice, now=keep.now)
    assert AuditEntry.objects.get(verb="asked to disarm").detail["by"] == "Alice Archer"
    keep.wait(180)
    actions.bypass(keep.safe, "painter", keep.now + timedelta(hours=1), keep.world.bob, now=keep.now)
    detail = AuditEntry.objects.get(verb="asked to bypass").detail
    assert (detail["by"], detail["detector"]) == ("Bob Bell", "3 Vault motion")


def test_an_area_that_was_added_and_armed_since_the_plan_was_read_is_not_dropped(keep: House) -> None:
    old = plan_of(Panel.objects.get())
    added = Area.objects.create(panel=keep.panel, code="attic", name="Attic", exit_seconds=0)
    Detector.objects.create(area=added, number=9, name="Hatch", device="detector:H1", sort="contact")
    actions.arm([added], "away", keep.world.alice, now=keep.now)
    actions.take([(keep.panel, old, [Tick()])], {}, now=keep.now)
    assert keep.condition(added) == "armed"


# -- codes


def test_only_a_slow_digest_of_a_code_is_kept(keep: House) -> None:
    actions.set_code(keep.panel, keep.world.carol, "804213", keep.world.alice, duress="804214")
    code = Code.objects.get()
    assert code.digest.startswith("argon2")
    row = repr({f.attname: getattr(code, f.attname) for f in Code._meta.fields})
    told = repr(list(AuditEntry.objects.values_list("detail", flat=True)))
    assert not re.search(r"80421[34]", row + told)


@pytest.mark.parametrize(
    ("code", "duress", "words"),
    [
        ("12", "", "4 to 10 digits"),
        ("1234", "", "tried first"),
        ("7777", "", "tried first"),
        ("8042x3", "", "digits"),
        ("804213", "804213", "another one than"),
    ],
)
def test_a_code_that_is_easily_guessed_is_refused(keep: House, code: str, duress: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        actions.set_code(keep.panel, keep.world.carol, code, keep.world.alice, duress=duress)


def test_nobody_gets_the_code_of_another_not_even_as_a_duress_code(keep: House) -> None:
    actions.set_code(keep.panel, keep.world.carol, "804213", keep.world.alice, duress="804214")
    for code, duress in (("804213", ""), ("804214", ""), ("559012", "804213")):
        with pytest.raises(ValidationError, match="choose another"):
            actions.set_code(keep.panel, keep.dora, code, keep.world.alice, duress=duress)
    actions.set_code(keep.panel, keep.world.carol, "804213", keep.world.alice)  # the own one again


def test_a_code_disarms_what_it_is_for_and_nothing_else(keep: House) -> None:
    actions.set_code(keep.panel, keep.dora, "804213", keep.world.alice, areas=[keep.corridor])
    keep.armed()
    keep.armed(keep.vault)
    assert not actions.disarm_by_code(keep.panel, [keep.vault], "804213", now=keep.now).ok
    told = actions.disarm_by_code(keep.panel, None, "804213", now=keep.now)
    assert (told.ok, told.words) == (True, "Disarmed.")
    assert (keep.condition(), keep.condition(keep.vault)) == ("disarmed", "armed")
    assert AuditEntry.objects.get(verb="disarmed").detail["by"] == "Dora Dean"


def test_a_code_that_is_over_is_as_good_as_a_wrong_one(keep: House) -> None:
    code = actions.set_code(
        keep.panel, keep.dora, "804213", keep.world.alice, valid_until=NOW.date() - timedelta(days=1)
    )
    keep.armed()
    assert actions.disarm_by_code(keep.panel, None, "804213", now=keep.now).words == "This code is not known."
    actions.end_code(code, keep.world.alice)
    assert AuditEntry.objects.filter(verb="ended the code of").exists()


def test_wrong_codes_shut_the_keypad_and_that_is_said(keep: House) -> None:
    actions.set_code(keep.panel, keep.dora, "804213", keep.world.alice)
    keep.armed()
    for _ in range(5):
        actions.disarm_by_code(keep.panel, None, "999990", now=keep.now)
    assert actions.disarm_by_code(keep.panel, None, "804213", now=keep.now).words.startswith("The keypad is shut")
    assert said("device.fault")[0]["data"]["fault"] == "keypad"  # type: ignore[index]
    keep.wait(90)
    assert actions.disarm_by_code(keep.panel, None, "804213", now=keep.now).ok


def test_a_code_by_chance_works(keep: House) -> None:
    _, digits = actions.new_code(keep.panel, keep.dora, keep.world.alice)
    keep.armed()
    assert actions.disarm_by_code(keep.panel, None, digits, now=keep.now).ok


# -- duress


def disarmed_with(keep: House, code: str) -> tuple[object, ...]:
    """Everything that somebody at the site could look at, after disarming with ``code``."""
    told = actions.disarm_by_code(keep.panel, [keep.corridor], code, now=keep.now)
    state = PanelState.objects.get(panel=keep.panel).state
    events = [each for each in said() if each["kind"] != "alarm.duress"]
    audit = list(AuditEntry.objects.order_by("pk").values_list("verb", "subject", "detail", "by"))
    live = list(LiveMessage.objects.order_by("pk").values_list("topic", "body"))
    seen = queries.board(keep.world.bob, keep.now)
    return told, state, events, audit, live, repr(seen)


def test_a_duress_code_shows_nothing_that_the_right_one_does_not(keep: House) -> None:
    from django.db.transaction import atomic, savepoint, savepoint_rollback

    actions.set_code(keep.panel, keep.world.carol, "804213", keep.world.alice, duress="804214")
    keep.armed()
    with atomic():
        before = savepoint()
        plain = disarmed_with(keep, "804213")
        assert said("alarm.duress") == []
        savepoint_rollback(before)
        forced = disarmed_with(keep, "804214")
    assert plain == forced
    assert len(said("alarm.duress")) == 1


def test_a_duress_raises_a_critical_alarm_that_accounts_of_the_site_do_not_see(keep: House, tmp_path: Path) -> None:
    actions.set_code(keep.panel, keep.world.carol, "804213", keep.world.alice, duress="804214")
    keep.armed()
    actions.disarm_by_code(keep.panel, [keep.corridor], "804214", now=keep.now)
    put_out(tmp_path)
    line.judge_what_is_there(tmp_path)
    alarm = Alarm.objects.get(title="Duress or hold-up")
    assert alarm.level == 4
    assert alarm.summary == "Duress or hold-up in Corridor, The Keep (panel PA-1)"
    guard = User.objects.create(username="gate", role=Role.SPECIALIST, sites=["KP"])
    assert alarm in alarms(keep.world.alice)
    assert alarm not in alarms(guard)


def test_a_duress_while_arming_is_heard_although_nothing_can_be_armed(keep: House) -> None:
    actions.set_code(keep.panel, keep.world.carol, "804213", keep.world.alice, duress="804214")
    keep.sense(keep.door, "alarm.opened")
    told = actions.arm_by_code(keep.panel, [keep.corridor], "away", "804214", now=keep.now)
    assert not told.ok
    assert len(said("alarm.duress")) == 1


@pytest.mark.parametrize(("told", "mode"), [({}, ""), ({"may_arm": False}, "away"), ({"valid_until": "over"}, "")])
def test_a_duress_code_that_may_not_do_it_there_calls_for_help_and_shows_as_a_wrong_one(
    keep: House, told: dict[str, Any], mode: str
) -> None:
    if told.get("valid_until"):
        told = {"valid_until": NOW.date() - timedelta(days=1)}
    areas = [] if told else [keep.corridor]
    actions.set_code(keep.panel, keep.dora, "804213", keep.world.alice, duress="804214", areas=areas, **told)
    keep.armed(keep.vault)
    shown = [
        actions.arm_by_code(keep.panel, [keep.vault], mode, code, now=keep.now)
        if mode
        else actions.disarm_by_code(keep.panel, [keep.vault], code, now=keep.now)
        for code in ("999990", "804214")
    ]
    assert shown[0] == shown[1]
    assert keep.condition(keep.vault) == "armed"
    assert "Vault" in str(said("alarm.duress")[0]["place"])


# -- walk tests, arming times


def test_a_walk_test_leaves_a_report(keep: House) -> None:
    actions.start_walk_test(keep.corridor, NOW + timedelta(minutes=20), keep.world.alice, now=NOW)
    keep.sense(keep.motion, "alarm.motion")
    actions.lengthen_walk_test(keep.corridor, NOW + timedelta(minutes=40), keep.world.alice, now=NOW)
    view = queries.view_of(keep.world.alice, keep.corridor.pk, NOW)
    assert view is not None
    assert view.test is not None
    assert [one.detector for one in view.test.seen] == [keep.motion]
    assert [one.detector for one in view.test.missing] == [keep.door]
    made = actions.end_walk_test(keep.corridor, keep.world.alice, now=NOW)
    assert [one["name"] for one in made.seen] == ["Corridor motion"]
    assert made.missing == [{"number": 1, "name": "Front door"}]
    assert made.ended_how == "ended by Alice Archer"


def test_a_walk_test_that_ends_by_itself_leaves_its_report_too(keep: House) -> None:
    actions.start_walk_test(keep.corridor, NOW + timedelta(minutes=20), keep.world.alice, now=NOW)
    keep.wait(1200)
    assert WalkTest.objects.get().ended_how == "by itself"


def test_a_panel_out_of_use_does_nothing(keep: House) -> None:
    keep.panel.is_enabled = False
    keep.panel.save()
    with pytest.raises(ValidationError, match="not in use"):
        actions.arm([keep.corridor], "away", keep.world.alice, now=NOW)


# -- who sees it


def test_a_panel_is_shown_within_the_reach_only(keep: House) -> None:
    here = User.objects.create(username="gate", role=Role.SPECIALIST, sites=["KP"])
    elsewhere = User.objects.create(username="far", role=Role.SPECIALIST, sites=["ZZ"])
    assert [view.area.code for view in queries.board(here, NOW).areas] == ["corridor", "vault"]
    assert queries.board(elsewhere, NOW).areas == []
    assert queries.view_of(elsewhere, keep.vault.pk, NOW) is None


def test_the_board_says_in_what_state_each_area_is(keep: House) -> None:
    keep.armed()
    keep.sense(keep.door, "alarm.opened")
    view = queries.view_of(keep.world.alice, keep.corridor.pk, keep.now)
    assert view is not None
    assert (view.condition, view.seconds, view.until) == ("pending", 20, keep.now + timedelta(seconds=20))
    assert [cause.detector for cause in view.causes] == [keep.door]
    vault = queries.view_of(keep.world.alice, keep.vault.pk, keep.now)
    assert vault is not None
    assert (vault.condition, vault.stops) == ("disarmed", [])


def test_an_alarm_is_raised_once_an_area_and_again_when_it_is_confirmed(keep: House, tmp_path: Path) -> None:
    keep.armed()
    keep.sense(keep.motion, "alarm.motion")
    keep.sense(keep.door, "alarm.opened")
    put_out(tmp_path)
    kinds = [orjson.loads(record)["kind"] for record in records(tmp_path)]
    assert kinds.count("alarm.triggered") == 2
    line.judge_what_is_there(tmp_path)
    alarm = Alarm.objects.get(title="Intruder alarm")
    assert (alarm.count, alarm.zone, alarm.level) == (1, "KP-0.00", 3)
    confirmed = Alarm.objects.get(title="Intruder alarm, confirmed by a second detector")
    assert (confirmed.zone, confirmed.level) == ("KP-0.00", 4)


def test_what_waits_is_put_into_the_journal_once(keep: House, tmp_path: Path) -> None:
    keep.armed()
    put_out(tmp_path)
    first = len(records(tmp_path))
    put_out(tmp_path, "again")
    assert len(records(tmp_path)) == first
    assert not Outgoing.objects.exists()
    assert lake_of(keep.world.alice) is not None
