"""Machines taken over: malware that somebody caught or brought, and logins from outside."""

from __future__ import annotations

from typing import Final

from benchmarks.breach.log import SECOND, Row
from benchmarks.breach.routes.files import nothing, sittings, wanted
from benchmarks.breach.scene import MINUTE, Act, Breach, Scene
from benchmarks.breach.staff import Member
from benchmarks.breach.whereabouts import HOUR

NAMES: Final = ("Loader.Gen", "Remote.Tool", "Stealer.B", "Beacon.C", "Dropper.K")
TOOLS: Final = ("update32.exe", "viewer_setup.exe", "invoice_scan.exe", "svchelper.exe", "rsupport.exe")


def remote_malware(scene: Scene, *, insider: bool) -> Breach:
    draw = scene.rng.random()
    member = scene.worker()
    if insider:
        return _brought(scene, member)
    if draw > 0.85:
        return nothing(scene, "remote_malware", member)
    return _caught(scene, member) if draw < 0.5 else _from_outside(scene, member)


def _process(scene: Scene, member: Member, at: int, tool: str, act: int) -> None:
    source, device = f"{member.site.lower()}-desktops", f"host:{member.host}"
    path = f"C:\\Users\\{member.user[5:]}\\AppData\\{tool}" if scene.rng.random() < 0.5 else f"E:\\{tool}"
    scene.rows.append(Row(at, source, "host.process", member.user, "", device, "", "", {"Image": path}, act))


def _stop_protection(scene: Scene, member: Member, at: int, act: int) -> None:
    source, data = f"{member.site.lower()}-desktops", {"service": "protection", "state": "stopped"}
    scene.rows.append(Row(at, source, "host.service", member.user, "", f"host:{member.host}", "", "", data, act))


def _brought(scene: Scene, member: Member) -> Breach:
    """Protection switched off, a tool run from an own disk, and then it works by itself."""
    rng, source, device = scene.rng, f"{member.site.lower()}-desktops", f"host:{member.host}"
    at = sittings(scene, member, honest=False)[-1]
    act = scene.act(at, at + 10 * MINUTE, member.home, member.host)
    if rng.random() < 0.7:
        _stop_protection(scene, member, at - 3 * MINUTE, act.number)
    if rng.random() < 0.75:
        scene.desks.disk(member, at, f"{rng.getrandbits(40):010X}", [], act.number)
    _process(scene, member, at + MINUTE, rng.choice(TOOLS), act.number)
    if rng.random() < 0.25:
        scene.rows.append(
            Row(at + 9 * MINUTE, source, "host.logclear", member.user, "", device, "", "", None, act.number)
        )
    _works(scene, member, at + 4 * MINUTE, act, detected=rng.random() < 0.35)
    return Breach(
        "remote_malware", "insider", member, member.home, member.host, f"{member.code} ran it at {member.host}"
    )


def _caught(scene: Scene, member: Member) -> Breach:
    """A mail's attachment, a web page or a disk from the car park, opened in good faith or by nobody at all."""
    rng = scene.rng
    at = scene.at_desk(member, scene.day, 10 * MINUTE) or scene.at_night(member.site, scene.day)
    act = scene.act(at, at + 10 * MINUTE, member.home, member.host)
    if rng.random() < 0.15:
        scene.desks.disk(member, at - 90 * SECOND, f"{rng.getrandbits(40):010X}", [], act.number)
    scene.desks.flow(
        member.host,
        at - 40 * SECOND,
        scene.desks.outside(),
        rng.randint(80_000, 4_000_000),
        act.number,
        kind="network.web",
    )
    _process(scene, member, at, rng.choice(TOOLS), act.number)
    if rng.random() < 0.25:
        _stop_protection(scene, member, at + 30 * SECOND, act.number)
    _works(scene, member, at + 2 * MINUTE, act, detected=rng.random() < 0.6)
    return Breach("remote_malware", "malware", None, member.home, member.host, f"malware on {member.host}")


def _works(scene: Scene, member: Member, at: int, act: Act, *, detected: bool) -> None:
    """Calls home again and again, is noticed or not, and takes or spoils what it finds."""
    rng, desks, device = scene.rng, scene.desks, f"host:{member.host}"
    away = desks.outside() if rng.random() < 0.4 else desks.stranger()
    every, until, beat = rng.uniform(8, 70) * MINUTE, at + int(rng.uniform(2, 14) * HOUR), at
    while beat < until:
        desks.flow(member.host, beat, away, rng.randint(300, 900), act.number)
        beat += int(every * rng.uniform(0.85, 1.15))
    if detected:
        found, data = at + rng.randrange(MINUTE, 5 * HOUR), {"name": rng.choice(NAMES)}
        scene.rows.append(Row(found, "antivirus", "host.malware", "", "", device, data=data, act=act.number))
    if rng.random() < 0.55:
        _alert(scene, member, at + rng.randrange(3 * MINUTE, 2 * HOUR), away, act)
    _takes(scene, member, member.host, rng.randrange(at + 20 * MINUTE, max(until, at + 21 * MINUTE)), away, act)


def _alert(scene: Scene, member: Member, at: int, away: str, act: Act) -> None:
    own, device = f"ip:{scene.organisation.staff.addresses[member.host]}", f"host:{member.site}-FW1"
    data = {"signature": scene.rng.choice(("Periodic connection to a new address", "Large upload", "Unusual port"))}
    scene.rows.append(Row(at, "firewall", "network.alert", own, "", device, f"ip:{away}", data=data, act=act.number))


def _takes(scene: Scene, member: Member, host: str, at: int, away: str, act: Act) -> None:
    """Through the file server, in the name of the account that it has, and out; or files are destroyed."""
    rng, desks, server, tag = scene.rng, scene.desks, f"{member.site}-FS1", scene.tag()
    asset, address = wanted(scene, member, own=0.6), scene.organisation.staff.addresses[host]
    desks.login("login.success", member.user, server, at, 3, act.number, address=address)
    spoils = rng.random() < 0.3
    for number in range(rng.randint(3, 14)):
        at += rng.randint(2, 40) * SECOND
        name = asset if number == 2 else desks.any_file(member)
        kind, data = "deleted" if spoils else "read", {"size": scene.organisation.sizes[name], "src_ip": address}
        scene.rows.append(Row(at, "files", f"document.{kind}", member.user, "", f"host:{server}", name, "success", data,
                              act.number, tag if spoils else 0))  # fmt: skip
    if spoils:
        scene.effect("changed", act.since, at, device=f"host:{server}", asset=asset, source="files", tag=tag,
                     act=act.number, words="Files were destroyed")  # fmt: skip
        return
    at += rng.randint(2, 30) * MINUTE
    desks.flow(host, at, away, rng.randint(20_000_000, 900_000_000), act.number, tag)
    known = {"device": f"host:{host}"} if rng.random() < 0.4 else {}
    scene.effect("left", at, at, asset=asset if rng.random() < 0.5 else "", source="firewall", tag=tag,
                 act=act.number, words="A large upload to an unknown address", **known)  # fmt: skip


def _from_outside(scene: Scene, member: Member) -> Breach:
    """A stolen password at the way in for those who work from home."""
    rng, gate, site = scene.rng, f"{member.site}-VPN1", member.site
    at = (
        scene.at_night(site, scene.day)
        if scene.chance("at_night")
        else scene.whereabouts.midnights[site][scene.day] + int(rng.uniform(7, 21) * HOUR)
    )
    address = scene.desks.stranger()
    room = scene.organisation.staff.hosts[gate].zone
    act = scene.act(at, at + 30 * MINUTE, room, gate)
    for number in range(rng.randint(0, 9)):
        scene.desks.login(
            "login.failure",
            member.user,
            gate,
            at - (number + 1) * rng.randint(4, 50) * SECOND,
            3,
            act.number,
            address=address,
        )
    scene.desks.login("login.success", member.user, gate, at, 3, act.number, address=address)
    _takes(scene, member, gate, at + rng.randrange(5 * MINUTE, 2 * HOUR), address, act)
    return Breach(
        "remote_malware", "outsider", None, room, gate, f"a login from {address} as {member.code}", credential=member
    )
