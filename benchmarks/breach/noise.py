"""What happens anyway: machines among themselves, false alarms, failing devices, visitors, mistakes with badges."""

from __future__ import annotations

from random import Random
from typing import Final

from benchmarks.breach.log import IN, SECOND, Row
from benchmarks.breach.rates import Rates, about, drawn
from benchmarks.breach.scene import DAY, MINUTE, Scene
from benchmarks.breach.staff import Member
from benchmarks.breach.whereabouts import HOUR, OWN, Stay

# A day's mean; "each" is for each of the staff.
RANGES: Final = {
    "service_logins": (4, 14), "scans_each": (0.05, 0.5), "alerts": (0.3, 4.0), "malware_each": (0.0005, 0.004),
    "programs_each": (0.005, 0.06), "updates_each": (0.002, 0.03), "tampers": (0.0, 0.25), "covered": (0.0, 0.2),
    "outages": (0.05, 0.8), "refused_each": (0.003, 0.03), "forced": (0.0, 0.12), "held": (0.1, 1.5),
    "visitors": (0.2, 4.0), "old_badges": (0.0, 0.25), "swapped_each": (0.0, 0.0008), "other_desk_each": (0.001, 0.012),
    "server_copies": (0.5, 4.0), "cloud": (0.3, 3.0),
}  # fmt: skip
REPORTERS: Final = {"camera": "cameras", "reader": "doors"}
DETECTIONS: Final = ("Toolbar.Gen", "Adware.Kit", "Remote.Tool", "Macro.Test", "Loader.Gen", "Crack.Tool", "Stealer.B")
PROGRAMS: Final = (
    "update32.exe",
    "viewer_setup.exe",
    "chat_client.exe",
    "zipper.exe",
    "font_tool.exe",
    "rsupport.exe",
    "svchelper.exe",
)
SIGNATURES: Final = (
    "Periodic connection to a new address",
    "Unusual port",
    "Old protocol",
    "Name looked up often",
    "Large upload",
)


class Noise:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.rng: Random = scene.rng
        self.rates: Rates = drawn(scene.rng, RANGES)
        self.staff = scene.organisation.staff
        self.desks = [m for m in scene.members if m.host]
        self.devices = _devices(scene)

    def make(self) -> None:
        """Every day's, after everybody's walks are known and before they are on record: some mistakes change those."""
        for day in range(self.scene.whereabouts.days):
            for site, begins in self.scene.whereabouts.midnights.items():
                share = self.scene.premises.sites[site].share
                self._machines(site, begins[day], share)
                self._sensors(site, begins[day], share)
                self._people(site, begins[day], share)

    def _times(self, rate: str, begin: int, share: float, *, each: bool = False, work: bool = False) -> list[int]:
        mean = self.rates[rate] * share * (len(self.scene.members) if each else 1)
        low, high = (8 * HOUR, 18 * HOUR) if work else (0, DAY)
        return [begin + self.rng.randrange(low, high) for _ in range(about(self.rng, mean))]

    def _add(self, at: int, source: str, kind: str, **columns: object) -> None:
        self.scene.rows.append(Row(at, source, kind, **columns))  # type: ignore[arg-type]

    def _machines(self, site: str, begin: int, share: float) -> None:
        rng, desks, firewall = self.rng, self.scene.desks, f"host:{site}-FW1"
        address = self.staff.addresses
        for at in self._times("service_logins", begin, share):
            server = rng.choice(("FS", "DB", "DC", "MX"))
            user = rng.choice(("user:svc-backup", "user:svc-scan", "user:svc-deploy"))
            desks.login("login.success", user, f"{site}-{server}1", at, 3, address=address[f"{site}-DC1"])
        for at in self._times("scans_each", begin, share, each=True):
            away = f"ip:{desks.stranger()}"
            self._add(at, "firewall", "network.blocked", actor=away, device=firewall, outcome="failure",
                      data={"src_ip": away[3:], "dst_port": rng.choice((22, 443, 445, 3389))})  # fmt: skip
        for at in self._times("alerts", begin, share):
            host = rng.choice(self.desks).host
            away = desks.outside()
            self._add(at, "firewall", "network.alert", actor=f"ip:{address[host]}", device=firewall, asset=f"ip:{away}",
                      data={"signature": rng.choice(SIGNATURES)})  # fmt: skip
        for at in self._times("cloud", begin, share):
            desks.flow(rng.choice(self.desks).host, at, desks.outside(), rng.randint(5_000_000, 400_000_000))
        self._hosts(begin, share, site)

    def _hosts(self, begin: int, share: float, site: str) -> None:
        rng = self.rng
        for at in self._times("malware_each", begin, share, each=True):
            self._add(
                at,
                "antivirus",
                "host.malware",
                device=f"host:{rng.choice(self.desks).host}",
                data={"name": rng.choice(DETECTIONS)},
            )
        for at in self._times("programs_each", begin, share, each=True, work=True):
            member = rng.choice(self.desks)
            path = f"C:\\Users\\{member.user[5:]}\\AppData\\" if rng.random() < 0.8 else "E:\\"
            self._at_desk(at, member, "host.process", {"Image": path + rng.choice(PROGRAMS)}, member.user)
        for at in self._times("updates_each", begin, share, each=True):
            member = rng.choice(self.desks)
            by = member.user if rng.random() < 0.15 else ""
            for shift, state in ((0, "stopped"), (40 * SECOND, "running")):
                self._at_desk(at + shift, member, "host.service", {"service": "protection", "state": state}, by)
        for at in self._times("server_copies", begin, share):
            member = rng.choice(self.desks)
            self.scene.desks.document(
                "copied", member, at, self.scene.desks.any_file(member), target=f"\\\\{site}-FS1\\archive"
            )

    def _at_desk(self, at: int, member: Member, kind: str, data: dict[str, str], user: str) -> None:
        self._add(at, f"{member.site.lower()}-desktops", kind, actor=user, device=f"host:{member.host}", data=data)

    def _sensors(self, site: str, begin: int, share: float) -> None:
        rng, found = self.rng, self.devices[site]
        for rate, kinds, what in (("tampers", ("alarm.tamper", "alarm.restored"), "detector"),
                                  ("covered", ("camera.covered", "camera.clear"), "camera"),
                                  ("outages", ("device.offline", "device.online"), "any")):  # fmt: skip
            for at in self._times(rate, begin, share):
                if not (fitting := found[what]):
                    continue
                device, place = rng.choice(fitting)
                until = at + int(rng.uniform(0.5, 240) * MINUTE)
                what_kind = device.partition(":")[0]
                source = f"{site.lower()}-{REPORTERS.get(what_kind, 'sensors')}"
                self._add(at, source, kinds[0], place=place, device=device)
                self._add(until, source, kinds[1], place=place, device=device)
                self.scene.muted.append((device, at + SECOND, until - SECOND))
        doors = [
            d
            for d in self.scene.premises.doors.values()
            if d.reader_in and self.scene.premises.rooms[d.inner].site == site
        ]
        for rate, kind in (("forced", "door.forced"), ("held", "door.held")):
            for at in self._times(rate, begin, share, work=kind == "door.held"):
                self._add(at, f"{site.lower()}-doors", kind, place=f"portal:{rng.choice(doors).code}")

    def _people(self, site: str, begin: int, share: float) -> None:
        rng, source = self.rng, f"{site.lower()}-doors"
        doors = [
            d
            for d in self.scene.premises.doors.values()
            if d.reader_in and self.scene.premises.rooms[d.inner].site == site
        ]
        local = [m for m in self.scene.members if m.site == site]
        for at in self._times("refused_each", begin, share, each=True, work=True):
            member, door = rng.choice(local), rng.choice(doors)
            if (
                door.inner not in member.rooms
                and self.scene.whereabouts.room(member, at) != self.scene.premises.sites[site].street
            ):
                self._add(
                    at,
                    source,
                    "door.denied",
                    actor=member.badge,
                    place=f"portal:{door.code}",
                    device=door.reader_in,
                    outcome="failure",
                    data=IN,
                )
        for at in self._times("old_badges", begin, share, work=True):
            badges = self.staff.open_badges
            if badges:
                self._old_badge(at, rng.choice(badges), source)
        for at in self._times("visitors", begin, share, work=True):
            self._visitor(site, at)
        for at in self._times("swapped_each", begin, share, each=True, work=True):
            self._swap(rng.choice(local), at)
        for at in self._times("other_desk_each", begin, share, each=True, work=True):
            self._other_desk(rng.choice(self.desks), at)

    def _old_badge(self, at: int, ended: tuple[str, str], source: str) -> None:
        """Found again in a drawer, and shown at the own office's door by its owner."""
        badge, code = ended
        owner = self.scene.organisation.member(code)
        door = self.scene.premises.door_of(owner.home)
        if owner.left_on is None and door.reader_in and owner.site.lower() in source:
            kind, outcome = ("door.granted", "success") if self.rng.random() < 0.6 else ("door.denied", "failure")
            self._add(
                at,
                source,
                kind,
                actor=badge,
                place=f"portal:{door.code}",
                device=door.reader_in,
                outcome=outcome,
                data=IN,
            )

    def _visitor(self, site: str, at: int) -> None:
        """Signed in at the desk, brought to a meeting room, and home again."""
        until = at + int(self.rng.uniform(0.4, 5) * HOUR)
        room = self.rng.choice(self.scene.premises.of_use("meeting", site=site)).code
        self.scene.stranger(site, at, until, room, self.scene.sign_in(site, at, until), 0)

    def _swap(self, member: Member, at: int) -> None:
        """Two who sit together take each other's badge from the table, and notice in the evening."""
        scene, lives = self.scene, self.scene.whereabouts.lives
        others = [m for m in scene.inside(member.home, at) if m is not member]
        if not others or scene.whereabouts.room(member, at) != member.home:
            return
        other = self.rng.choice(others)
        for one, two in ((member, other), (other, member)):
            if one.index not in scene.lived:
                lives[one.index][:] = [
                    Stay(s.since, s.room, two.badge, s.act)
                    if at < s.since < at + 8 * HOUR and s.badge == OWN and not s.act
                    else s
                    for s in lives[one.index]
                ]

    def _other_desk(self, member: Member, at: int) -> None:
        """The own user account at the machine of somebody in the same room, to show something."""
        if self.scene.whereabouts.room(member, at) != member.home:
            return
        near = [m for m in self.desks if m.home == member.home and m is not member]
        if near:
            host = self.rng.choice(near).host
            self.scene.desks.login("login.success", member.user, host, at, 2)
            self.scene.desks.login(
                "login.logout", member.user, host, at + self.rng.randrange(2 * MINUTE, 30 * MINUTE), 2
            )


def _devices(scene: Scene) -> dict[str, dict[str, list[tuple[str, str]]]]:
    """By site and kind, (device, where it is)."""
    found: dict[str, dict[str, list[tuple[str, str]]]]
    found = {site: {"detector": [], "camera": [], "any": []} for site in scene.premises.sites}
    for room in scene.premises.rooms.values():
        if room.detector:
            found[room.site]["detector"].append((room.detector, f"zone:{room.code}"))
            found[room.site]["any"].append((room.detector, f"zone:{room.code}"))
    for door in scene.premises.doors.values():
        site = scene.premises.rooms[door.inner].site
        if door.camera:
            found[site]["camera"].append((door.camera, f"portal:{door.code}"))
        found[site]["any"] += [(device, f"portal:{door.code}") for device in (door.camera, door.reader_in) if device]
    return found
