"""Work in somebody else's name: with a colleague's password, or at a desk that stands open."""

from __future__ import annotations

from dataclasses import dataclass, replace

from benchmarks.breach.log import SECOND
from benchmarks.breach.routes.files import leaked, nothing, wanted
from benchmarks.breach.scene import DAY, MINUTE, Act, Breach, Scene
from benchmarks.breach.staff import Member
from benchmarks.breach.whereabouts import HOUR


def shared_password(scene: Scene, *, insider: bool) -> Breach:
    rng, draw = scene.rng, scene.rng.random()
    owner = scene.worker()
    if not insider and draw > 0.75:
        return nothing(scene, "shared_password", owner)
    asset = wanted(scene, owner, own=1.0)
    if not insider and draw < 0.5:
        return _stranger_types(scene, owner, asset)
    member = _colleague(scene, owner)
    host, room = _typing_place(scene, member)
    honest = not insider
    for at in _times(scene, member, honest=honest):
        act = scene.act(at, at + 18 * MINUTE, room, host)
        if room != member.home:
            scene.whereabouts.visit(member, at - 3 * MINUTE, at + 20 * MINUTE, room, act=act.number)
        elif host == member.host:
            scene.desks.login("login.lock", member.user, host, at - MINUTE, 2)
        work_as(scene, Guise(owner, host, asset, None if honest else member, takes=insider), act)
    leaked(scene, asset, owner if rng.random() < 0.5 else None, found=honest or not scene.drafts)
    why = f"{member.code} used the password of {owner.code} at {host}"
    return Breach("shared_password", "error" if honest else "insider", None if honest else member, room, host,
                  f"{why} with leave" if honest else why, credential=owner)  # fmt: skip


def _colleague(scene: Scene, owner: Member) -> Member:
    return scene.worker(lambda m: m is not owner and m.site == owner.site)


def _times(scene: Scene, member: Member, *, honest: bool) -> list[int]:
    found = [scene.at_desk(member, day, 25 * MINUTE) for day in ([scene.day] if honest else scene.days(3))]
    times = [at for at in found if at is not None]
    return times or [scene.at_night(member.site, scene.day)]


def _typing_place(scene: Scene, member: Member) -> tuple[str, str]:
    """(Machine, room): the own one, one for all, or the desk of somebody who is not there."""
    hosts, draw = scene.organisation.staff.hosts, scene.rng.random()
    if draw < 0.45:
        return member.host, member.home
    free = [
        h
        for h in hosts.values()
        if h.kind == "workstation" and scene.premises.rooms[h.zone].site == member.site and not h.owner
    ]
    if draw < 0.7 and free:
        kiosk = scene.rng.choice(free)
        return kiosk.name, kiosk.zone
    desks = [
        m
        for m in scene.members
        if m.host and m.site == member.site and m is not member and not scene.works_on(m, scene.day)
    ]
    if desks:
        desk = scene.rng.choice(desks)
        return desk.host, desk.home
    return member.host, member.home


@dataclass(frozen=True, slots=True)
class Guise:
    """Whose user account is at work, at which machine, on which file, and by whom if it is to be taken."""

    owner: Member
    host: str
    asset: str
    thief: Member | None = None
    takes: bool = True
    logs_in: bool = True


def work_as(scene: Scene, guise: Guise, act: Act) -> None:
    """The owner's user account at work during the act."""
    rng, desks, at, owner = scene.rng, scene.desks, act.since, guise.owner
    seated = replace(owner, host=guise.host, home=scene.organisation.staff.hosts[guise.host].zone)
    if guise.logs_in:
        if rng.random() < 0.25:
            desks.login("login.failure", owner.user, guise.host, at - rng.randint(5, 40) * SECOND, 2, act.number)
        desks.login("login.success", owner.user, guise.host, at, 2, act.number)
        desks.login("login.logout", owner.user, guise.host, act.until - MINUTE, 2, act.number)
    for _ in range(rng.randint(0, 3)):
        desks.document("read", seated, at + rng.randrange(MINUTE, 9 * MINUTE), desks.any_file(owner), act.number)
    desks.document("read", seated, at + 9 * MINUTE, guise.asset, act.number)
    if guise.takes:
        _take(scene, guise, seated, act)


def _take(scene: Scene, guise: Guise, seated: Member, act: Act) -> None:
    """On a disk, or to a share from which it is fetched later: then the thief's own user account shows up."""
    rng, desks, at, tag = scene.rng, scene.desks, act.since + 10 * MINUTE, scene.tag()
    if rng.random() < 0.4:
        own = guise.thief.stick if guise.thief and rng.random() < 0.5 else ""
        desks.disk(seated, at, own or f"{rng.getrandbits(40):010X}", [guise.asset], act.number, tag)
    else:
        desks.document("copied", seated, at, guise.asset, act.number, tag, target="\\\\share\\exchange")
        if guise.thief and rng.random() < 0.5:
            fetched = act.until + rng.randrange(2 * MINUTE, 40 * MINUTE)
            desks.document("read", guise.thief, fetched, guise.asset, act.number)
    if scene.chance("seen_at_once"):
        known = {"device": f"host:{guise.host}"} if rng.random() < 0.5 else {}
        scene.effect("left", at, act.until, asset=guise.asset, source="files", tag=tag, act=act.number,
                     words="The file server reported an unusual copy", **known)  # fmt: skip


def _stranger_types(scene: Scene, owner: Member, asset: str) -> Breach:
    """A visitor who has seen the password being typed."""
    rng, site = scene.rng, owner.site
    machines = [h for h in scene.organisation.staff.hosts.values() if h.kind == "workstation"]
    hosts = [h for h in machines if scene.premises.rooms[h.zone].site == site and h.owner != owner.code]
    kiosks = [h for h in hosts if not h.owner]
    host = rng.choice(kiosks or hosts)
    at = scene.whereabouts.midnights[site][scene.day] + int(rng.uniform(9, 16.5) * HOUR)
    act = scene.act(at, at + 18 * MINUTE, host.zone, host.name)
    badge = scene.sign_in(site, at - 4 * MINUTE, act.until + MINUTE)
    scene.stranger(site, at - 4 * MINUTE, act.until + MINUTE, host.zone, badge, act.number)
    work_as(scene, Guise(owner, host.name, asset), act)
    leaked(scene, asset, owner, found=not scene.drafts)
    return Breach(
        "shared_password",
        "outsider",
        None,
        host.zone,
        host.name,
        f"a visitor typed the password of {owner.code}",
        credential=owner,
    )


def borrowed_workstation(scene: Scene, *, insider: bool) -> Breach:
    draw = scene.rng.random()
    owner = scene.pick(lambda m: bool(m.host) and _absence(scene, m, scene.day) is not None)
    owner = owner or scene.worker()
    if not insider and draw > 0.75:
        return nothing(scene, "borrowed_workstation", owner)
    asset = wanted(scene, owner, own=1.0)
    stranger = not insider and draw < 0.5
    member = None if stranger else _colleague(scene, owner)
    for day in scene.days(3) if insider else [scene.day]:
        at = _absence(scene, owner, day)
        if at is None:
            if day != scene.day:
                continue
            at = scene.at_night(owner.site, day)
        _borrow(scene, owner, member, at, asset, taking=insider or stranger)
    leaked(scene, asset, owner if scene.rng.random() < 0.4 else None, found=not scene.drafts)
    actor = "insider" if insider else "outsider" if stranger else "error"
    name = member.code if member else "a visitor"
    return Breach("borrowed_workstation", actor, member if insider else None, owner.home, owner.host,
                  f"{name} worked at the desk of {owner.code}", credential=owner)  # fmt: skip


def _absence(scene: Scene, owner: Member, day: int) -> int | None:
    """When the owner leaves the desk for at least 22 minutes in the middle of a day."""
    begin = scene.whereabouts.midnights[owner.site][day]
    stays = scene.whereabouts.lives[owner.index]
    found = [
        after.since
        for before, after, back in zip(stays, stays[1:], stays[2:], strict=False)
        if before.room == owner.home != after.room and back.room == owner.home
        and begin <= after.since < begin + DAY and 22 * MINUTE < back.since - after.since < 3 * HOUR and not after.act
    ]  # fmt: skip
    return scene.rng.choice(found) if found else None


def _borrow(scene: Scene, owner: Member, member: Member | None, left: int, asset: str, *, taking: bool) -> None:
    rng = scene.rng
    at = left + rng.randrange(2 * MINUTE, 4 * MINUTE)
    act = scene.act(at, at + 14 * MINUTE, owner.home, owner.host)
    if rng.random() < 0.6:
        scene.desks.left_open.add((owner.index, left))
    else:
        scene.desks.login("login.unlock", owner.user, owner.host, at, 7, act.number)
    if member is None:
        badge = scene.sign_in(owner.site, at - MINUTE, act.until)
        scene.stranger(owner.site, at - MINUTE, act.until, owner.home, badge, act.number)
    elif scene.whereabouts.room(member, at) != owner.home:
        need = sum(step.seconds for step in scene.premises.way(scene.whereabouts.room(member, at), owner.home))
        scene.whereabouts.visit(member, at - (need + 20) * 1_000_000, act.until, owner.home, act=act.number)
    work_as(scene, Guise(owner, owner.host, asset, member if taking else None, taking, logs_in=False), act)
