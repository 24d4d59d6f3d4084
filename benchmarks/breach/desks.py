"""What work leaves: logins, locks, files read and written, prints, mails and disks, at the desk and from home."""

from __future__ import annotations

from random import Random
from typing import Any, Final

from benchmarks.breach.log import SECOND, Row
from benchmarks.breach.organisation import Organisation
from benchmarks.breach.rates import drawn, log_uniform
from benchmarks.breach.staff import Member
from benchmarks.breach.whereabouts import HOUR, Whereabouts

RANGES: Final = {
    "deeds_per_hour": (0.7, 2.2), "share_read": (5, 10), "share_written": (1.5, 4), "share_copied": (0.1, 0.6),
    "share_printed": (0.3, 1.2), "share_mailed": (0.6, 2.0), "share_web": (1, 4), "share_flow": (0.5, 2),
    "share_disk": (0.01, 0.08), "mail_outside": (0.1, 0.4), "private_mail": (0.003, 0.02), "mistypes": (0.01, 0.06),
    "other_department": (0.02, 0.15), "favourites": (2.0, 5.0), "logs_out": (0.4, 0.9), "mail_has_address": (0.5, 1.0),
    "new_stick": (0.02, 0.12), "new_address": (0.05, 0.3), "grows": (0.01, 0.08), "travels": (0.01, 0.1),
}  # fmt: skip
PARTNERS: Final = tuple(
    f"{name}.example" for name in (
        "acorn-law", "birch-audit", "cedar-parts", "delta-freight", "elm-steel", "fjord-labs", "grove-bank",
        "heath-press", "iris-optics", "juniper-it", "kestrel-tools", "linden-chem", "maple-print", "nova-foundry",
        "oak-insurance")
)  # fmt: skip
PRIVATE: Final = ("mailbox.example", "freemail.example", "webpost.example", "inbox.example")
LARGEST: Final = 4_000_000_000
"""Bytes at which a file stops growing, however often it is written."""
_KINDS: Final = ("read", "written", "copied", "printed", "mailed", "web", "flow", "disk")


class Desks:
    def __init__(self, rng: Random, organisation: Organisation, whereabouts: Whereabouts) -> None:
        self.rng = rng
        self.organisation = organisation
        self.whereabouts = whereabouts
        self.rates = drawn(rng, RANGES)
        self.rows: list[Row] = []
        total, weights = 0.0, []
        for kind in _KINDS:
            total += self.rates[f"share_{kind}"]
            weights.append(total)
        self._weights = [weight / total for weight in weights]
        self.partners = rng.sample(PARTNERS, rng.randint(4, 10))
        self._addresses = organisation.staff.addresses
        self._popular = [self.stranger() for _ in range(40)]
        printers = {h.zone: h.name for h in organisation.staff.hosts.values() if h.kind == "printer"}
        doors = organisation.premises.doors.values()
        self.printers = {d.inner: printers[d.outer] for d in doors if d.outer in printers}
        self.left_open: set[tuple[int, int]] = set()
        """(Member's index, when he goes): desks that are left unlocked then."""

    def life(self, member: Member) -> None:
        if not member.host:
            return
        stays = self.whereabouts.lives[member.index]
        is_in, is_locked = False, False
        for number, stay in enumerate(stays):
            if stay.room != member.home:
                continue
            until = stays[number + 1].since if number + 1 < len(stays) else stay.since + HOUR
            begin = stay.since + int((70 + 110 * self.rng.random()) * SECOND)
            if until - begin < 90 * SECOND:
                continue
            if not is_in or is_locked:
                self._enter(member, begin, is_in=is_in)
            self.work(member, begin, until)
            is_last = number + 1 >= len(stays) or self._is_evening(member, stays[number + 1].room, until)
            is_in, is_locked = self._leave(member, until, is_last=is_last)
        for number in self.whereabouts.at_home[member.index]:
            self.from_home(member, number)

    def _is_evening(self, member: Member, room: str, at: int) -> bool:
        is_street = room == self.organisation.premises.street(member.home)
        return is_street and self.whereabouts.next_change(member, at) - at > 3 * HOUR

    def _enter(self, member: Member, at: int, *, is_in: bool) -> None:
        if self.rng.random() < self.rates["mistypes"]:
            self.login("login.failure", member.user, member.host, at - 9 * SECOND, 7 if is_in else 2)
        self.login("login.unlock" if is_in else "login.success", member.user, member.host, at, 7 if is_in else 2)

    def _leave(self, member: Member, until: int, *, is_last: bool) -> tuple[bool, bool]:
        at, draw = until - int((5 + 20 * self.rng.random()) * SECOND), self.rng.random()
        if is_last and draw < self.rates["logs_out"]:
            self.login("login.logout", member.user, member.host, at, 2)
            return False, False
        if (draw < member.locks and (member.index, until) not in self.left_open) or is_last:
            self.login("login.lock", member.user, member.host, at, 2)
            return True, True
        return True, False

    def login(self, kind: str, user: str, host: str, at: int, logon: int, act: int = 0, address: str = "") -> None:
        data: dict[str, Any] = {"LogonType": logon}
        if address:
            data["src_ip"] = address
        outcome = "failure" if kind == "login.failure" else "success"
        self.rows.append(Row(at, "directory", kind, user, "", f"host:{host}", "", outcome, data, act))

    def work(self, member: Member, begin: int, until: int) -> None:
        rng, span = self.rng, until - begin
        count = int(span / HOUR * self.rates["deeds_per_hour"] * member.pace * 2 * rng.random() + rng.random())
        for _ in range(count):
            self.deed(member, begin + int(rng.random() * span))

    def deed(self, member: Member, at: int) -> None:
        draw, weights, number = self.rng.random(), self._weights, 0
        while draw > weights[number]:
            number += 1
        getattr(self, f"_{_KINDS[number]}")(member, at)

    def any_file(self, member: Member) -> str:
        rng, files = self.rng, self.organisation.files
        department = member.department
        if rng.random() < self.rates["other_department"]:
            department = rng.choice(list(files))
        names = files[department]
        return names[int(len(names) * rng.random() ** self.rates["favourites"])]

    def document(self, what: str, member: Member, at: int, asset: str, act: int = 0, tag: int = 0, **data: Any) -> None:
        data = {"size": self.organisation.sizes[asset], **data}
        self.rows.append(
            Row(
                at,
                "files",
                f"document.{what}",
                member.user,
                "",
                f"host:{member.host}",
                asset,
                "success",
                data,
                act,
                tag,
            )
        )

    def _read(self, member: Member, at: int) -> None:
        self.document("read", member, at, self.any_file(member))

    def _written(self, member: Member, at: int) -> None:
        asset, sizes = self.any_file(member), self.organisation.sizes
        before, most = sizes[asset], 1.8 if self.rng.random() < self.rates["grows"] else 1.05
        sizes[asset] = min(LARGEST, max(4_000, round(before * self.rng.uniform(0.97, most))))
        self.document("written", member, at, asset, before=before)

    def _copied(self, member: Member, at: int) -> None:
        asset = self.any_file(member)
        self.document("copied", member, at, asset, target=f"C:\\Users\\{member.user[5:]}\\{asset.rpartition('/')[2]}")

    def _printed(self, member: Member, at: int) -> None:
        self.print(member, at, self.any_file(member), self.rng.randint(1, 30))

    def print(self, member: Member, at: int, asset: str, pages: int, act: int = 0, tag: int = 0) -> None:
        printer = self.printers[member.home]
        data = {"pages": pages, "src_ip": self._addresses[member.host]}
        self.rows.append(
            Row(
                at, "printing", "document.printed", member.user, "", f"host:{printer}", asset, "success", data, act, tag
            )
        )

    def _mailed(self, member: Member, at: int) -> None:
        rng, draw = self.rng, self.rng.random()
        if draw < self.rates["private_mail"]:
            to = f"{member.user[5:]}@{rng.choice(PRIVATE)}"
        elif draw < self.rates["mail_outside"]:
            to = self.partner()
        else:
            to = f"{rng.choice(self.organisation.staff.members).user[5:]}@ours.example"
        self.mail(member, at, self.any_file(member), to)

    def partner(self) -> str:
        """Somebody at one of the houses with which this one corresponds."""
        rng = self.rng
        return (
            f"{rng.choice('abcdefgh')}.{rng.choice(('orders', 'office', 'desk', 'team'))}@{rng.choice(self.partners)}"
        )

    def mail(self, member: Member, at: int, asset: str, to: str, act: int = 0, tag: int = 0, size: int = 0) -> None:
        data: dict[str, Any] = {"to": to, "size": round((size or self.organisation.sizes[asset]) * 1.37)}
        if self.rng.random() < self.rates["mail_has_address"]:
            data["src_ip"] = self._addresses[member.host]
        self.rows.append(
            Row(
                at, "mail", "network.mail", member.user, "", f"host:{member.site}-MX1", asset, "success", data, act, tag
            )
        )

    def stranger(self) -> str:
        """An address outside, from the networks set aside for trials (RFC 2544)."""
        return f"198.{self.rng.randint(18, 19)}.{self.rng.randrange(256)}.{self.rng.randint(1, 254)}"

    def outside(self) -> str:
        """Where a machine connects to: mostly where all of them do."""
        if self.rng.random() < self.rates["new_address"]:
            return self.stranger()
        return self._popular[int(len(self._popular) * self.rng.random() ** 2)]

    def _web(self, member: Member, at: int) -> None:
        self.flow(member.host, at, self.outside(), round(log_uniform(self.rng, 500, 400_000)), kind="network.web")

    def _flow(self, member: Member, at: int) -> None:
        self.flow(member.host, at, self.outside(), round(log_uniform(self.rng, 800, 30_000_000)))

    def flow(
        self, host: str, at: int, to: str, size: int, act: int = 0, tag: int = 0, kind: str = "network.flow"
    ) -> None:
        address = self._addresses[host]
        data = {"src_ip": address, "dst_ip": to, "dst_port": 443, "size": size}
        self.rows.append(
            Row(
                at, "firewall", kind, f"ip:{address}", "", f"host:{host[:2]}-FW1", f"ip:{to}", "success", data, act, tag
            )
        )

    def _disk(self, member: Member, at: int) -> None:
        if member.stick:
            is_new = self.rng.random() < self.rates["new_stick"]
            serial = f"{self.rng.getrandbits(40):010X}" if is_new else member.stick
            self.disk(member, at, serial, [self.any_file(member) for _ in range(self.rng.randint(0, 3))])

    def disk(self, member: Member, at: int, serial: str, assets: list[str], act: int = 0, tag: int = 0) -> int:
        """Connected, files copied one after the other, removed; returns when."""
        source, device, rng = f"{member.site.lower()}-desktops", f"host:{member.host}", self.rng
        self.rows.append(Row(at, source, "host.usb", "", "", device, "", "success", {"serial": serial}, act, tag))
        for asset in assets:
            at += int(rng.uniform(8, 90) * SECOND)
            self.document("copied", member, at, asset, act, tag, target=f"E:\\{asset.rpartition('/')[2]}")
        at += int(rng.uniform(10, 400) * SECOND)
        self.rows.append(
            Row(at, source, "host.usbremoved", "", "", device, "", "success", {"serial": serial}, act, tag)
        )
        return at

    def from_home(self, member: Member, number: int) -> None:
        rng, site = self.rng, member.site
        address = f"203.0.113.{member.index % 250 + 1}" if rng.random() > self.rates["travels"] else self.stranger()
        begin = self.whereabouts.midnights[site][number] + int((member.arrive + rng.gauss(0, 0.4)) * HOUR)
        until = begin + int(rng.uniform(5, 9) * HOUR)
        self.login("login.success", member.user, f"{site}-VPN1", begin, 3, address=address)
        for _ in range(int(self.rates["deeds_per_hour"] * member.pace * 5 * rng.random())):
            asset, at = self.any_file(member), begin + int(rng.random() * (until - begin))
            data = {"size": self.organisation.sizes[asset], "src_ip": address}
            kind = "document.written" if rng.random() < 0.25 else "document.read"
            self.rows.append(Row(at, "files", kind, member.user, "", f"host:{site}-FS1", asset, "success", data))
        self.login("login.logout", member.user, f"{site}-VPN1", until, 3, address=address)
