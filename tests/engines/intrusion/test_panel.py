"""What a panel does, as somebody at its keypad would notice it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bartizan.engines import intrusion
from bartizan.engines.intrusion import Area, Detector, NewBypass, Plan, Refused, Sensed, State, Unreadable
from tests.engines.intrusion.world import (
    ALICE,
    BOB,
    DOOR,
    GLASS_A,
    GLASS_B,
    HOLDUP,
    MOTION,
    NOW,
    PANIC,
    PLAN,
    SAFE,
    SMOKE,
    WATCHED,
    WINDOW,
    House,
    kinds,
    states,
)

# -- arming


def test_an_area_is_armed_at_the_end_of_its_exit_delay() -> None:
    house = House()
    assert states(house.arm()) == ["arming"]
    assert house.condition() == "arming"
    house.sense(DOOR)  # whoever arms walks out
    house.sense(DOOR, "clear")
    assert kinds(house.wait(30)) == ["alarm.armed"]
    assert (house.condition(), house.current.area("hall").by) == ("armed", (ALICE,))


def test_an_open_window_stops_arming_and_is_named() -> None:
    house = House()
    house.sense(WINDOW)
    with pytest.raises(Refused, match="One thing stops it") as refused:
        house.arm()
    assert [(r.number, r.why, r.may_bypass) for r in refused.value.reasons] == [(WINDOW, "open", True)]
    assert house.condition() == "disarmed"


def test_motion_of_whoever_leaves_does_not_stop_arming_but_without_a_delay_it_does() -> None:
    house = House()
    house.sense(MOTION)
    with pytest.raises(Refused):
        house.arm(has_delay=False)
    house.arm()
    assert house.condition() == "arming"


def test_a_battery_that_is_low_is_said_and_stops_nothing() -> None:
    house = House()
    house.sense(DOOR, "battery low")
    found = intrusion.reasons(PLAN, house.current, "hall", "away")
    assert [(r.number, r.why, r.stops) for r in found] == [(DOOR, "battery", False)]
    house.arm()


def test_a_window_opened_in_the_exit_delay_leaves_the_area_disarmed_and_says_so() -> None:
    house = House()
    house.arm()
    assert states(house.sense(WINDOW)) == ["not armed"]
    assert house.condition() == "disarmed"


def test_the_door_left_open_at_the_end_of_the_exit_delay_begins_its_entry_delay() -> None:
    house = House()
    house.arm()
    house.sense(DOOR)
    said = house.wait(30)
    assert states(said) == ["alarm.armed", "entry"]
    assert said[0].facts["open"] == [DOOR]


def test_somebody_still_moving_when_it_is_armed_is_said_and_counts_after_the_next_clear() -> None:
    house = House()
    house.arm()
    house.sense(MOTION)
    assert house.wait(30)[0].facts["open"] == [MOTION]
    assert house.current.area("hall").waits == (MOTION,)
    house.sense(MOTION, "clear")
    assert kinds(house.sense(MOTION)) == ["alarm.triggered"]


def test_only_what_counts_in_the_mode_sets_off_the_alarm() -> None:
    house = House().armed(mode="home")
    assert house.sense(MOTION) == []
    assert kinds(house.sense(WINDOW)) == ["alarm.triggered"]


def test_all_areas_are_armed_or_none() -> None:
    house = House()
    house.sense(WINDOW)
    with pytest.raises(Refused):
        house.tell(intrusion.Arm((), "away", ALICE))
    assert {house.condition("hall"), house.condition("vault")} == {"disarmed"}
    house.sense(WINDOW, "clear")
    house.tell(intrusion.Arm((), "away", ALICE))
    house.wait(60)
    assert intrusion.master(PLAN, house.current) == "away"
    house.disarm()
    assert intrusion.master(PLAN, house.current) == "part armed"


def test_a_mode_in_which_nothing_counts_cannot_be_armed() -> None:
    plan = Plan.of(areas=[Area("a")], detectors=[Detector(1, "a", modes=frozenset({"away"}))])
    with pytest.raises(Refused, match="No detector of a counts"):
        House(plan).arm("a", "night")


# -- delays and alarms


def test_the_entry_delay_ends_in_an_alarm_unless_somebody_disarms() -> None:
    house = House().armed()
    assert states(house.sense(DOOR)) == ["entry"]
    assert house.condition() == "pending"
    assert house.sense(MOTION) == []  # it follows the door
    assert house.wait(19) == []
    said = house.wait(1)
    assert (kinds(said), said[0].facts["numbers"]) == (["alarm.triggered"], [DOOR, MOTION])
    other = House().armed()
    other.sense(DOOR)
    assert kinds(other.disarm()) == ["alarm.disarmed"]
    assert other.wait(60) == []


def test_a_follower_is_an_alarm_at_once_when_nobody_came_by_the_door() -> None:
    assert kinds(House().armed().sense(MOTION)) == ["alarm.triggered"]


def test_a_window_ends_an_entry_delay_at_once() -> None:
    house = House().armed()
    house.sense(DOOR)
    assert kinds(house.sense(WINDOW)) == ["alarm.triggered"]


def test_a_second_detector_confirms_the_alarm_and_a_third_word_of_one_is_only_counted() -> None:
    house = House().armed()
    house.sense(WINDOW)
    said = house.sense(MOTION)
    assert said[0].facts["confirmed"] is True
    house.sense(MOTION, "clear")
    assert house.sense(MOTION) == []
    assert [(c.number, c.times) for c in house.current.area("hall").causes] == [(WINDOW, 1), (MOTION, 2)]


def test_after_its_time_the_alarm_is_over_and_the_area_still_armed() -> None:
    house = House().armed()
    house.sense(WINDOW)
    said = house.wait(300)
    assert states(said) == ["alarm.restored", "open when armed"]
    assert house.condition() == "armed"
    house.sense(WINDOW, "clear")
    assert kinds(house.sense(WINDOW)) == ["alarm.triggered"]


def test_two_of_a_group_must_agree_within_its_time() -> None:
    house = House().armed()
    assert states(house.sense(GLASS_A)) == ["unconfirmed"]
    assert house.condition() == "armed"
    house.sense(GLASS_A, "clear")
    house.wait(31)
    assert states(house.sense(GLASS_B)) == ["unconfirmed"]
    house.sense(GLASS_B, "clear")
    assert kinds(house.sense(GLASS_A)) == ["alarm.triggered"]


def test_the_same_detector_twice_is_not_two() -> None:
    house = House().armed()
    for _ in range(3):
        assert states(house.sense(GLASS_A)) == ["unconfirmed"]
        house.sense(GLASS_A, "clear")


def test_a_disarmed_door_chimes() -> None:
    assert kinds(House().sense(DOOR)) == ["chime"]
    assert House().sense(WINDOW) == []


# -- always live


@pytest.mark.parametrize(("number", "kind"), [(SMOKE, "alarm.hazard"), (PANIC, "alarm.triggered")])
def test_fire_and_panic_are_live_when_disarmed_armed_and_under_a_walk_test(number: int, kind: str) -> None:
    disarmed, tested = House(), House()
    tested.tell(intrusion.StartTest("hall", NOW + timedelta(minutes=10), ALICE))
    for house in (disarmed, tested, House().armed()):
        assert kind in kinds(house.sense(number))
        assert house.condition() == "triggered"


def test_a_fire_in_a_disarmed_area_leaves_it_disarmed_when_it_is_over() -> None:
    house = House()
    house.sense(SMOKE)
    house.sense(SMOKE, "clear")
    house.wait(300)
    assert house.condition() == "disarmed"


def test_a_hold_up_button_shows_nothing() -> None:
    pressed, plain = House().armed(), House().armed()
    said = pressed.sense(HOLDUP)
    plain.tell(Sensed(HOLDUP, "heard", plain.now))
    assert [(each.kind, each.is_hidden) for each in said] == [("alarm.duress", True)]
    assert pressed.current == plain.current


def test_a_tamper_is_said_whatever_the_area_does_and_is_an_alarm_where_it_is_armed() -> None:
    house = House()
    assert kinds(house.sense(WINDOW, "tamper")) == ["alarm.tamper"]
    house.sense(WINDOW, "tamper over")
    house.tell(intrusion.AddBypass(NewBypass(WINDOW, "painter", house.now + timedelta(hours=1)), ALICE))
    assert kinds(house.sense(WINDOW, "tamper")) == ["alarm.tamper"]
    assert kinds(House().armed().sense(WINDOW, "tamper")) == ["alarm.tamper", "alarm.triggered"]


def test_a_tamper_that_was_known_is_said_again_and_sets_off_nothing_anew() -> None:
    house = House()
    house.sense(WINDOW, "tamper")
    house.tell(bypass(WINDOW))
    house.armed()
    assert kinds(house.sense(WINDOW, "tamper")) == ["alarm.tamper"]
    assert house.condition() == "armed"


# -- duress and two people


def test_a_duress_code_disarms_and_nothing_shows_it() -> None:
    plain, forced = House().armed(), House().armed()
    seen, heard = plain.disarm(at_keypad=True), forced.disarm(is_duress=True, at_keypad=True)
    assert [each for each in heard if not each.is_hidden] == seen
    assert plain.current == forced.current
    assert [each.kind for each in heard if each.is_hidden] == ["alarm.duress"]


def test_two_duress_codes_are_two_calls_for_help_although_nothing_else_happened() -> None:
    house = House()
    first = house.disarm(is_duress=True)
    house.now += timedelta(seconds=1)
    assert first[0].key != house.disarm(is_duress=True)[0].key


def test_the_vault_takes_two_different_people_within_its_time() -> None:
    house = House().armed("vault")
    assert states(house.disarm("vault", ALICE)) == ["first of two"]
    assert house.disarm("vault", ALICE) == []
    assert house.condition("vault") == "armed"
    said = house.disarm("vault", BOB)
    assert (said[0].by, said[0].facts["second"]) == (ALICE, BOB)
    assert house.condition("vault") == "disarmed"


def test_the_second_of_two_who_comes_too_late_is_a_first_again() -> None:
    house = House().armed("vault")
    house.disarm("vault", ALICE)
    assert states(house.wait(120)) == ["no second"]
    assert states(house.disarm("vault", BOB)) == ["first of two"]


# -- bypasses


def bypass(number: int, hours: float = 1, reason: str = "painter", now: datetime = NOW) -> intrusion.AddBypass:
    return intrusion.AddBypass(NewBypass(number, reason, now + timedelta(hours=hours)), ALICE)


def test_a_bypassed_window_stops_nothing_and_ends_by_itself() -> None:
    house = House()
    house.sense(WINDOW)
    house.tell(bypass(WINDOW))
    house.armed()
    assert house.condition() == "armed"
    said = house.wait(3600)
    assert kinds(said)[:2] == ["alarm.unbypassed", "alarm.triggered"]  # it is still open, and counts again
    assert house.current.bypasses == {}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (bypass(WINDOW, reason=" "), "Say why"),
        (bypass(WINDOW, hours=-1), "later than now"),
        (bypass(WINDOW, hours=200), "at most 168 hours"),
        (bypass(SMOKE), "never bypassed"),
        (bypass(99), "no detector 99"),
        (bypass(SAFE, hours=3), "at most 2 hours"),
    ],
)
def test_a_bypass_without_reason_or_end_or_of_fire_is_refused(given: intrusion.AddBypass, words: str) -> None:
    with pytest.raises(Refused, match=words):
        House().tell(given)


def test_a_bypass_in_the_vault_takes_two_people() -> None:
    house = House()
    assert states(house.tell(bypass(SAFE))) == ["first of two to bypass"]
    with pytest.raises(Refused, match="somebody else"):
        house.tell(bypass(SAFE))
    house.tell(intrusion.AddBypass(bypass(SAFE).bypass, BOB))
    assert (house.current.bypasses[SAFE].by, house.current.bypasses[SAFE].by2) == (ALICE, BOB)


def test_what_stops_arming_can_be_bypassed_there_and_then() -> None:
    house = House()
    house.sense(WINDOW)
    house.arm(bypasses=(NewBypass(WINDOW, "stuck", NOW + timedelta(hours=8)),))
    assert house.condition() == "arming"
    house.wait(60)
    assert house.heard[-1].facts["bypassed"] == [WINDOW]


# -- walk tests


def test_a_walk_test_says_what_was_seen_what_not_and_ends_by_itself() -> None:
    house = House()
    house.tell(intrusion.StartTest("hall", NOW + timedelta(minutes=10), ALICE))
    house.tell(Sensed(MOTION, "active", NOW - timedelta(seconds=6)))
    assert house.sense(MOTION) == []
    with pytest.raises(Refused, match="walk test"):
        house.arm()
    said = house.wait(600)
    assert kinds(said) == ["alarm.tested"]
    assert [(s["number"], s["took"]) for s in said[0].facts["seen"]] == [(MOTION, 6.0)]
    assert said[0].facts["missing"] == [DOOR, WINDOW, GLASS_A, GLASS_B]
    assert house.current.area("hall").test is None


def test_a_walk_test_is_not_begun_in_an_armed_area_nor_for_a_whole_day() -> None:
    with pytest.raises(Refused, match="Disarm Hall"):
        House().armed().tell(intrusion.StartTest("hall", NOW + timedelta(minutes=10), ALICE))
    with pytest.raises(Refused, match="within 4 hours"):
        House().tell(intrusion.StartTest("hall", NOW + timedelta(hours=9), ALICE))


# -- supervision, keypads, schedule


def test_a_silent_detector_is_a_fault_then_an_alarm_and_answers_again() -> None:
    house = House(WATCHED)
    house.wait(0)
    assert house.wait(299) == []
    assert kinds(house.wait(1)) == ["device.offline"]
    assert states(house.wait(600)) == ["silent"]
    assert kinds(house.sense(SAFE, "heard")) == ["device.online"]


def test_a_detector_that_falls_silent_for_long_in_an_armed_area_sets_off_the_alarm() -> None:
    house = House(WATCHED).armed("vault")
    house.wait(300)
    assert kinds(house.wait(600)) == ["device.fault", "alarm.triggered"]


def test_time_in_which_nobody_listened_counts_against_no_detector() -> None:
    house = House(WATCHED)
    house.wait(0)
    house.now += timedelta(hours=5)
    assert house.tell(intrusion.Woke()) == []
    assert kinds(house.wait(300)) == ["device.offline"]


def test_wrong_codes_shut_the_keypad_for_a_while_and_a_right_one_begins_the_count_anew() -> None:
    house = House().armed()
    for _ in range(4):
        house.tell(intrusion.WrongCode())
    house.tell(intrusion.Disarm(("vault",), ALICE, at_keypad=True))
    for _ in range(5):
        said = house.tell(intrusion.WrongCode())
    assert states(said) == ["wrong code", "keypad"]
    house.disarm(at_keypad=True)
    assert (house.answer, house.condition()) == ("shut", "armed")
    assert kinds(house.wait(90)) == ["device.restored"]
    house.disarm(at_keypad=True)
    assert house.condition() == "disarmed"


def test_a_duress_code_is_heard_while_the_keypad_is_shut() -> None:
    house = House().armed()
    for _ in range(5):
        house.tell(intrusion.WrongCode())
    assert kinds(house.disarm(is_duress=True, at_keypad=True)) == ["alarm.duress"]
    assert (house.answer, house.condition()) == ("shut", "armed")


# -- clocks and what is kept


def test_a_clock_that_is_set_back_makes_no_delay_longer() -> None:
    house = House().armed()
    house.sense(DOOR)
    house.wait(5)
    house.now -= timedelta(hours=1)
    assert house.wait(0) == []
    assert house.wait(14) == []
    assert kinds(house.wait(1)) == ["alarm.triggered"]


def test_a_clock_that_is_set_forward_ends_no_delay_early() -> None:
    house = House().armed()
    house.sense(DOOR)
    house.now += timedelta(hours=1)
    assert house.tell(intrusion.ClockSet(3600)) == []
    assert house.wait(19) == []
    assert kinds(house.wait(1)) == ["alarm.triggered"]


def test_an_older_word_of_a_detector_changes_no_newer_one() -> None:
    house = House()
    house.sense(WINDOW)
    house.tell(Sensed(WINDOW, "clear", NOW - timedelta(seconds=5)))
    assert house.current.detector(WINDOW).is_active


def test_what_was_kept_by_another_version_is_refused_in_words() -> None:
    with pytest.raises(Unreadable, match="version 99"):
        intrusion.from_json({"version": 99})
    with pytest.raises(Unreadable, match="damaged at"):
        intrusion.from_json({"version": 1, "areas": {"hall": {"condition": "asleep"}}})
    assert intrusion.from_json({}) == State()


def test_an_armed_area_that_is_taken_out_of_the_plan_does_not_go_without_a_word() -> None:
    house = House().armed()
    house.plan = Plan.of(areas=[PLAN.areas["vault"]])
    assert states(house.wait(1)) == ["removed"]


def test_a_detector_that_is_added_open_to_an_armed_area_is_said() -> None:
    house = House().armed()
    house.current.detectors[10] = intrusion.DetectorState(is_active=True)  # type: ignore[index]
    house.plan = Plan.of(areas=PLAN.areas.values(), detectors=[*PLAN.detectors.values(), Detector(10, "hall")])
    assert states(house.wait(1)) == ["open when armed"]


def test_two_hold_up_buttons_at_once_are_two_calls() -> None:
    buttons = [Detector(number, "shop", sort="holdup") for number in (1, 2)]
    house = House(Plan.of(areas=[Area("shop")], detectors=buttons))
    keys = {each.key for number in (1, 2) for each in house.sense(number)}
    assert len(keys) == 2
