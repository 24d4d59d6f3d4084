"""What was measured of a source's clock: claims, the inquiry and packets take it out; events stay as they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bartizan.cases import dossier as dossiers
from bartizan.cases import inquiry
from bartizan.cases.checking import checked
from bartizan.cases.dossier import Asked, gather
from bartizan.cases.models import Case
from bartizan.cases.source_clocks import clocks_in, set_right
from bartizan.engines.interviews import Claim
from bartizan.engines.packets import Dossier
from bartizan.engines.pinpoint.inquiry import Effect
from bartizan.estate.queries import snapshot
from bartizan.watch.actions.clocks import Measured, record_offset, take_back_offset
from bartizan.watch.lake import Lake, Window
from bartizan.watch.lake.queries import event as event_of
from bartizan.watch.models import ClockOffset, Source
from bartizan.watch.pages.timeline_event import detail
from tests import world
from tests.cases import breach
from tests.lakes import event
from tests.world import World

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)
MINUTES = timedelta(minutes=1)


def measured(seconds: float, here: World, source: str = "doors", **more: datetime) -> ClockOffset:
    found, _ = Source.objects.get_or_create(name=source, defaults={"connector": "http"})
    told = Measured(seconds, 2, NOW, "Bob Bell", "its screen against a radio clock", **more)
    return record_offset(found, told, here.alice)


def entered(lake: Lake, stamped: datetime) -> str:
    """Carol's badge at the vault, as the door's clock stamped it."""
    made = event(stamped)
    lake.append([made])
    return str(made["id"])


def test_a_claim_is_held_against_the_true_time_and_the_event_stays_as_stamped(here: World, lake: Lake) -> None:
    began = NOW - 60 * HOUR
    stamped = began + 26 * MINUTES
    known = entered(lake, stamped)
    claim = Claim("was_at", "K-3", began, began + 6 * MINUTES, place="zone:KP-0.01")
    assert checked(claim, snapshot(), lake).verdict != "confirmed"
    offset = measured(20 * 60, here)
    found = checked(claim, snapshot(), lake)
    assert found.verdict == "confirmed"
    assert "± 2 s" in found.words
    assert event_of(lake, known)["time"] == stamped  # type: ignore[index]
    shown = detail(lake, here.alice, known, UTC)
    assert shown is not None
    assert shown.skew == f"20 min ahead, ± 2 s: it happened at {began + 6 * MINUTES:%H:%M:%S}"
    take_back_offset(offset, "It was another door.", here.alice)
    assert checked(claim, snapshot(), lake).verdict != "confirmed"


def test_a_measurement_holds_only_for_its_time(here: World, lake: Lake) -> None:
    began = NOW - 90 * HOUR
    entered(lake, began + 26 * MINUTES)
    claim = Claim("was_at", "K-3", began, began + 6 * MINUTES, place="zone:KP-0.01")
    measured(20 * 60, here, until=began)
    assert checked(claim, snapshot(), lake).verdict != "confirmed"
    measured(20 * 60, here, since=began, until=began + 12 * HOUR)
    assert checked(claim, snapshot(), lake).verdict == "confirmed"


def test_who_is_asked_with_the_clocks_that_were_measured(here: World, lake: Lake) -> None:
    breach.build(here)
    alarm = world.alarm(person="K-3")
    case = Case.objects.get()
    moved = event(case.first_at, "alarm.motion", id=alarm.events.get().event, actor="", person="", source="sensors")
    lake.append([moved, event(case.first_at - 2 * HOUR)])
    before = inquiry.weigh(case, lake, snapshot())
    measured(220, here)
    measured(-300, here, "sensors")
    after = inquiry.weigh(case, lake, snapshot())
    assert "The clocks of 1 sources were not checked" in " ".join(before["not_known"])
    assert "not checked" not in " ".join(after["not_known"])
    assert after["until"] - before["until"] == pytest.approx(300e6, abs=20e6), "the alarm was stamped 5 min early"


def test_of_an_effect_each_end_is_set_right_by_the_clock_that_stamped_it(here: World) -> None:
    measured(240, here)
    effect = Effect("alarm", NOW, NOW + HOUR, events=("a", "b"))
    clocks = clocks_in(Window(NOW - HOUR, NOW + HOUR))
    right = set_right(effect, ["doors", "sensors"], clocks)
    assert (right.since, right.until) == (NOW - 4 * MINUTES, NOW + HOUR)
    assert set_right(effect, [], clocks) == effect


def gathered(case: Case) -> Dossier:
    asked = Asked("police", "Police", signers=(("Alice Archer", "led the inquiry"),))
    return gather(case, asked, 1, NOW)


@pytest.fixture
def told_by_a_door(here: World, lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A case whose path has one step, told by the vault's door."""
    monkeypatch.setattr(dossiers, "lake", lambda: lake)
    breach.build(here)
    case = breach.opened(here, here.alice)
    stamped = case.first_at - HOUR
    known = entered(lake, stamped)
    step = {"number": 1, "time": int(stamped.timestamp() * 1e6), "events": [known], "sentence": "The door opened"}
    Case.objects.filter(pk=case.pk).update(pinpoint={"digest": "d", "steps": [step]})
    case.refresh_from_db()
    return case


def test_a_packet_corrects_by_what_was_measured_and_says_how(told_by_a_door: Case, here: World) -> None:
    measured(220, here)
    dossier = gathered(told_by_a_door)
    row = next(one for one in dossier.rows if one.words == "The door opened")
    assert row.clock == "− 220 s, ± 2 s"
    assert row.at == told_by_a_door.first_at - HOUR - timedelta(seconds=220)
    (clock,) = dossier.clocks
    assert (clock.device, clock.against) == ("doors", "3 min 40 s ahead, ± 2 s")
    assert "Bob Bell: its screen against a radio clock" in clock.checked


def test_a_packet_corrects_nothing_by_how_events_arrive(told_by_a_door: Case) -> None:
    Source.objects.create(name="doors", connector="http", skew_seconds=-94.2)
    dossier = gathered(told_by_a_door)
    row = next(one for one in dossier.rows if one.words == "The door opened")
    assert (row.at, row.clock) == (told_by_a_door.first_at - HOUR, "")
    (clock,) = dossier.clocks
    assert clock.against == "not checked"
    assert "94 s after their own time; nothing was corrected" in clock.checked


def test_a_packet_tells_the_later_of_two_measurements_of_one_time(told_by_a_door: Case, here: World) -> None:
    measured(220, here)
    measured(-3, here)
    dossier = gathered(told_by_a_door)
    assert [one.against for one in dossier.clocks] == ["3 s behind, ± 2 s"]
    assert next(one for one in dossier.rows if one.words == "The door opened").clock == "+ 3 s, ± 2 s"


def test_open_cases_whose_weeks_it_touches_are_worked_out_anew(here: World) -> None:
    world.alarm()
    Case.objects.update(look_at=None)
    measured(220, here, until=NOW - 60 * 24 * HOUR)
    assert Case.objects.get().look_at is None
    measured(220, here, since=NOW - 5 * 24 * HOUR)
    assert Case.objects.get().look_at is not None
    Case.objects.update(look_at=None, state="closed")
    measured(230, here)
    assert Case.objects.get().look_at is None
