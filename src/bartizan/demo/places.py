"""Veldmark Instruments' three sites as rows: buildings, floors as they are drawn, zones, portals, devices."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

Row = dict[str, Any]

TIMEZONE: Final = "Europe/Amsterdam"
SITES: Final[list[Row]] = [
    {"code": "ML", "name": "Mill Lane", "address": "Mill Lane 4", "latitude": 51.4416, "longitude": 5.4697,
     "opens": "06:30", "closes": "20:00", "timezone": TIMEZONE},
    {"code": "HH", "name": "Harbour House", "address": "Harbour Quay 12", "latitude": 51.7790, "longitude": 5.3990,
     "opens": "06:30", "closes": "20:00", "timezone": TIMEZONE},
    {"code": "EG", "name": "Eastgate", "address": "Eastgate Park 7", "latitude": 51.4520, "longitude": 5.9480,
     "opens": "05:30", "closes": "20:00", "timezone": TIMEZONE},
]  # fmt: skip
BUILDINGS: Final[list[Row]] = [
    {"code": "ML-A", "name": "Main building", "site": "ML"},
    {"code": "HH-A", "name": "Harbour House", "site": "HH"},
    {"code": "EG-A", "name": "Warehouse", "site": "EG"},
]
OUTSIDE: Final[list[Row]] = [
    {"code": "ML-OUT", "name": "Mill Lane yard", "site": "ML", "is_outside": True, "level": 1},
    {"code": "HH-OUT", "name": "Harbour Quay", "site": "HH", "is_outside": True, "level": 1},
    {"code": "EG-OUT", "name": "Public road", "site": "EG", "is_outside": True, "level": 1},
    {"code": "EG-YARD", "name": "Eastgate yard", "site": "EG", "is_outside": True, "level": 1},
]
TOP, CORRIDOR, BOTTOM = (8, 124), (132, 46), (178, 118)
"""y and height of the rooms above the corridor, the corridor, and the rooms below it."""


# Whose rooms these are; every other zone is shared.
DEPARTMENTS: Final = {
    "RES": ("ML-2.10", "ML-2.12", "ML-2.14", "ML-2.16", "ML-2.18", "ML-3.10", "ML-3.12", "ML-3.14"),
    "OPS": ("ML-0.06", "ML-0.12", "ML-0.14", "ML-1.10", "ML-1.12", "ML-1.14", "ML-1.16", "ML-2.02", "HH-4.04",
            "EG-0.10", "EG-0.12", "EG-0.16", "EG-1.02", "EG-1.04", "EG-1.06"),
    "FIN": ("HH-3.10",), "LEG": ("HH-4.10", "HH-4.02"), "COM": ("HH-3.12", "HH-0.12"), "HR": ("HH-4.12",),
}  # fmt: skip
_OF_ZONE: Final = {zone: department for department, zones in DEPARTMENTS.items() for zone in zones}


@dataclass(frozen=True, slots=True)
class Room:
    """A room along the corridor. Doors are in the middle of their wall unless ``door_x`` says otherwise."""

    number: str
    name: str
    width: int
    level: int = 1
    door: str = ""
    """The last part of its door's code; empty: no door to the corridor."""
    door_x: int = 0
    detector: tuple[int, int] = (0, 0)
    is_stair: bool = False


@dataclass(frozen=True, slots=True)
class Storey:
    """A floor: rooms above and below one corridor, from left to right, filling 624 units each."""

    code: str
    level: int
    building: str
    top: tuple[Room, ...]
    bottom: tuple[Room, ...]
    cameras: tuple[tuple[int, int, float, str], ...] = ()
    """x, y, degrees, and the room it looks at."""
    corridor: str = "Corridor"


ML2: Final = Storey(
    "ML-2", 2, "ML-A",
    (
        Room("A", "Stair A", 56, 1, "001", detector=(36, 50), is_stair=True),
        Room("01", "Lobby 2.01", 80, 1, "000", detector=(126, 108)),
        Room("02", "Server room 2.02", 92, 4, "002", detector=(190, 50)),
        Room("07", "Meeting 2.07", 84, 1, "007", detector=(278, 40)),
        Room("10", "Research office 2.10", 190, 2, "010", 360, detector=(484, 100)),
        Room("11", "Print 2.11", 56, 2, "011", detector=(538, 56)),
        Room("B", "Stair B", 66, 1, "030", detector=(599, 50), is_stair=True),
    ),
    (
        Room("12", "Lab 2.12", 152, 3, "012", detector=(30, 204)),
        Room("14", "Lab 2.14", 176, 3, "014", 236, detector=(300, 276)),
        Room("16", "Prototype 2.16", 104, 4, "016", detector=(420, 272)),
        Room("18", "Clean room 2.18", 120, 3, "018", detector=(500, 276)),
        Room("19", "Plant 2.19", 72, 2, "019", detector=(596, 276)),
    ),
    ((70, 14, 52, "01"), (14, 155, 0, "00"), (626, 155, 180, "00"), (504, 14, 140, "10"),
     (330, 184, 140, "14"), (346, 290, -50, "16"), (230, 14, 130, "02")),
)  # fmt: skip
STOREYS: Final = (
    Storey(
        "ML-0", 0, "ML-A",
        (Room("A", "Stair A", 56, 1, "001", is_stair=True), Room("01", "Reception 0.01", 150, 1, "000"),
         Room("03", "Canteen 0.03", 260, 1, "003"), Room("06", "Control room 0.06", 92, 3, "006"),
         Room("B", "Stair B", 66, 1, "", is_stair=True)),
        (Room("12", "Workshop 0.12", 300, 2, "012"), Room("14", "Goods in 0.14", 184, 2, "014"),
         Room("19", "Plant 0.19", 140, 2, "019")),
        ((70, 14, 52, "01"), (14, 155, 0, "00"), (486, 184, 140, "14")),
    ),
    Storey(
        "ML-1", 1, "ML-A",
        (Room("A", "Stair A", 56, 1, "001", is_stair=True), Room("07", "Meeting 1.07", 140, 1, "007"),
         Room("10", "Operations office 1.10", 362, 2, "010"), Room("B", "Stair B", 66, 1, "030", is_stair=True)),
        (Room("12", "Test bay 1.12", 264, 3, "012"), Room("14", "Calibration 1.14", 200, 3, "014"),
         Room("16", "Parts store 1.16", 160, 2, "016")),
        ((14, 155, 0, "00"), (626, 155, 180, "00"), (266, 184, 140, "12")),
    ),
    ML2,
    Storey(
        "ML-3", 3, "ML-A",
        (Room("A", "Stair A", 56, 1, "001", is_stair=True), Room("07", "Meeting 3.07", 200, 1, "007"),
         Room("10", "Design office 3.10", 368, 2, "010")),
        (Room("12", "Electronics lab 3.12", 364, 3, "012"), Room("14", "Optics lab 3.14", 260, 3, "014")),
        ((14, 155, 0, "00"), (366, 184, 140, "12")),
    ),
    Storey(
        "HH-0", 0, "HH-A",
        (Room("01", "Reception 0.01", 360, 1, "T01"), Room("05", "Post room 0.05", 140, 2, "005"),
         Room("A", "Stair", 124, 1, "001", is_stair=True)),
        (Room("12", "Showroom 0.12", 624, 1, "012"),),
        ((14, 14, 40, "01"), (626, 155, 180, "00")), corridor="Hall",
    ),
    Storey(
        "HH-3", 3, "HH-A",
        (Room("10", "Finance 3.10", 320, 2, "010"), Room("11", "Board room 3.11", 180, 3, "011"),
         Room("A", "Stair", 124, 1, "001", is_stair=True)),
        (Room("12", "Communications 3.12", 404, 2, "012"), Room("07", "Meeting 3.07", 220, 1, "007")),
        ((14, 155, 0, "00"), (494, 14, 140, "11")),
    ),
    Storey(
        "HH-4", 4, "HH-A",
        (Room("10", "Legal 4.10", 260, 2, "010"), Room("02", "Legal archive 4.02", 140, 4, "002"),
         Room("04", "Comms room 4.04", 100, 4, "004"), Room("A", "Stair", 124, 1, "001", is_stair=True)),
        (Room("12", "Human Resources 4.12", 404, 2, "012"), Room("07", "Meeting 4.07", 220, 1, "007")),
        ((14, 155, 0, "00"), (402, 14, 130, "02"), (502, 14, 130, "04")),
    ),
    Storey(
        "EG-0", 0, "EG-A",
        (Room("A", "Stair", 90, 1, "001", is_stair=True), Room("10", "Racks 0.10", 364, 2, "010"),
         Room("16", "Secure cage 0.16", 170, 3, "016")),
        (Room("12", "Goods hall 0.12", 624, 2, "012"),),
        ((14, 155, 0, "00"), (14, 184, 30, "12"), (626, 290, -140, "12")),
    ),
    Storey(
        "EG-1", 1, "EG-A",
        (Room("A", "Stair", 90, 1, "001", is_stair=True), Room("06", "Dispatch office 1.06", 374, 2, "006"),
         Room("04", "Comms room 1.04", 160, 3, "004")),
        (Room("02", "Stock office 1.02", 344, 2, "D02"), Room("07", "Break room 1.07", 280, 1, "007")),
        ((14, 155, 0, "00"),),
    ),
)  # fmt: skip
# Portals that lead outside, between storeys or between rooms: code, name, kind, outer, inner, seconds, line, reader.
FURTHER: Final = (
    ("ML-0-T01", "Turnstile 1", "turnstile", "ML-OUT", "ML-0.01", 10, [100, 8, 118, 8], True),
    ("ML-0-T02", "Turnstile 2", "turnstile", "ML-OUT", "ML-0.01", 10, [160, 8, 178, 8], True),
    ("ML-0-B01", "Loading door", "gate", "ML-OUT", "ML-0.14", 12, [390, 296, 420, 296], True),
    ("ML-0-030", "Stair B, yard door", "door", "ML-OUT", "ML-0.B", 10, [590, 8, 608, 8], True),
    ("ML-2-015", "Lab 2.14 to Prototype", "door", "ML-2.14", "ML-2.16", 6, [336, 253, 336, 271], True),
    ("HH-0-D00", "Front door", "door", "HH-OUT", "HH-0.01", 10, [100, 8, 130, 8], False),
    ("HH-0-T02", "Turnstile 2", "turnstile", "HH-0.01", "HH-0.00", 6, [240, 132, 258, 132], True),
    ("EG-0-G02", "Gate 2", "gate", "EG-OUT", "EG-YARD", 20, [], True),
    ("EG-0-D01", "Staff entrance", "door", "EG-YARD", "EG-0.00", 10, [8, 146, 8, 164], True),
    ("EG-0-B01", "Loading bay 1", "gate", "EG-YARD", "EG-0.12", 12, [160, 296, 200, 296], True),
    ("EG-0-B03", "Loading bay 3", "gate", "EG-YARD", "EG-0.12", 12, [420, 296, 460, 296], True),
    *((f"{a}-{s}{b[-1]}", f"Stair {s}, floor {a[-1]} to {b[-1]}", "door", f"{a}.{s}", f"{b}.{s}", 12, [], False)
      for a, b, s in (("ML-0", "ML-1", "A"), ("ML-1", "ML-2", "A"), ("ML-2", "ML-3", "A"), ("ML-0", "ML-1", "B"),
                      ("ML-1", "ML-2", "B"), ("HH-0", "HH-3", "A"), ("HH-3", "HH-4", "A"), ("EG-0", "EG-1", "A"))),
)  # fmt: skip
STAIR_SECONDS: Final = {"HH-0-A3": 45}


@dataclass(slots=True)
class Places:
    """Everything that does not move."""

    floors: list[Row] = field(default_factory=list)
    zones: list[Row] = field(default_factory=list)
    portals: list[Row] = field(default_factory=list)
    devices: list[Row] = field(default_factory=list)

    def rows(self) -> dict[str, list[Row]]:
        return {"sites": SITES, "buildings": BUILDINGS, "floors": self.floors, "zones": OUTSIDE + self.zones,
                "portals": self.portals, "devices": self.devices}  # fmt: skip


def places() -> Places:
    made = Places()
    for storey in STOREYS:
        _draw(made, storey)
    for code, name, kind, outer, inner, seconds, line, has_reader in FURTHER:
        made.portals.append({"code": code, "name": name, "kind": kind, "outer": outer, "inner": inner,
                             "seconds": STAIR_SECONDS.get(code, seconds), "line": line})  # fmt: skip
        if has_reader:
            _reader(made, made.portals[-1])
    for building in BUILDINGS:
        site = building["site"]
        made.devices.append({"code": f"{site}-PA-1", "name": f"Panel {site}-PA-1", "kind": "panel",
                             "zone": f"{site}-0.00"})  # fmt: skip
    return made


def _draw(made: Places, storey: Storey) -> None:
    site, corridor = storey.building[:2], f"{storey.code}.00"
    made.floors.append({"code": storey.code, "name": f"floor {storey.level}", "level": storey.level,
                        "building": storey.building, "width": 640, "height": 304})  # fmt: skip
    made.zones.append({"code": corridor, "name": f"{storey.corridor} {storey.level}.00", "site": site,
                       "floor": storey.code, "level": 1, "outline": [8, CORRIDOR[0], 624, CORRIDOR[1]]})  # fmt: skip
    for rooms, (y, height), wall in ((storey.top, TOP, CORRIDOR[0]), (storey.bottom, BOTTOM, BOTTOM[0])):
        x = 8
        for room in rooms:
            zone = f"{storey.code}.{room.number}"
            made.zones.append({"code": zone, "name": room.name, "site": site, "floor": storey.code,
                               "level": room.level, "department": _OF_ZONE.get(zone, ""),
                               "outline": [x, y, room.width, height]})  # fmt: skip
            _detector(made, storey, room, zone, (x + room.width // 2, y))
            if room.door:
                _door(made, storey, room, zone, (room.door_x or x + room.width // 2, wall))
            x += room.width
    _cameras(made, storey)


def _detector(made: Places, storey: Storey, room: Room, zone: str, corner: tuple[int, int]) -> None:
    x, y = room.detector if room.detector != (0, 0) else (corner[0], 50 if corner[1] == TOP[0] else 276)
    made.devices.append({"code": f"{storey.code}-M{room.number}", "name": f"Detector, {room.name}",
                         "kind": "detector", "zone": zone, "x": x, "y": y})  # fmt: skip


def _door(made: Places, storey: Storey, room: Room, zone: str, at: tuple[int, int]) -> None:
    corridor, (x, y) = f"{storey.code}.00", at
    # Upstairs a badge is read on the way from the stair into the floor; on the ground floor stairs are free.
    guards_corridor = room.is_stair and storey.level > 0
    is_turnstile = room.door.startswith("T")
    outer, inner = (zone, corridor) if guards_corridor or is_turnstile else (corridor, zone)
    made.portals.append({
        "code": f"{storey.code}-{room.door}",
        "name": "Turnstile 1" if is_turnstile else room.name,
        "kind": "turnstile" if is_turnstile else "door",
        "outer": outer, "inner": inner, "seconds": 6 if is_turnstile else 8, "line": [x - 9, y, x + 9, y],
    })  # fmt: skip
    if guards_corridor or is_turnstile or room.level > 1:
        _reader(made, made.portals[-1])


def _reader(made: Places, portal: Row) -> None:
    floor, _, suffix = portal["code"].rpartition("-")
    code = f"{floor}-R{suffix.removeprefix('0') if suffix.isdigit() else suffix}"
    line = portal["line"]
    spot = {"x": line[2] + 5, "y": (line[1] + line[3]) / 2} if line else {}
    made.devices.append({"code": code, "name": f"Reader, {portal['name']}", "kind": "reader",
                         "zone": portal["outer"], "portal": portal["code"], **spot})  # fmt: skip
    if portal["kind"] == "turnstile":
        made.devices.append({"code": f"{code}-OUT", "name": f"Reader out, {portal['name']}", "kind": "reader",
                             "zone": portal["inner"], "portal": portal["code"]})  # fmt: skip


def _cameras(made: Places, storey: Storey) -> None:
    rooms = {room.number: room.name for room in storey.top + storey.bottom}
    for number, (x, y, facing, room) in enumerate(storey.cameras, 1):
        name = rooms.get(room, f"{storey.corridor} {storey.level}.00")
        made.devices.append({"code": f"{storey.code}-C{number:02d}", "name": f"C{number:02d}, {name}", "kind": "camera",
                             "zone": f"{storey.code}.{room}", "x": x, "y": y, "facing": facing})  # fmt: skip
