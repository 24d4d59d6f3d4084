"""The four incidents that the demo plays, step by step, as the devices would report them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from bartizan.demo.outlets import (
    CAMERAS,
    DESKTOPS,
    DOORS,
    FILES,
    PANELS,
    READER,
    READER_PORTAL,
    READERS,
    SENSORS,
    SYSLOG,
)
from bartizan.demo.people import BORROWED_BADGE, LEAVERS_BADGE, MARTA
from bartizan.demo.world import World

Event = dict[str, Any]
SPRAYER: Final = "203.0.113.58"
SPRAYED: Final = 41
SESSION: Final = "pam_unix(sshd:session): session opened for user root(uid=0) by (uid=0)"
NEW_USER: Final = "new user: name=svc-sync, UID=1007, GID=1007, home=/home/svc-sync, shell=/bin/bash, from=/dev/pts/0"


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens ``after`` so many seconds from the incident's beginning, at speed 1."""

    after: float
    event: Event


@dataclass(frozen=True, slots=True)
class Incident:
    """``marks`` are references of which its case has at least one, and no other incident's case has any."""

    name: str
    words: str
    marks: frozenset[str]
    place: str
    """The zone that the case must lead to."""
    steps: Sequence[Step]

    @property
    def seconds(self) -> float:
        return max(step.after for step in self.steps)


def incidents(world: World, seed: int) -> list[Incident]:
    return [leaver(), borrowed_desk(world), spraying(world, seed), copied_badge(world)]


def leaver() -> Incident:
    """A badge that nobody revoked, in the server room, and a root login at once."""
    root = {"user": "root", "src_ip": "10.20.2.199", "src_port": 40122, "program": "sshd"}
    core = "host:ml-core-01"
    steps = [
        Step(0, _motion("ML-2-MB")),
        *_door(1, LEAVERS_BADGE, "ML-2-030", "ML-2-R30"),
        Step(4, _person("ML-2-C03")),
        *_door(13, LEAVERS_BADGE, "ML-2-002", "ML-2-R02"),
        Step(15, _motion("ML-2-M02")),
        Step(16, _person("ML-2-C07")),
        Step(20, _machine("login.failure", core, {**root, "method": "password"})),
        Step(23, _machine("login.success", core, {**root, "method": "password"})),
        Step(23.2, _machine("host.log", core, {"message": SESSION})),
        Step(28, _machine("account.changed", core, {"program": "useradd", "message": NEW_USER})),
        Step(32, _machine("login.logout", core, root)),
        Step(34, {"source": DOORS, "kind": "door.exit", "place": "portal:ML-2-002"}),
        Step(36, _motion("ML-2-M02", occupied=False)),
        Step(37, _motion("ML-2-MB", occupied=False)),
    ]  # fmt: skip
    marks = frozenset({f"badge:{LEAVERS_BADGE}", core, "zone:ML-2.02", "portal:ML-2-002"})
    return Incident("leaver", "A leaver's badge opens the server room; root logs in", marks, "ML-2.02", steps)


def borrowed_desk(world: World) -> Incident:
    """Marta Vos is at Harbour House while her workstation at Mill Lane is unlocked with her user account."""
    marta, host = world.people.by_code(MARTA), "host:ML-WS-214"
    files = [f"/srv/research/v7-sensor/{n:03d}.step" for n in range(101, 113)]
    copied = [Step(30 + i * 0.6, _copied(marta.account, host, path, "E:\\")) for i, path in enumerate(files)]
    disk = {
        "EventID": 6416, "SubjectUserName": marta.account, "ClassName": "DiskDrive",
        "DeviceId": "USBSTOR\\Disk&Ven_Kingston&Prod_DT\\4C53120007",
    }  # fmt: skip
    steps = [
        *_door(0, marta.badge, "HH-0-T01", "HH-0-RT01"),
        Step(2, _motion("ML-2-MB")),
        *_door(3, BORROWED_BADGE, "ML-2-030", "ML-2-R30"),
        Step(6, _person("ML-2-C03")),
        *_door(14, BORROWED_BADGE, "ML-2-014", "ML-2-R14"),
        Step(15, _motion("ML-2-M14")),
        Step(18, {"source": CAMERAS, "kind": "camera.covered", "device": "camera:ML-2-C05"}),
        Step(22, _desktop("login.unlock", marta.account, host, {"EventID": 4801})),
        Step(27, _desktop("host.usb", marta.account, host, disk)),
        *copied,
        Step(38, _desktop("login.lock", marta.account, host, {"EventID": 4800})),
        Step(40, {"source": DOORS, "kind": "door.exit", "place": "portal:ML-2-014"}),
        Step(41, {"source": CAMERAS, "kind": "camera.clear", "device": "camera:ML-2-C05"}),
        Step(42, _motion("ML-2-M14", occupied=False)),
    ]  # fmt: skip
    marks = frozenset({f"badge:{BORROWED_BADGE}", host, f"user:{marta.account}", "zone:ML-2.14", "camera:ML-2-C05"})
    return Incident("borrowed-desk", "A workstation is used while its owner is 38 km away", marks, "ML-2.14", steps)


def spraying(world: World, seed: int) -> Incident:
    """One password tried on 41 user accounts from outside; one of them opens, and files leave."""
    rng = Random(f"{seed}:spraying")
    staff = [m for m in world.members if not m.left_on]
    victim = next(m for m in staff if m.department == "LEG" and m.host and m.code >= "VI-0101")
    names = [m.account for m in rng.sample([m for m in staff if m is not victim], SPRAYED - 1)] + [victim.account]
    vpn, server = "host:hh-vpn-01", "host:hh-files-01"
    tries = [
        Step(i * 0.22, _machine("login.failure", vpn, {"user": name, "src_ip": SPRAYER, "src_port": 51000 + i}))
        for i, name in enumerate(names)
    ]
    inside = {"user": victim.account, "src_ip": "10.30.4.5", "src_port": 48110}
    files = [f"/srv/legal/patents/{n:03d}.pdf" for n in range(11, 31)]
    copied = [Step(20 + i * 0.5, _copied(victim.account, server, path, SPRAYER)) for i, path in enumerate(files)]
    out = {"src_ip": "10.30.4.12", "dst_ip": SPRAYER, "src_port": 50022, "dst_port": 443, "length": 1500}
    steps = [
        *tries,
        Step(12, _machine("login.success", vpn, {"user": victim.account, "src_ip": SPRAYER, "src_port": 51077})),
        Step(16, _machine("login.success", server, inside)),
        *copied,
        Step(31, _machine("network.allowed", "host:fw-harbour", out)),
        Step(33, _machine("login.logout", server, inside)),
        Step(34, _machine("login.logout", vpn, {"user": victim.account, "src_ip": SPRAYER, "src_port": 51077})),
    ]
    marks = frozenset({f"ip:{SPRAYER}", vpn, server, f"user:{victim.account}", "zone:HH-4.04"})
    words = "Password spraying succeeds and files are copied out"
    return Incident("spraying", words, marks, "HH-4.04", sorted(steps, key=lambda step: step.after))


def copied_badge(world: World) -> Incident:
    """The badge of somebody who is at Mill Lane opens the goods hall at Eastgate, where the panel and a camera see
    who comes in."""
    owner = next(m for m in world.members if m.desk == "ML-0.12" and not m.left_on)
    badge = f"badge:{owner.badge}"
    alarm = {"source": PANELS, "kind": "alarm.triggered", "device": "panel:EG-PA-1",
             "data": {"code": "BA", "area": 1, "zone": 0x12}}  # fmt: skip
    at_reader = {"source": READERS, "kind": "door.granted", "actor": badge, "place": READER_PORTAL, "device": READER}
    steps = [
        *_door(0, owner.badge, "ML-2-030", "ML-2-R30"),
        Step(8, at_reader),
        Step(8.8, {"source": READERS, "kind": "door.opened", "place": READER_PORTAL}),
        Step(11, _motion("EG-0-M12")),
        Step(12, alarm),
        Step(13, _person("EG-0-C02")),
        Step(14, {"source": READERS, "kind": "door.closed", "place": READER_PORTAL}),
        Step(26, _person("EG-0-C03")),
        Step(34, {"source": READERS, "kind": "door.exit", "place": READER_PORTAL}),
        Step(35, _motion("EG-0-M12", occupied=False)),
    ]
    marks = frozenset({badge, "zone:EG-0.12", "portal:EG-0-012"})
    return Incident("copied-badge", "A badge opens Eastgate while its owner is at Mill Lane", marks, "EG-0.12", steps)


def _door(after: float, badge: str, portal: str, reader: str) -> list[Step]:
    place = f"portal:{portal}"
    granted = {"source": DOORS, "kind": "door.granted", "actor": f"badge:{badge}", "place": place,
               "device": f"reader:{reader}", "outcome": "success", "data": {"direction": "in"}}  # fmt: skip
    return [
        Step(after, granted),
        Step(after + 0.6, {"source": DOORS, "kind": "door.opened", "place": place}),
        Step(after + 4, {"source": DOORS, "kind": "door.closed", "place": place}),
    ]


def _motion(detector: str, *, occupied: bool = True) -> Event:
    kind = "alarm.motion" if occupied else "alarm.clear"
    return {"source": SENSORS, "kind": kind, "device": f"detector:{detector}", "data": {"occupancy": occupied}}


def _person(camera: str) -> Event:
    return {"source": CAMERAS, "kind": "camera.person", "device": f"camera:{camera}", "data": {"score": 0.91}}


def _machine(kind: str, host: str, data: dict[str, Any]) -> Event:
    return {"source": SYSLOG, "kind": kind, "device": host, "data": data}


def _copied(account: str, host: str, path: str, to: str) -> Event:
    return {"source": FILES, "kind": "document.copied", "actor": f"user:{account}", "device": host,
            "asset": f"file:{path}", "outcome": "success", "data": {"to": to}}  # fmt: skip


def _desktop(kind: str, account: str, host: str, data: dict[str, Any]) -> Event:
    computer = host.partition(":")[2]
    return {
        "source": DESKTOPS,
        "kind": kind,
        "device": host,
        "data": {"TargetUserName": account, "Computer": computer, **data},
    }
