"""Innocent things that happen beside the breach and look as if they belonged to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from benchmarks.breach.log import IN, Row
from benchmarks.breach.rates import drawn
from benchmarks.breach.scene import MINUTE, Breach, Draft, Scene
from benchmarks.breach.staff import Member
from benchmarks.breach.whereabouts import HOUR

RANGES: Final = {
    "late_worker": (0.1, 0.6), "visitor_of_room": (0.2, 0.8), "same_file": (0.3, 0.9), "refused_there": (0.05, 0.4),
    "innocent_disk": (0.1, 0.5), "detection": (0.02, 0.25), "alert": (0.05, 0.4),
}  # fmt: skip


def happen(scene: Scene, breach: Breach) -> None:
    rates, rng = drawn(scene.rng, RANGES), scene.rng
    for draft in scene.drafts[:4]:
        room = breach.room or _room_of(scene, draft)
        chances = {name: rng.random() < rate for name, rate in rates.items()}
        if room and chances["visitor_of_room"]:
            _visits(scene, room, _near(scene, draft), breach.member)
        if room and chances["late_worker"]:
            _stays_late(scene, room, draft, breach.member)
        if room and chances["refused_there"]:
            _refused(scene, room, _near(scene, draft))
        if draft.asset and chances["same_file"]:
            _uses(scene, draft)
        if chances["innocent_disk"]:
            _disk(scene, draft)
        if chances["detection"]:
            device = f"host:{scene.worker().host}"
            row = Row(_near(scene, draft), "antivirus", "host.malware", "", "", device, data={"name": "Toolbar.Gen"})
            scene.rows.append(row)
        if chances["alert"]:
            _alert(scene, _near(scene, draft))


def _alert(scene: Scene, at: int) -> None:
    """The network's watch is wrong about somebody's machine."""
    member = scene.worker()
    own, away = scene.organisation.staff.addresses[member.host], scene.desks.outside()
    data = {"signature": scene.rng.choice(("Periodic connection to a new address", "Large upload", "Unusual port"))}
    device = f"host:{member.site}-FW1"
    scene.rows.append(Row(at, "firewall", "network.alert", f"ip:{own}", "", device, f"ip:{away}", data=data))


def _room_of(scene: Scene, draft: Draft) -> str:
    return draft.place[5:] if draft.place.startswith("zone:") else ""


def _near(scene: Scene, draft: Draft, margin: int = HOUR) -> int:
    return scene.rng.randrange(draft.since - margin, draft.until + margin)


def _free(scene: Scene, member: Member, at: int) -> bool:
    return member.index not in scene.lived and scene.whereabouts.room(member, at) == member.home


def _seated(scene: Scene, at: int) -> Callable[[Member], bool]:
    return lambda member: bool(member.host) and scene.whereabouts.room(member, at) == member.home


def _visits(scene: Scene, room: str, at: int, insider: Member | None) -> None:
    """Somebody who may goes in there for a while."""
    who = scene.pick(
        lambda m: (room in m.rooms or m.home == room) and m is not insider and m.home != room and _free(scene, m, at)
    )
    if who and scene.whereabouts.next_change(who, at) > at + 12 * MINUTE:
        scene.whereabouts.visit(who, at, at + int(scene.rng.uniform(3, 11) * MINUTE), room)


def _stays_late(scene: Scene, room: str, draft: Draft, insider: Member | None) -> None:
    """Somebody of the same site works on into the evening, and passes by."""
    site = scene.premises.rooms[room].site
    day = next(
        (n for n, begin in reversed(list(enumerate(scene.whereabouts.midnights[site]))) if begin <= draft.until), 0
    )
    evening = scene.whereabouts.midnights[site][day] + int(scene.rng.uniform(18.5, 22) * HOUR)
    street = scene.premises.sites[site].street
    who = scene.pick(lambda m: m.site == site and m is not insider and bool(m.host) and m.index not in scene.lived
                     and scene.whereabouts.room(m, evening) == street)  # fmt: skip
    if who:
        scene.whereabouts.visit(who, evening, evening + int(scene.rng.uniform(0.5, 3) * HOUR), who.home)


def _refused(scene: Scene, room: str, at: int) -> None:
    door, site = scene.premises.door_of(room), scene.premises.rooms[room].site
    who = scene.pick(
        lambda m: m.site == site and room not in m.rooms and scene.whereabouts.room(m, at) == m.home != room
    )
    if who and door.reader_in:
        scene.rows.append(
            Row(
                at,
                f"{site.lower()}-doors",
                "door.denied",
                who.badge,
                f"portal:{door.code}",
                door.reader_in,
                "",
                "failure",
                IN,
            )
        )


def _uses(scene: Scene, draft: Draft) -> None:
    """Colleagues work with the same file: they read it, print it, send it on within the house."""
    rng, desks = scene.rng, scene.desks
    for _ in range(rng.randint(1, 5)):
        at = _near(scene, draft, 6 * HOUR)
        who = scene.pick(_seated(scene, at))
        if who is None:
            continue
        draw = rng.random()
        if draw < 0.55:
            desks.document("read", who, at, draft.asset)
        elif draw < 0.75:
            desks.document("copied", who, at, draft.asset, target=f"C:\\Users\\{who.user[5:]}\\Desktop")
        elif draw < 0.87:
            desks.print(who, at, draft.asset, rng.randint(1, 20))
        else:
            desks.mail(who, at, draft.asset, f"{rng.choice(scene.members).user[5:]}@ours.example")


def _disk(scene: Scene, draft: Draft) -> None:
    at = _near(scene, draft, 3 * HOUR)
    who = scene.pick(lambda m: bool(m.stick) and scene.whereabouts.room(m, at) == m.home)
    if who:
        scene.desks.disk(who, at, who.stick, [scene.desks.any_file(who) for _ in range(scene.rng.randint(1, 3))])
