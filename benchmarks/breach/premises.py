"""Where it happens: sites, buildings, floors, rooms, doors, and the devices on them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Final, NamedTuple

from benchmarks.breach.rates import Rates, drawn

RANGES: Final = {
    "people_per_building": (70, 220), "people_per_floor": (14, 45), "office_seats": (3, 13),
    "people_per_lab": (14, 40), "office_reader": (0.35, 0.95), "stairs_reader": (0.3, 0.9),
    "meeting_reader": (0.0, 0.3), "entrance_out_reader": (0.2, 0.95), "office_out_reader": (0.0, 0.25),
    "high_out_reader": (0.15, 0.9), "side_door": (0.3, 0.8), "exit_button": (0.2, 0.8), "entrance_camera": (0.6, 1.0),
    "stairs_camera": (0.1, 0.5), "high_camera": (0.35, 0.95), "office_camera": (0.0, 0.2),
    "entrance_counter": (0.1, 0.5), "high_counter": (0.1, 0.45), "high_contact": (0.5, 1.0),
    "high_detector": (0.6, 1.0), "corridor_detector": (0.05, 0.4), "biometric": (0.1, 0.45),
}  # fmt: skip
HIGH: Final = frozenset({"lab", "server", "archive", "vault"})
LEVELS: Final = {"street": 0, "lobby": 1, "corridor": 2, "kitchen": 2, "meeting": 2, "office": 2, "lab": 3,
                 "archive": 3, "server": 4, "vault": 5}  # fmt: skip
TOWNS: Final = (
    ("Europe/Amsterdam", 52.01, 4.36), ("Europe/Amsterdam", 51.92, 4.48), ("Europe/Berlin", 52.52, 13.40),
    ("Europe/London", 51.45, -2.59), ("America/New_York", 40.44, -79.99), ("America/Chicago", 41.88, -87.63),
    ("Asia/Singapore", 1.30, 103.85), ("Australia/Sydney", -33.86, 151.20),
)  # fmt: skip
BUILDINGS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
CODES: Final = ("AA", "BR", "CK", "DW", "EL", "FN", "GR", "HV", "KP", "LM", "NT", "QS")


@dataclass(slots=True)
class Room:
    code: str
    use: str
    site: str
    building: str
    floor: int
    detector: str = ""
    seats: int = 0


@dataclass(slots=True)
class Door:
    code: str
    outer: str
    inner: str
    seconds: int
    reader_in: str = ""
    reader_out: str = ""
    camera: str = ""
    has_contact: bool = False
    has_button: bool = False
    has_counter: bool = False
    has_biometric: bool = False


class Step(NamedTuple):
    """One door on a way, in one direction; plain references so that walking is quick."""

    door: Door
    inward: bool
    place: str
    reader: str
    camera: str
    seconds: int


@dataclass(slots=True)
class Ground:
    """A site: its code, its clock, where on earth, and its street."""

    code: str
    timezone: str
    lat: float
    lon: float
    share: float
    street: str


@dataclass(slots=True)
class Premises:
    sites: dict[str, Ground] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    doors: dict[str, Door] = field(default_factory=dict)
    rates: Rates = field(default_factory=dict)
    _next: dict[str, list[tuple[str, Door, bool]]] = field(default_factory=dict)
    _ways: dict[tuple[str, str], tuple[Step, ...]] = field(default_factory=dict)
    _trees: dict[str, dict[str, tuple[str, Door, bool]]] = field(default_factory=dict)
    _free: dict[str, frozenset[str]] = field(default_factory=dict)

    def of_use(self, *uses: str, site: str = "") -> list[Room]:
        return [room for room in self.rooms.values() if room.use in uses and site in ("", room.site)]

    def street(self, room: str) -> str:
        return self.sites[self.rooms[room].site].street

    def door_of(self, room: str) -> Door:
        """The door by which one comes into a room."""
        return next(door for door in self.doors.values() if door.inner == room)

    def way(self, here: str, there: str) -> tuple[Step, ...]:
        """The doors from one room to another with the fewest of them; nothing between two sites."""
        known = self._ways.get((here, there))
        if known is None:
            known = self._ways[here, there] = self._shortest(here, there)
        return known

    def _shortest(self, here: str, there: str) -> tuple[Step, ...]:
        came = self._trees.get(here)
        if came is None:
            came = self._trees[here] = self._tree(here)
        steps: list[Step] = []
        room = there
        while room != here:
            if room not in came:
                return ()
            room, door, inward = came[room]
            reader = door.reader_in if inward else door.reader_out
            steps.append(Step(door, inward, f"portal:{door.code}", reader, door.camera, door.seconds))
        return tuple(reversed(steps))

    def _tree(self, here: str) -> dict[str, tuple[str, Door, bool]]:
        """From each room that can be reached the door by which one came there, and from where."""
        came: dict[str, tuple[str, Door, bool]] = {}
        waiting = deque([here])
        while waiting:
            room = waiting.popleft()
            for following, door, inward in self._next[room]:
                if following not in came and following != here:
                    came[following] = (room, door, inward)
                    waiting.append(following)
        return came

    def connect(self) -> None:
        self._next = {code: [] for code in self.rooms}
        for door in self.doors.values():
            self._next[door.outer].append((door.inner, door, True))
            self._next[door.inner].append((door.outer, door, False))

    def free_from(self, here: str) -> frozenset[str]:
        """Rooms to which somebody in ``here`` can go without a reader that reads on the way in."""
        known = self._free.get(here)
        if known is None:
            found, waiting = {here}, [here]
            while waiting:
                for following, door, inward in self._next[waiting.pop()]:
                    if following not in found and not (inward and door.reader_in):
                        found.add(following)
                        waiting.append(following)
            known = self._free[here] = frozenset(found)
        return known


def build(rng: Random, people: int) -> Premises:
    premises = Premises(rates=drawn(rng, RANGES))
    count = 1 if people < 60 else rng.choice((1, 2)) if people < 250 else rng.choice((1, 2, 3))
    shares = [rng.uniform(0.4, 1.5) for _ in range(count)]
    nearby = rng.random() < 0.5
    towns = rng.sample(TOWNS[:2] if nearby and count <= 2 else TOWNS, count)
    for code, share, (timezone, lat, lon) in zip(sorted(rng.sample(CODES, count)), shares, towns, strict=True):
        ground = Ground(code, timezone, lat, lon, share / sum(shares), f"{code}-OUT")
        premises.sites[code] = ground
        premises.rooms[ground.street] = Room(ground.street, "street", code, "", 0)
        _site(rng, premises, ground, max(12, round(people * ground.share)))
    for door in premises.doors.values():
        _equip(rng, premises, door)
    for room in premises.rooms.values():
        chance = premises.rates["high_detector" if room.use in HIGH else "corridor_detector"]
        if room.use in HIGH or room.use in ("corridor", "lobby"):
            room.detector = f"detector:{room.code}-M" if rng.random() < chance else ""
    premises.connect()
    return premises


def _site(rng: Random, premises: Premises, ground: Ground, people: int) -> None:
    buildings = min(len(BUILDINGS), max(1, round(people / premises.rates["people_per_building"])))
    corridors: list[Room] = []
    for number in range(buildings):
        corridors += _building(rng, premises, ground, f"{ground.code}-{BUILDINGS[number]}", people / buildings)
    labs = max(1, round(people / premises.rates["people_per_lab"]))
    for use, count in (
        ("lab", labs),
        ("server", 1),
        ("archive", 1 + people // 200),
        ("vault", int(rng.random() < 0.7)),
    ):
        for number in range(count):
            corridor = rng.choice(corridors)
            room = _room(premises, corridor, use, f"{corridor.code[:-2]}{use[0].upper()}{number + 1}")
            _door(rng, premises, corridor, room, 6, 16)


def _building(rng: Random, premises: Premises, ground: Ground, code: str, people: float) -> Iterator[Room]:
    street = premises.rooms[ground.street]
    lobby = Room(f"{code}0.LB", "lobby", ground.code, code, 0)
    premises.rooms[lobby.code] = lobby
    _door(rng, premises, street, lobby, 12, 30)
    floors = max(1, round(people / premises.rates["people_per_floor"]))
    for floor in range(floors):
        corridor = Room(f"{code}{floor}.00", "corridor", ground.code, code, floor)
        premises.rooms[corridor.code] = corridor
        _door(rng, premises, lobby, corridor, 10 + 14 * floor, 18 + 24 * floor)
        if floor == 0 and rng.random() < premises.rates["side_door"]:
            _door(rng, premises, street, corridor, 8, 20)
        for use, name in (("kitchen", "KT"), ("meeting", "MT"), ("meeting", "MU")):
            _door(rng, premises, corridor, _room(premises, corridor, use, f"{corridor.code[:-2]}{name}"), 4, 10)
        seats, number = people / floors * 1.15, 0
        while seats > 0:
            number += 1
            office = _room(premises, corridor, "office", f"{corridor.code[:-2]}{number:02d}")
            office.seats = max(1, round(premises.rates["office_seats"] * rng.uniform(0.4, 1.6)))
            seats -= office.seats
            _door(rng, premises, corridor, office, 4, 14)
        yield corridor


def _room(premises: Premises, corridor: Room, use: str, code: str) -> Room:
    while code in premises.rooms:
        code += "x"
    room = Room(code, use, corridor.site, corridor.building, corridor.floor)
    premises.rooms[code] = room
    return room


def _door(rng: Random, premises: Premises, outer: Room, inner: Room, low: int, high: int) -> None:
    code = f"{inner.site}-P{len(premises.doors) + 1:03d}"
    premises.doors[code] = Door(code, outer.code, inner.code, rng.randint(low, high))


def _equip(rng: Random, premises: Premises, door: Door) -> None:
    rates, use = premises.rates, premises.rooms[door.inner].use
    from_street = premises.rooms[door.outer].use == "street"
    group = "entrance" if from_street else "high" if use in HIGH else "office" if use == "office" else "stairs"
    reads = {"entrance": 0.97, "high": 1.0, "office": rates["office_reader"], "stairs": rates["stairs_reader"]}[group]
    if use in ("meeting", "kitchen"):
        reads = rates["meeting_reader"]
    if rng.random() < reads:
        door.reader_in = f"reader:{door.code}-I"
        if rng.random() < rates.get(f"{group}_out_reader", 0.0):
            door.reader_out = f"reader:{door.code}-O"
    if use not in ("meeting", "kitchen") and rng.random() < rates[f"{group}_camera"]:
        door.camera = f"camera:{door.code}-C"
    if door.reader_in and group in ("entrance", "high"):
        door.has_counter = rng.random() < rates[f"{group}_counter"]
        door.has_button = not door.reader_out and rng.random() < rates["exit_button"]
    if group == "high":
        door.has_contact = rng.random() < rates["high_contact"]
        door.has_biometric = use in ("server", "vault") and rng.random() < rates["biometric"]
