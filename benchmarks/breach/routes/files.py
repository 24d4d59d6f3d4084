"""Files that leave: on a disk, by mail, hidden in another document, on paper."""

from __future__ import annotations

from typing import Final

from benchmarks.breach.desks import PRIVATE
from benchmarks.breach.log import Row
from benchmarks.breach.scene import DAY, MINUTE, Breach, Scene
from benchmarks.breach.staff import Member
from benchmarks.breach.whereabouts import HOUR

ODD_PLACE: Final = ("dropbox.example", "quickpost.example", "filedrop.example")


def usb_copy(scene: Scene, *, insider: bool) -> Breach:
    if insider:
        return _disk_by(scene, _desk_worker(scene), "insider")
    draw = scene.rng.random()
    if draw < 0.4:
        return _disk_by(scene, _desk_worker(scene, has_stick=True), "error")
    return _kiosk(scene) if draw < 0.7 else nothing(scene, "usb_copy", _desk_worker(scene))


def _desk_worker(scene: Scene, *, has_stick: bool = False) -> Member:
    return scene.worker(lambda m: bool(m.stick) or not has_stick)


def wanted(scene: Scene, member: Member, *, own: float = 0.75) -> str:
    """The file that is taken: not one that everybody opens all day."""
    files = scene.organisation.files
    department = member.department if scene.rng.random() < own else scene.rng.choice(list(files))
    names = files[department]
    return names[scene.rng.randrange(len(names) // 4, len(names))]


def sittings(scene: Scene, member: Member, *, honest: bool, length: int = 12 * MINUTE) -> list[int]:
    """Moments at the own desk: on usual days at usual hours, or after hours when nobody is about."""
    found: list[int] = []
    by_night = not honest and scene.chance("at_night")
    for day in [scene.day] if honest else scene.days():
        at = None if by_night else scene.at_desk(member, day, length)
        if at is None and (not honest or day == scene.day):
            at = scene.at_night(member.site, day)
            if honest:
                at = scene.whereabouts.midnights[member.site][day] + int(scene.rng.uniform(9, 15) * HOUR)
            scene.whereabouts.visit(member, at - 8 * MINUTE, at + length, member.home)
        if at is not None:
            found.append(at)
    return found


def _disk_by(scene: Scene, member: Member, actor: str) -> Breach:
    rng, honest = scene.rng, actor == "error"
    asset = wanted(scene, member)
    strange = not honest and (scene.chance("strange_stick") or not member.stick)
    serial = f"{rng.getrandbits(40):010X}" if strange or not member.stick else member.stick
    for at in sittings(scene, member, honest=honest):
        act = scene.act(at, at + 10 * MINUTE, member.home, member.host)
        others = [scene.desks.any_file(member) for _ in range(rng.randint(0, 2) if honest else rng.randint(0, 6))]
        tag = scene.tag()
        scene.desks.disk(member, at, serial, [*others, asset], act.number, tag)
        if not honest and scene.chance("seen_at_once"):
            scene.effect("left", at, act.until, device=f"host:{member.host}", asset=asset, source="files", tag=tag,
                         act=act.number, words="The desktop agent reported files copied to a disk")  # fmt: skip
    leaked(scene, asset, member, found=honest or not scene.drafts)
    why = "took files on a disk" if not honest else "lost a disk with files that were copied for work"
    return Breach("usb_copy", actor, None if honest else member, member.home, member.host, f"{member.code} {why}")


def leaked(scene: Scene, asset: str, member: Member | None, *, found: bool, paper: bool = False) -> None:
    """The file turns up outside, and sometimes the mark of the copy can be read."""
    last = max(
        (act.until for act in scene.acts),
        default=scene.whereabouts.midnights[next(iter(scene.premises.sites))][scene.day],
    )
    first = min((act.since for act in scene.acts), default=last)
    if found or scene.rng.random() < 0.4:
        margin = int(scene.rng.uniform(0.2, 1.5) * DAY)
        since, until = first - margin, max(last + 10 * MINUTE, min(last + margin, scene.end_of_records()))
        scene.effect(
            "found",
            since,
            until,
            asset=asset,
            words="A paper was found outside" if paper else "The file was found outside",
        )
    if member and scene.chance("marked"):
        at = last + int(scene.rng.uniform(0.5, 20) * HOUR)
        scene.rows.append(
            Row(
                at,
                "marks",
                "document.marked",
                member.user,
                "",
                "",
                asset,
                "success",
                {"mark": f"{scene.rng.getrandbits(32):08x}"},
                scene.acts[-1].number if scene.acts else 0,
            )
        )


def _kiosk(scene: Scene) -> Breach:
    """A visitor at a machine that everybody may use."""
    rng, hosts = scene.rng, scene.organisation.staff.hosts
    kiosks = [h for h in hosts.values() if h.kind == "workstation" and not h.owner]
    if not kiosks:
        return nothing(scene, "usb_copy", _desk_worker(scene))
    kiosk = rng.choice(kiosks)
    site, member = scene.premises.rooms[kiosk.zone].site, _desk_worker(scene)
    asset = wanted(scene, member)
    at = scene.whereabouts.midnights[site][scene.day] + int(rng.uniform(9, 16.5) * HOUR)
    act = scene.act(at, at + 10 * MINUTE, kiosk.zone, kiosk.name)
    badge = scene.sign_in(site, at - 5 * MINUTE, at + 15 * MINUTE)
    scene.stranger(site, at - 5 * MINUTE, at + 15 * MINUTE, kiosk.zone, badge, act.number)
    user = Member(-1, "", "", "", "", site, kiosk.zone, kiosk.name, "user:kiosk")
    scene.desks.login("login.success", user.user, kiosk.name, at - MINUTE, 2, act.number)
    tag = scene.tag()
    scene.desks.disk(user, at, f"{rng.getrandbits(40):010X}", [asset], act.number, tag)
    if scene.chance("seen_at_once"):
        scene.effect("left", at, at + 10 * MINUTE, device=f"host:{kiosk.name}", asset=asset, source="files", tag=tag,
                     act=act.number, words="The desktop agent reported files copied to a disk")  # fmt: skip
    leaked(scene, asset, None, found=not scene.drafts)
    return Breach("usb_copy", "outsider", None, kiosk.zone, kiosk.name, "a visitor copied files at a machine for all")


def nothing(scene: Scene, route: str, member: Member, *, paper: bool = False) -> Breach:
    """The file got out elsewhere (a partner, a backup, another's house): there is nothing of it in these records."""
    asset = wanted(scene, member)
    leaked(scene, asset, None, found=True, paper=paper)
    return Breach(route, "none", None, "", "", "the file got out where these records do not reach")


def mail_out(scene: Scene, *, insider: bool) -> Breach:
    member = _desk_worker(scene)
    if insider:
        return _mail_by(scene, member, "insider")
    draw = scene.rng.random()
    if draw < 0.45:
        return _mail_by(scene, member, "error")
    return _mailed_by_machine(scene, member) if draw < 0.75 else nothing(scene, "mail_out", member)


def _mail_by(scene: Scene, member: Member, actor: str) -> Breach:
    rng, honest = scene.rng, actor == "error"
    asset = wanted(scene, member)
    name = member.user[5:] if rng.random() < 0.4 else f"{rng.choice('bdfhjkm')}.{rng.randint(1, 99)}"
    to = f"{name}@{rng.choice(PRIVATE)}"
    if honest or not scene.chance("private_to"):
        to = f"{rng.choice('abcdefgh')}.office@{rng.choice(scene.desks.partners)}"
    for at in sittings(scene, member, honest=honest):
        act = scene.act(at, at + 10 * MINUTE, member.home, member.host)
        tag = scene.tag()
        scene.desks.document("read", member, at - 2 * MINUTE, asset, act.number)
        scene.desks.mail(member, at, asset, to, act.number, tag)
        if scene.chance("seen_at_once"):
            scene.effect("left", at, at, asset=asset, source="mail", tag=tag, act=act.number,
                         words="The mail gateway reported a file sent outside")  # fmt: skip
    leaked(scene, asset, member, found=not scene.drafts)
    why = "mailed the file to the wrong address" if honest else "mailed the file out"
    return Breach("mail_out", actor, None if honest else member, member.home, member.host, f"{member.code} {why}")


def _mailed_by_machine(scene: Scene, member: Member) -> Breach:
    """Malware on somebody's workstation sends mail in his name, at any hour."""
    rng = scene.rng
    asset = wanted(scene, member, own=1.0)
    begin = scene.whereabouts.midnights[member.site][scene.day] + int(rng.uniform(0, 23) * HOUR)
    act = scene.act(begin, begin + 30 * MINUTE, member.home, member.host)
    for number in range(rng.randint(1, 4)):
        at = begin + number * rng.randrange(MINUTE, 7 * MINUTE)
        tag = scene.tag()
        scene.desks.mail(
            member, at, asset, f"q{rng.getrandbits(24):06x}@{rng.choice((*ODD_PLACE, *PRIVATE))}", act.number, tag
        )
        if scene.chance("seen_at_once"):
            scene.effect("left", at, at, asset=asset, source="mail", tag=tag, act=act.number,
                         words="The mail gateway reported a file sent outside")  # fmt: skip
    if rng.random() < 0.7:
        device = f"host:{member.host}"
        scene.rows.append(
            Row(
                begin + rng.randrange(-HOUR, 8 * HOUR),
                "antivirus",
                "host.malware",
                "",
                "",
                device,
                "",
                "",
                {"name": "Mailer.Gen"},
                act.number,
            )
        )
    scene.desks.flow(member.host, begin - 3 * MINUTE, scene.desks.outside(), 3_000, act.number)
    leaked(scene, asset, None, found=not scene.drafts)
    return Breach("mail_out", "malware", None, member.home, member.host, f"malware on {member.host} mailed it")


def hidden_in_document(scene: Scene, *, insider: bool) -> Breach:
    member = _desk_worker(scene)
    if insider:
        return _hidden_by(scene, member, "insider")
    draw = scene.rng.random()
    if draw < 0.3:
        return _hidden_by(scene, member, "error")
    return _hidden_by(scene, member, "malware") if draw < 0.7 else nothing(scene, "hidden_in_document", member)


def _hidden_by(scene: Scene, member: Member, actor: str) -> Breach:
    """A harmless document grows by what is put into it, and is then sent where documents are sent."""
    rng, desks, sizes = scene.rng, scene.desks, scene.organisation.sizes
    asset, cover = wanted(scene, member), desks.any_file(member)
    while cover == asset:
        cover = rng.choice(scene.organisation.files[member.department])
    night = [scene.at_night(member.site, scene.day)]
    for at in night if actor == "malware" else sittings(scene, member, honest=actor == "error"):
        act = scene.act(at - 15 * MINUTE, at + 10 * MINUTE, member.home, member.host)
        before = sizes[cover]
        grown = before + round(sizes[asset] * rng.uniform(0.3, 0.9)) if actor != "error" else round(before * 1.15)
        desks.document("read", member, at - 12 * MINUTE, asset, act.number)
        sizes[cover] = grown
        desks.document("written", member, at - 6 * MINUTE, cover, act.number, before=before)
        tag = scene.tag()
        to = f"{rng.choice('abcdefgh')}.office@{rng.choice(desks.partners)}"
        if actor != "error" and scene.chance("private_to"):
            to = f"{rng.choice('abcdefgh')}{rng.randint(1, 99)}@{rng.choice(PRIVATE)}"
        if actor == "malware" or (actor == "insider" and rng.random() < 0.3):
            desks.flow(member.host, at, scene.desks.outside(), grown, act.number, tag)
        else:
            desks.mail(member, at, cover, to, act.number, tag, size=grown)
        if scene.chance("seen_at_once"):
            scene.effect("left", at, at, asset=cover, source=desks.rows[-1].source, tag=tag, act=act.number,
                         words="A document that was sent holds more than it shows")  # fmt: skip
    leaked(scene, asset, member if actor == "insider" else None, found=True)
    who = member if actor == "insider" else None
    return Breach("hidden_in_document", actor, who, member.home, member.host, f"hidden in {cover} at {member.host}")


def hard_copy(scene: Scene, *, insider: bool) -> Breach:
    member = _desk_worker(scene)
    if insider:
        return _printed_by(scene, member, "insider")
    draw = scene.rng.random()
    if draw < 0.4:
        return _printed_by(scene, member, "error")
    return _printed_by(scene, member, "outsider") if draw < 0.7 else nothing(scene, "hard_copy", member, paper=True)


def _printed_by(scene: Scene, member: Member, actor: str) -> Breach:
    rng, honest = scene.rng, actor != "insider"
    asset = wanted(scene, member, own=0.95 if honest else 0.6)
    printer = scene.desks.printers[member.home]
    corridor = scene.premises.door_of(member.home).outer
    for at in sittings(scene, member, honest=honest):
        act = scene.act(at, at + 12 * MINUTE, corridor, printer)
        scene.desks.print(member, at, asset, rng.randint(2, 12) if honest else rng.randint(6, 120), act.number)
        if actor == "outsider":
            badge = scene.sign_in(member.site, at + 2 * MINUTE, at + 6 * MINUTE)
            scene.stranger(member.site, at + 2 * MINUTE, at + 6 * MINUTE, corridor, badge, act.number)
        elif at + 8 * MINUTE < scene.whereabouts.next_change(member, at):
            scene.whereabouts.visit(member, at + 2 * MINUTE, at + 4 * MINUTE, corridor, act=act.number)
    leaked(scene, asset, member, found=True, paper=True)
    why = {"insider": "printed it and carried it out", "error": "left a print in a public place",
           "outsider": "printed it, and a visitor took it from the printer"}[actor]  # fmt: skip
    return Breach("hard_copy", actor, member if actor == "insider" else None, corridor, printer, f"{member.code} {why}")
