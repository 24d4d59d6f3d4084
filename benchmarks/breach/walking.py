"""What walking about leaves: readers, cameras, contacts, counters and motion detectors."""

from __future__ import annotations

from random import Random
from typing import Final

from benchmarks.breach.log import IN, OUT, SECOND, Passage, Row
from benchmarks.breach.organisation import Organisation
from benchmarks.breach.premises import Step
from benchmarks.breach.rates import drawn
from benchmarks.breach.staff import Member
from benchmarks.breach.whereabouts import HOUR, OWN, Whereabouts

RANGES: Final = {
    "held_open": (0.005, 0.05), "held_in_rush": (0.01, 0.12), "refused_first": (0.001, 0.01),
    "camera_sees": (0.6, 0.97), "camera_miscounts": (0.01, 0.08), "counter_false": (0.0005, 0.006),
    "counter_sees": (0.5, 0.95), "held_alarm": (0.002, 0.012), "motion_on_entry": (0.75, 0.99),
    "motion_every_minutes": (12, 60), "biometric_strength": (2.0, 4.0),
}  # fmt: skip
ONE: Final = {"count": 1}
_NONE: Final[tuple[frozenset[str], str]] = (frozenset(), "")


class Walking:
    def __init__(self, rng: Random, organisation: Organisation, whereabouts: Whereabouts) -> None:
        self.rng = rng
        self.organisation = organisation
        self.whereabouts = whereabouts
        self.rates = drawn(rng, RANGES)
        self.rows: list[Row] = []
        self.passages: list[Passage] = []
        self.disguises: dict[int, tuple[frozenset[str], str]] = {}
        """By the number of an act: at the doors into which rooms another badge is shown (or none), and which."""
        self._sources = {
            site: tuple(organisation.source(site, what) for what in ("doors", "sensors", "cameras"))
            for site in organisation.premises.sites
        }
        self._doors = self._sensors = self._cameras = ""
        self._midnight = 0

    def life(self, member: Member) -> None:
        """Every walk of one person, in order."""
        stays = self.whereabouts.lives[member.index]
        rooms = self.organisation.premises.rooms
        before = stays[0]
        for number in range(1, len(stays)):
            stay = stays[number]
            badge = member.badge if stay.badge == OWN else stay.badge
            at = self.walk(before.room, stay.room, stay.since, badge, member.code, stay.act)
            if rooms[stay.room].detector:
                until = stays[number + 1].since if number + 1 < len(stays) else at + HOUR
                self.motion(stay.room, at, until, stay.act)
            before = stay

    def walk(self, here: str, there: str, at: int, badge: str, person: str, act: int = 0) -> int:
        """Through every door on the way; returns the time of arrival."""
        self._doors, self._sensors, self._cameras = self._sources[there[:2]]
        self._midnight = self.whereabouts.midnights[there[:2]][0]
        pace = 0.8 + self.rng.random() * 0.5
        rooms, other = self.disguises.get(act, _NONE) if act else _NONE
        for step in self.organisation.premises.way(here, there):
            at += int(step.seconds * pace * SECOND)
            self.door(step, at, other if step.door.inner in rooms else badge, person, act)
        return at

    def door(self, step: Step, at: int, badge: str, person: str, act: int) -> None:
        door = step.door
        if step.reader and badge:
            self._badged(step, at, badge, person, act)
        elif not step.inward and door.has_button:
            self.rows.append(Row(at, self._doors, "door.exit", "", step.place, "", "", "success", None, act))
        elif not badge and step.reader and door.has_counter:
            self._counted(step, at, self.rates["counter_sees"], act)
        if step.camera:
            self.seen(step, at, person, act)
        if door.has_contact:
            self._contact(step, at, act)

    def _badged(self, step: Step, at: int, badge: str, person: str, act: int) -> None:
        random, rows, rates = self.rng.random, self.rows, self.rates
        hour = (at - self._midnight) // HOUR % 24
        rush = step.door.outer.endswith("OUT") and hour in (7, 8, 9, 12, 13, 16, 17)
        if not act and random() < rates["held_in_rush" if rush else "held_open"]:
            if step.door.has_counter:
                self._counted(step, at, rates["counter_sees"], act)
            return
        way = IN if step.inward else OUT
        if random() < rates["refused_first"]:
            early = at - int((2 + 4 * random()) * SECOND)
            rows.append(Row(early, self._doors, "door.denied", badge, step.place, step.reader, "", "failure", way, act))
        if step.door.has_biometric and step.inward and person:
            self._biometric(step, at, person, act)
        rows.append(Row(at, self._doors, "door.granted", badge, step.place, step.reader, "", "success", way, act))
        if step.door.has_counter:
            self._counted(step, at, rates["counter_false"], 0)

    def _contact(self, step: Step, at: int, act: int) -> None:
        random, rows, device = self.rng.random, self.rows, f"detector:{step.door.code}-D"
        closed = at + int((4 + 6 * random()) * SECOND)
        rows.append(Row(at + SECOND, self._sensors, "door.opened", "", step.place, device, act=act))
        rows.append(Row(closed, self._sensors, "door.closed", "", step.place, device, act=act))
        if random() < self.rates["held_alarm"]:
            rows.append(Row(at + 30 * SECOND, self._doors, "door.held", "", step.place, step.reader, act=act))

    def seen(self, step: Step, at: int, person: str, act: int) -> None:
        random, rates, count = self.rng.random, self.rates, 1
        self.passages.append(Passage(at, step.camera, step.place, person, act))
        if random() >= rates["camera_sees"]:
            return
        if random() < rates["camera_miscounts"]:
            count = 2
        at += int(random() * SECOND)
        data = ONE if count == 1 else {"count": count}
        self.rows.append(Row(at, self._cameras, "camera.person", "", step.place, step.camera, "", "", data, act))

    def _counted(self, step: Step, at: int, chance: float, act: int) -> None:
        if self.rng.random() < chance:
            device = f"detector:{step.door.code}-T"
            self.rows.append(Row(at, self._doors, "door.tailgate", "", step.place, device, act=act))

    def _biometric(self, step: Step, at: int, person: str, act: int) -> None:
        """The claimed person's own hand or voice: calibrated, so that its mean is half of its variance."""
        strength, device = self.rates["biometric_strength"], f"reader:{step.door.code}-B"
        llr = self.rng.gauss(strength * strength / 2, strength)
        kind, outcome = ("biometric.accepted", "success") if llr > 0 else ("biometric.refused", "failure")
        data = {"llr": round(llr, 2)}
        self.rows.append(
            Row(at - 2 * SECOND, self._doors, kind, f"person:{person}", step.place, device, "", outcome, data, act)
        )

    def motion(self, room: str, at: int, until: int, act: int) -> None:
        rng, place = self.rng, f"zone:{room}"
        detector = self.organisation.premises.rooms[room].detector
        if rng.random() < self.rates["motion_on_entry"]:
            self.rows.append(Row(at + SECOND, self._sensors, "alarm.motion", "", place, detector, act=act))
        every = self.rates["motion_every_minutes"] * 60 * SECOND
        at += int(every * rng.uniform(0.3, 1.5))
        while at < until:
            self.rows.append(Row(at, self._sensors, "alarm.motion", "", place, detector, act=act))
            at += int(every * rng.uniform(0.3, 1.7))
