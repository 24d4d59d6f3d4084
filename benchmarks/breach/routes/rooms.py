"""Rooms that somebody enters: behind another, with a copied or ended badge, after hours, past a blinded sensor."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Final

from bartizan.engines.context import Issue
from bartizan.engines.observe import moment
from benchmarks.breach.log import SECOND, Row
from benchmarks.breach.premises import Room
from benchmarks.breach.scene import DAY, MINUTE, Act, Breach, Scene
from benchmarks.breach.staff import Member
from benchmarks.breach.whereabouts import HOUR

NEAR: Final = (0.2, 1.5)
FAR: Final = (1.0, 22.0)


def target(scene: Scene, *, biometric: bool = True) -> Room:
    """The room that holds something worth it."""
    rooms = scene.high_rooms()
    plain = [room for room in rooms if biometric or not scene.premises.door_of(room.code).has_biometric]
    return scene.rng.choice(plain or rooms)


def harm(scene: Scene, room: Room, acts: list[Act]) -> None:
    """What is noticed of it: between two looks something has gone or is changed; a look for each visit, or for all."""
    rng = scene.rng
    servers = scene.organisation.at(room.code, "server")
    kind = "changed" if rng.random() < (0.5 if servers else 0.15) else "missing"
    device = f"host:{rng.choice(servers)}" if servers and kind == "changed" else ""
    words = "Something was changed" if kind == "changed" else "An object was missed between two looks"
    end, shown = scene.end_of_records(), 0
    for act in acts:
        if act is not acts[-1] and rng.random() < 0.3:
            continue
        before, after = (NEAR if rng.random() < 0.5 else FAR for _ in range(2))
        since = act.since - int(rng.uniform(*before) * HOUR)
        until = max(act.until + 5 * MINUTE, min(end, act.until + int(rng.uniform(*after) * HOUR)))
        if device:
            _types(scene, device.partition(":")[2], act)
        scene.effect(kind, since, until, place=f"zone:{room.code}", device=device, words=words, act=act.number)
        shown += 1
    assert shown


def _types(scene: Scene, server: str, act: Act) -> None:
    """At the server's own keyboard, with the account that all administrators share; the log is cleared now and then."""
    at, rng = (act.since + act.until) // 2, scene.rng
    if rng.random() < 0.7:
        scene.desks.login("login.success", "user:administrator", server, at, 2, act.number)
        scene.desks.login("login.logout", "user:administrator", server, act.until - 30 * SECOND, 2, act.number)
    if rng.random() < 0.2:
        source = f"{scene.premises.rooms[act.room].site.lower()}-desktops"
        scene.rows.append(
            Row(act.until - MINUTE, source, "host.logclear", "user:administrator", "", f"host:{server}", act=act.number)
        )


def misplaced(scene: Scene, route: str, room: Room, why: str = "") -> Breach:
    """An object is missed; nobody has taken it, or nothing of it is in these records."""
    rng = scene.rng
    at = scene.whereabouts.midnights[room.site][scene.day] + int(rng.uniform(8, 17) * HOUR)
    since, until = at - int(rng.uniform(*FAR) * HOUR), min(at + int(rng.uniform(*FAR) * HOUR), scene.end_of_records())
    scene.effect("missing", since, until, place=f"zone:{room.code}", words="An object was missed between two looks")
    return Breach(route, "error" if why else "none", None, room.code, "", why or "the object was mislaid long before")


def visit_times(scene: Scene, member: Member, *, night: bool, length: int) -> list[int]:
    """When the member goes there: from the own desk at work, or coming back at night."""
    found: list[int] = []
    for day in scene.days(3):
        at = None if night else scene.at_desk(member, day, length + 4 * MINUTE)
        if at is None and (night or day == scene.day):
            at = scene.at_night(member.site, day)
        if at is not None:
            found.append(at)
    return found


def go(
    scene: Scene, member: Member, room: Room, times: list[int], badge: str | None, *, all_doors: bool = False
) -> list[Act]:
    """Each visit on record; at the room's door ``badge`` is shown, the own one when it is None."""
    acts: list[Act] = []
    for at in times:
        until = at + int(scene.rng.uniform(4, 22) * MINUTE)
        act = scene.act(at, until, room.code)
        if badge is not None:
            rooms = scene.premises.rooms if all_doors else (room.code,)
            scene.walking.disguises[act.number] = (frozenset(rooms), badge)
        scene.whereabouts.visit(member, at, until, room.code, act=act.number)
        acts.append(act)
    return acts


def come(scene: Scene, room: Room, badge: str, at: int) -> Act:
    """A stranger's visit."""
    until = at + int(scene.rng.uniform(4, 22) * MINUTE)
    act = scene.act(at, until, room.code)
    scene.stranger(room.site, at, until, room.code, badge, act.number)
    return act


def some_time(scene: Scene, site: str) -> int:
    """By day among everybody, or at night."""
    if scene.chance("at_night"):
        return scene.at_night(site, scene.day)
    return scene.whereabouts.midnights[site][scene.day] + int(scene.rng.uniform(8.5, 17.5) * HOUR)


def tailgating(scene: Scene, *, insider: bool) -> Breach:
    room, rng = target(scene), scene.rng
    draw = rng.random()
    if not insider and draw > 0.75:
        return misplaced(scene, "tailgating", room, "a colleague mislaid it" if draw > 0.88 else "")
    member = _without_access(scene, room) if insider else None
    acts: list[Act] = []
    for day in scene.days(3) if member else [scene.day]:
        entered = _entry_of_another(scene, room, day, member)
        if entered is None and day == scene.day:
            entered = _sent_in(scene, room, member)
        if entered is None:
            continue
        until = entered + int(rng.uniform(4, 20) * MINUTE)
        act = scene.act(entered, until, room.code)
        if member:
            _follow(scene, member, room, act)
        else:
            scene.stranger(room.site, entered + rng.randint(2, 5) * SECOND, until, room.code, "", act.number)
        acts.append(act)
    harm(scene, room, acts)
    name = member.code if member else "a stranger"
    return Breach(
        "tailgating", "insider" if member else "outsider", member, room.code, "", f"{name} followed somebody in"
    )


def _without_access(scene: Scene, room: Room) -> Member:
    """Somebody who is there on the day and whose own badge does not open the room; it is taken back if all do."""
    member = scene.worker(lambda m: m.site == room.site and room.code not in m.rooms)
    member.rooms = tuple(code for code in member.rooms if code != room.code)
    member.visits = tuple(code for code in member.visits if code != room.code)
    return member


def _sent_in(scene: Scene, room: Room, member: Member | None) -> int:
    """Nobody went there that day: somebody is sent, at a moment when the follower is about."""
    at = scene.at_desk(member, scene.day, 40 * MINUTE) if member else None
    at = at or some_time(scene, room.site)
    leader = _holder(scene, room)
    if leader is not member and leader.index not in scene.lived:
        scene.whereabouts.visit(leader, at, at + 20 * MINUTE, room.code)
    way = scene.premises.way(scene.whereabouts.room(leader, at - 1), room.code)
    return at + sum(step.seconds for step in way) * SECOND


def _follow(scene: Scene, member: Member, room: Room, act: Act) -> None:
    """Waits in front of the door, slips in behind, and goes out as others do."""
    door = scene.premises.door_of(room.code)
    scene.walking.disguises[act.number] = (frozenset({room.code}), "")
    since = act.since + scene.rng.randint(2, 5) * SECOND - door.seconds * SECOND
    scene.whereabouts.visit(
        member, since - scene.rng.randrange(MINUTE, 4 * MINUTE), act.until, door.outer, act=act.number
    )
    scene.whereabouts.visit(member, since, act.until - SECOND, room.code, act=act.number)


def _entry_of_another(scene: Scene, room: Room, day: int, member: Member | None) -> int | None:
    """When a colleague's badge opened the room's door on that day; somebody is sent there when nobody went."""
    since = scene.whereabouts.midnights[room.site][day]
    place = f"portal:{scene.premises.door_of(room.code).code}"
    allowed = [m for m in scene.members if room.code in m.rooms and m is not member and m.index not in scene.lived]
    scene.rng.shuffle(allowed)
    for leader in allowed[:25]:
        at = scene.at_desk(leader, day, 45 * MINUTE)
        if at is None:
            continue
        if not any(
            stay.room == room.code and since <= stay.since < since + DAY
            for stay in scene.whereabouts.lives[leader.index]
        ):
            scene.whereabouts.visit(leader, at, at + int(scene.rng.uniform(10, 40) * MINUTE), room.code)
        before = len(scene.walking.rows)
        scene.walking.life(leader)
        scene.lived.add(leader.index)
        times = [row.time for row in scene.walking.rows[before:]
                 if row.kind == "door.granted" and row.place == place and row.data == {"direction": "in"}
                 and since <= row.time < since + DAY]  # fmt: skip
        fit = [t for t in times if member is None or _is_about(scene, member, t)]
        if fit:
            return scene.rng.choice(fit)
    return None


def _is_about(scene: Scene, member: Member, at: int) -> bool:
    return scene.whereabouts.room(member, at - 5 * MINUTE) == member.home == scene.whereabouts.room(member, at)


def cloned_badge(scene: Scene, *, insider: bool) -> Breach:
    room, rng = target(scene, biometric=False), scene.rng
    draw = rng.random()
    if not insider and draw > 0.7:
        return misplaced(scene, "cloned_badge", room, "a colleague mislaid it" if draw > 0.85 else "")
    victim = _holder(scene, room)
    if not insider:
        at = some_time(scene, room.site)
        harm(scene, room, [come(scene, room, victim.badge, at)])
        return Breach(
            "cloned_badge",
            "outsider",
            None,
            room.code,
            "",
            f"a stranger with a copy of {victim.badge}",
            credential=victim,
        )
    member = _thief(scene, room, victim)
    times = visit_times(scene, member, night=scene.chance("at_night"), length=25 * MINUTE)
    harm(scene, room, go(scene, member, room, times, victim.badge, all_doors=rng.random() < 0.25))
    return Breach(
        "cloned_badge",
        "insider",
        member,
        room.code,
        "",
        f"{member.code} with a copy of {victim.badge}",
        credential=victim,
    )


def _holder(scene: Scene, room: Room) -> Member:
    """Somebody whose badge opens the room; a right to it is given to somebody when nobody has it."""
    holder = scene.pick(
        lambda m: room.code in m.rooms and m.work not in ("guard", "cleaner") and m.index not in scene.lived
    )
    if holder is None:
        holder = scene.worker(lambda m: m.site == room.site and m.index not in scene.lived)
        holder.rooms += (room.code,)
    return holder


def _thief(scene: Scene, room: Room, victim: Member) -> Member:
    """Rather somebody whose own badge does not open the room."""
    thief = scene.worker(lambda m: m.site == room.site and m is not victim and room.code not in m.rooms)
    return thief if thief is not victim else scene.worker(lambda m: m is not victim)


def lost_badge(scene: Scene, *, insider: bool) -> Breach:
    room, rng = target(scene, biometric=False), scene.rng
    draw = rng.random()
    if not insider and draw > 0.75:
        return misplaced(scene, "lost_badge", room)
    badge, owner = _open_badge(scene, room)
    if not insider and draw > 0.6 and owner.left_on is None and scene.works_on(owner, scene.day):
        at = scene.at_desk(owner, scene.day, 30 * MINUTE)
        if at is not None:
            go(scene, owner, room, [at], badge)
            return misplaced(
                scene, "lost_badge", room, f"{owner.code} used the old badge again; the object was mislaid"
            )
    if not insider:
        harm(scene, room, [come(scene, room, badge, some_time(scene, room.site))])
        return Breach("lost_badge", "outsider", None, room.code, "", f"a stranger with {badge}", credential=owner)
    member = _thief(scene, room, owner)
    times = visit_times(scene, member, night=scene.chance("at_night"), length=25 * MINUTE)
    harm(scene, room, go(scene, member, room, times, badge, all_doors=rng.random() < 0.25))
    return Breach("lost_badge", "insider", member, room.code, "", f"{member.code} with {badge}", credential=owner)


def _open_badge(scene: Scene, room: Room) -> tuple[str, Member]:
    """A badge that was ended and opens all the same; one is lost for the purpose when there is none."""
    staff = scene.organisation.staff
    found = [(badge, staff_member) for badge, code in staff.open_badges
             if (staff_member := scene.organisation.member(code)).site == room.site]  # fmt: skip
    if found:
        return scene.rng.choice(found)
    owner, rng = _holder(scene, room), scene.rng
    number = str(next(n for n in range(rng.randint(1000, 1900), 2000) if str(n) not in staff.badges))
    ended = moment(scene.whereabouts.midnights[room.site][0]) - timedelta(days=rng.randint(1, 200))
    staff.badges[number] = [
        Issue(owner.code, ended - timedelta(days=rng.randint(30, 900)), ended, rng.choice(("lost", "replaced")))
    ]
    return f"badge:{number}", owner


def contractor_hours(scene: Scene, *, insider: bool) -> Breach:
    rng, room = scene.rng, target(scene, biometric=False)
    draw = rng.random()
    contractor = _contractor(scene, room)
    room = scene.premises.rooms[rng.choice(contractor.rooms)]
    if not insider and draw > 0.8:
        return misplaced(scene, "contractor_hours", room)
    if not insider and draw < 0.6:
        harm(scene, room, [come(scene, room, contractor.badge, scene.at_night(room.site, scene.day))])
        return Breach(
            "contractor_hours",
            "outsider",
            None,
            room.code,
            "",
            f"a stranger with {contractor.badge}",
            credential=contractor,
        )
    times = visit_times(scene, contractor, night=True, length=25 * MINUTE)
    acts = go(scene, contractor, room, times if insider else times[-1:], None)
    if not insider:
        return misplaced(scene, "contractor_hours", room, f"{contractor.code} worked late; the object was mislaid")
    for act in acts:
        if contractor.host and rng.random() < 0.5:
            scene.whereabouts.visit(
                contractor, act.until + 3 * MINUTE, act.until + 25 * MINUTE, contractor.home, act=act.number
            )
            scene.desks.document(
                "copied",
                contractor,
                act.until + 12 * MINUTE,
                scene.desks.any_file(contractor),
                act.number,
                target="E:\\",
            )
    harm(scene, room, acts)
    return Breach("contractor_hours", "insider", contractor, room.code, "", f"{contractor.code} came out of hours")


def _contractor(scene: Scene, room: Room) -> Member:
    found = scene.pick(lambda m: m.work == "contractor" and bool(m.rooms))
    if found:
        return found
    found = scene.pick(lambda m: m.work == "contractor") or scene.pick(
        lambda m: m.work == "office" and m.site == room.site
    )
    assert found
    found.work, found.rooms = "contractor", tuple(r.code for r in scene.high_rooms(found.site)[:1])
    found.hours = found.hours or _working_hours(found)
    return found


def _working_hours(member: Member) -> tuple[time, time]:
    return time(int(member.arrive)), time(int(member.leave + 1.5) % 24)


def sensor_tampered(scene: Scene, *, insider: bool) -> Breach:
    rng, draw = scene.rng, scene.rng.random()
    rooms = [r for r in scene.high_rooms() if r.detector or scene.premises.door_of(r.code).camera]
    room = rng.choice(rooms or scene.high_rooms())
    if not rooms:
        room.detector = f"detector:{room.code}-M"
    if not insider and draw > 0.6:
        at = some_time(scene, room.site)
        _blinded(scene, room, at, at + int(rng.uniform(5, 90) * MINUTE), 0)
        why = "a device failed, and an object was mislaid" if draw > 0.75 else ""
        return misplaced(scene, "sensor_tampered", room, why)
    member = _blinder(scene, room) if insider else None
    times = [some_time(scene, room.site)]
    if member:
        times = visit_times(scene, member, night=rng.random() < 0.6, length=40 * MINUTE)
    own = member is not None and room.code in member.rooms and rng.random() < 0.8
    acts = [_behind_a_blind_sensor(scene, member, room, at, own=own) for at in times]
    if rng.random() < 0.6:
        harm(scene, room, acts)
    name = member.code if member else "a stranger"
    actor = "insider" if member else "outsider"
    return Breach("sensor_tampered", actor, member, room.code, "", f"{name} blinded a sensor")


def _behind_a_blind_sensor(scene: Scene, member: Member | None, room: Room, at: int, *, own: bool) -> Act:
    """First the sensor, then the room: with the own badge, or past the reader."""
    rng, door = scene.rng, scene.premises.door_of(room.code)
    act = go(scene, member, room, [at], None if own else "")[0] if member else come(scene, room, "", at)
    since, until = at - rng.randrange(MINUTE, 8 * MINUTE), act.until + rng.randrange(MINUTE, 9 * MINUTE)
    _blinded(scene, room, since, until, act.number)
    if not own and door.has_contact and rng.random() < 0.6:
        source, place = f"{room.site.lower()}-doors", f"portal:{door.code}"
        scene.rows.append(Row(at + rng.randrange(3 * SECOND), source, "door.forced", "", place, act=act.number))
    return act


def _blinder(scene: Scene, room: Room) -> Member:
    """More often than not somebody who may go in there, a guard among them."""
    allowed = scene.rng.random() < 0.7
    fits = scene.pick(
        lambda m: m.site == room.site and (room.code in m.rooms) == allowed and scene.works_on(m, scene.day)
    )
    return fits or scene.worker(lambda m: m.site == room.site)


def _blinded(scene: Scene, room: Room, since: int, until: int, act: int) -> None:
    """The detector or the camera at the door is silenced, and comes back."""
    rng, door, site = scene.rng, scene.premises.door_of(room.code), room.site.lower()
    is_camera = bool(door.camera) and (not room.detector or rng.random() < 0.4)
    device = door.camera if is_camera else room.detector
    source = f"{site}-cameras" if is_camera else f"{site}-sensors"
    place = f"portal:{door.code}" if is_camera else f"zone:{room.code}"
    kinds = ("camera.covered", "camera.clear") if is_camera else ("alarm.tamper", "alarm.restored")
    if rng.random() < 0.3:
        kinds = ("device.offline", "device.online")
    tag = scene.tag()
    scene.rows += [
        Row(since, source, kinds[0], "", place, device, act=act, tag=tag),
        Row(until, source, kinds[1], "", place, device, act=act),
    ]
    scene.muted.append((device, since + SECOND, until - SECOND))
    scene.effect(
        "alarm",
        since,
        since,
        place=place,
        device=device,
        source=source,
        tag=tag,
        act=act,
        words="A sensor reported that it was interfered with",
    )
