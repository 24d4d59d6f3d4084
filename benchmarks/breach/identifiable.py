"""Whether the surviving records can name the insider at all: decided without any engine.

The rule. An insider is identifiable when all of these hold:

1. **Two families.** Records that he made in the act survive in at least two of these families: *badge* (his own badge
   puts him within reach of the place, with no reader between that should have read him), *camera* (footage that is
   named as his, at a camera on the way, within a quarter of an hour of the act), *biometric* (he
   was accepted in the act), *login* (his user account did it, or somebody else's was typed at his machine), *flow*
   (mail from his user account, a flow from his machine), *disk* (his own, which is known from his own machine), *mark*
   (the leaked copy carries his mark).
2. **A body.** One of them is badge, camera or biometric: everything else says only that his credential was there.
3. **Nobody else fits.** For each family the others whose records would be explained as well are counted: those whom
   their own badges put there at every visit, those who were named on footage at every visit, those who did the same
   with the same file in the time in question. A family counts only if it leaves three people or half of the staff at
   most, and nobody but him is left by all the families that count. Footage is no certainty: it counts only when its
   ln LRs, summed, exceed by 3 the logarithm of the number of people whom the other families leave.
4. **Not an honest mistake.** Where an honest mistake leaves the same records (files sent, copied, printed), one sign of
   intent survives: it was done on several days or out of hours, went to a private address, or to a disk that was never
   seen before. Of malware, that he brought it: a disk never seen before while protection was stopped, or a cleared log.

Other people count as "put there" with six minutes of grace for the clocks, so a doubt makes a case not identifiable.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from benchmarks.breach.desks import PRIVATE
from benchmarks.breach.log import Row
from benchmarks.breach.scene import MINUTE, Act, Breach, Scene
from benchmarks.breach.staff import Member
from benchmarks.breach.whereabouts import HOUR

GRACE: Final = 6 * MINUTE
SHIFT: Final = 14 * HOUR
BODY: Final = ("badge", "camera", "biometric")
HONEST_ROUTES: Final = frozenset({"usb_copy", "mail_out", "hidden_in_document", "hard_copy", "remote_malware"})
TAKING: Final = frozenset({"document.copied", "document.printed", "network.mail", "document.written"})
SURE: Final = 3.0
NAMED: Final = 1.0
SIGNS: Final = {
    "tailgating": {"door.tailgate", "camera.person"}, "cloned_badge": {"door.granted"},
    "lost_badge": {"door.granted"}, "shared_password": {"login.success", "document.read", "document.copied"},
    "borrowed_workstation": {"login.unlock", "document.read", "document.copied", "host.usb"},
    "usb_copy": {"host.usb", "document.copied"}, "mail_out": {"network.mail"},
    "hidden_in_document": {"document.written"}, "hard_copy": {"document.printed"},
    "remote_malware": {"host.malware", "host.process", "host.service", "network.alert", "network.flow",
                       "login.success"},
    "sensor_tampered": {"alarm.tamper", "camera.covered", "device.offline"}, "contractor_hours": {"door.granted"},
}  # fmt: skip
Left = dict[str, set[str]]


def identifiable(scene: Scene, breach: Breach, rows: Sequence[Row]) -> bool:
    member = breach.member
    if member is None:
        return False
    families = _families(scene, breach, member, rows)
    most = max(3, len(scene.members) // 2)
    telling = {family: left for family, left in families.items() if len(left) <= most}
    others = [left for family, left in telling.items() if family != "camera"]
    remaining = len(set.intersection(*others)) if others else len(scene.members)
    if _likeness(scene, member, rows) < SURE + math.log(remaining):
        telling.pop("camera", None)
    if len(telling) < 2 or not any(family in telling for family in BODY):
        return False
    if set.intersection(*telling.values()) != {member.code}:
        return False
    return breach.route not in HONEST_ROUTES or _is_deliberate(scene, breach, member, rows)


def _families(scene: Scene, breach: Breach, member: Member, rows: Sequence[Row]) -> Left:
    """By family, the codes of those whom it leaves; a family in which he made no record is not there."""
    found: Left = {}
    seen = _Sightings(scene, rows)
    visits = [visit for act in scene.acts if member.code in (visit := seen.at(act, _reached(scene, act)))]
    if visits:
        found["badge"] = set.intersection(*visits)
    named = [near for act in scene.acts if member.code in (near := _named(scene, act, rows))]
    if named:
        found["camera"] = set.intersection(*named)
    made = [row for row in rows if row.act]
    if any(row.kind == "biometric.accepted" and row.actor == f"person:{member.code}" for row in made):
        found["biometric"] = {member.code}
    rivals = _rivals(scene, rows)
    address = scene.organisation.staff.addresses.get(member.host, "-")
    if any(_is_login(breach, member, row) for row in made):
        found["login"] = {member.code} | rivals
    if member.stick and any(row.kind == "host.usb" and (row.data or {}).get("serial") == member.stick for row in made):
        found["disk"] = {member.code}
    if any(
        row.actor in (member.user, f"ip:{address}") and row.kind in ("network.mail", "network.flow") for row in made
    ):
        found["flow"] = {member.code} | rivals
    if any(row.kind == "document.marked" and row.actor == member.user for row in made):
        found["mark"] = {member.code}
    return found


def _is_login(breach: Breach, member: Member, row: Row) -> bool:
    if breach.route == "remote_malware":  # what malware does in his name is not his; what is done by hand is
        return row.kind in ("host.usb", "host.service") and row.device == f"host:{member.host}"
    if row.actor == member.user and row.kind.startswith(("login.", "document.")) and row.kind != "document.marked":
        return True
    return row.kind in ("login.success", "document.copied") and row.device == f"host:{member.host}"


def _reached(scene: Scene, act: Act) -> str:
    """Where his own badge would put him: in front of the room when he went in without showing it."""
    return scene.premises.door_of(act.room).outer if act.number in scene.walking.disguises else act.room


class _Sightings:
    """Where badges put people, from the records alone: (time, room after it, room before it)."""

    def __init__(self, scene: Scene, rows: Iterable[Row]) -> None:
        self.scene = scene
        self._by_person: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
        owners = {m.badge: m.code for m in scene.members}
        doors = {f"portal:{door.code}": door for door in scene.premises.doors.values()}
        for row in rows:
            if row.kind == "door.granted" and (code := owners.get(row.actor)):
                door, inward = doors[row.place], (row.data or {}).get("direction") != "out"
                here, there = (door.outer, door.inner) if inward else (door.inner, door.outer)
                self._by_person[code].append((row.time, there, here))
        for seen in self._by_person.values():
            seen.sort()

    def at(self, act: Act, room: str) -> set[str]:
        return {code for code, seen in self._by_person.items() if self._puts(seen, act, room)}

    def _puts(self, seen: list[tuple[int, str, str]], act: Act, room: str) -> bool:
        free = self.scene.premises.free_from
        low = bisect_right(seen, (act.since + GRACE, "", ""))
        for time, there, _ in reversed(seen[max(0, low - 4) : low]):
            if act.since - time > SHIFT:
                return False
            if time < act.since - GRACE:
                return room in free(there) and self._goes_on(seen, act, room)
            if room in free(there) and self._goes_on(seen, act, room):
                return True
        return False

    def _goes_on(self, seen: list[tuple[int, str, str]], act: Act, room: str) -> bool:
        after = bisect_left(seen, (max(act.until, act.since + GRACE), "", ""))
        if after == len(seen) or seen[after][0] - act.until > SHIFT:
            return True
        return seen[after][2] in self.scene.premises.free_from(room)


def _named(scene: Scene, act: Act, rows: Iterable[Row]) -> set[str]:
    margin = 15 * MINUTE
    way = scene.premises.way(scene.premises.street(act.room), act.room)
    cameras = {step.camera for step in way if step.camera}
    return {
        row.actor[7:] for row in rows
        if row.kind == "camera.person" and row.actor and row.device in cameras
        and act.since - margin <= row.time <= act.until + margin and (row.data or {}).get("llr", 0) >= NAMED
    }  # fmt: skip


def _likeness(scene: Scene, member: Member, rows: Iterable[Row]) -> float:
    """The footage of him, summed: each passage has a picture of its own."""
    who = f"person:{member.code}"
    return math.fsum(
        (row.data or {})["llr"] for row in rows if row.act and row.actor == who and row.kind == "camera.person"
    )


def _rivals(scene: Scene, rows: Sequence[Row]) -> set[str]:
    """Others who did the like with the same files in the effects' windows; nobody when an effect's record is known."""
    assets = {draft.asset for draft in scene.drafts if draft.asset}
    tags = {row.tag for row in rows if row.tag}
    if not assets or any(draft.tag in tags for draft in scene.drafts if draft.tag):
        return set()
    users = {m.user: m.code for m in scene.members}
    windows = [(draft.since, draft.until) for draft in scene.drafts]
    return {
        users[row.actor] for row in rows
        if not row.act and row.asset in assets and row.kind in TAKING and row.actor in users
        and any(since <= row.time <= until for since, until in windows)
    }  # fmt: skip


def _is_deliberate(scene: Scene, breach: Breach, member: Member, rows: Sequence[Row]) -> bool:
    made = [row for row in rows if row.act]
    serials = {(row.data or {}).get("serial") for row in made if row.kind == "host.usb"}
    serials -= {(row.data or {}).get("serial") for row in rows if row.kind == "host.usb" and not row.act}
    if breach.route == "remote_malware":
        kinds = {row.kind for row in made}
        return "host.logclear" in kinds or (bool(serials) and "host.service" in kinds)
    days = {row.time // (24 * HOUR) for row in made if row.kind in TAKING}
    hours = [scene.whereabouts.local_hour(member.site, row.time) for row in made if row.kind in TAKING | {"host.usb"}]
    if len(days) > 1 or any(not member.arrive - 1 <= hour <= member.leave + 1 for hour in hours):
        return True
    if any(row.kind == "network.mail" and str((row.data or {}).get("to", "")).endswith(PRIVATE) for row in made):
        return True
    return bool(serials)


def is_traced(scene: Scene, breach: Breach, rows: Sequence[Row]) -> bool:
    """Whether a record peculiar to the route has survived: of a copied badge its use at the room's door while its owner
    was on record elsewhere or not in the house."""
    made = [row for row in rows if row.act and row.kind in SIGNS[breach.route]]
    if breach.route == "tailgating":
        door = f"portal:{scene.premises.door_of(breach.room).code}" if breach.room else ""
        return any(row.place == door for row in made)
    if breach.route == "cloned_badge" and breach.credential:
        owner = breach.credential
        used = [row for row in made if row.actor == owner.badge]
        own = [row.time for row in rows if row.actor == owner.badge and not row.act]
        return any(
            any(abs(row.time - t) < 2 * HOUR for t in own) or not any(abs(row.time - t) < SHIFT for t in own)
            for row in used
        )
    return bool(made)
