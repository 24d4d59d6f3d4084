"""Looking for the signs around a possible deed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final

import numpy as np

from bartizan.engines.context import Estate
from bartizan.engines.context.aliases import Aliases
from bartizan.engines.observe import moment
from bartizan.engines.pinpoint.units import DAY, HOUR, MINUTE
from bartizan.engines.pinpoint.who.acts import Act, Known
from bartizan.engines.pinpoint.who.alibi import AWAY, CLOSE, ELSEWHERE, NEAR, Alibis, is_weekend
from bartizan.engines.pinpoint.who.log import Ints, Log, figure
from bartizan.engines.pinpoint.who.signs import SIGNS, Sign
from bartizan.engines.pinpoint.who.staff import is_contractor
from bartizan.engines.pinpoint.who.weigh import Rate
from bartizan.engines.pinpoint.words import site_zone

_NONE: Final = np.empty(0, dtype=np.int64)
_CLOCKS: Final = 30.0
"""Seconds beyond both clocks' errors that must be missing on a way before a badge counts as being in two places."""
_LEAST_DAYS: Final = 3
_LEAST_LOGINS: Final = 5
_HARDLY: Final = 0.1
"""Share of comparable days with a record at an hour up to which it is unusual."""
_SILENT: Final = 7 * DAY
_COUNTED: Final = ("camera.person", "camera.crossed")
_NEEDS: Final = {
    "surplus": _COUNTED, "unread": ("door.opened",), "strange mail": ("network.mail",), "beacon": ("network.flow",),
    "carrier": ("document.written",), "strange program": ("host.process",), "nobody seen": ("camera.watched",),
}  # fmt: skip
"""Without records of any of these kinds the absence of the sign says nothing."""
_WATCHED: Final = 10 * MINUTE
"""A camera says at least so often that it has watched."""
_SEAM: Final = MINUTE // 20
"""Between two of its reports no more than this is missing."""


class Signs:
    """Looks around a deed."""

    def __init__(self, log: Log, estate: Estate, alibis: Alibis, effects: Sequence[Known]) -> None:
        self._log, self._estate, self._alibis, self._effects = log, estate, alibis, effects
        self._number = {code: n for n, code in enumerate(alibis.people)}
        self._names = Aliases(estate)
        self._sizes: dict[str, float] = {}
        self._spread: dict[tuple[str, int], int] = {}
        self._known: dict[tuple[int, int, int, str, str], Mapping[str, Ints]] = {}
        self.recorded = {
            name: any(len(log.rows("kind", kind)) for kind in sign.kinds) for name, sign in SIGNS.items() if sign.kinds
        }
        self.recorded |= {name: True for name, sign in SIGNS.items() if not sign.kinds}
        for name, kinds in _NEEDS.items():
            self.recorded[name] = any(len(log.rows("kind", kind)) for kind in kinds)
        self.recorded["again"] = len(effects) > 1

    def of(self, act: Act) -> Mapping[str, Ints]:
        """The signs around ``act`` with the rows that show them; a sign that is not there is left out."""
        key = (act.effect, act.row, act.time, act.zone, act.host)
        if key not in self._known:
            found = {name: self._rows(sign, act) for name, sign in SIGNS.items() if sign.kinds}
            found |= {name: look(self, act) for name, look in _LOOKS.items()}
            self._known[key] = {name: rows for name, rows in found.items() if len(rows)}
        return self._known[key]

    def told_by(self, act: Act, rates: Mapping[str, Rate]) -> Mapping[str, Rate]:
        """Of the usual rates those of the signs that could be met at all at the deed: what everybody uses is foreign to
        nobody, so that no foreign login there says nothing; nor does a camera that did not look say somebody was seen.
        """
        host, untold = self._estate.hosts.get(act.host), set[str]()
        if host is not None and not host.owner and host.kind == "workstation" and "foreign login" not in self.of(act):
            untold.add("foreign login")
        if "nobody seen" in rates and not self.is_watched(act):
            untold.add("nobody seen")
        return {name: rate for name, rate in rates.items() if name not in untold} if untold else rates

    def is_watched(self, act: Act) -> bool:
        """Whether cameras that tell people looked at its place all through the time in which it may have been."""
        return bool(len(self._watched(act)))

    def _rows(self, sign: Sign, act: Act) -> Ints:
        found = [self._near(sign, column, getattr(act, column), act, sign.kinds) for column in sign.by]
        rows = np.unique(np.concatenate(found))
        if sign.same_file:
            rows = rows[self._log.columns["asset"][rows] == self._log.names["asset"].of(act.asset)]
        return rows

    def _near(self, sign: Sign, column: str, value: str, act: Act, kinds: tuple[str, ...]) -> Ints:
        if not value:
            return _NONE
        rows = self._log.rows(column, value, act.time - sign.before - act.error, act.time + sign.after + act.error)
        numbers = [self._log.names["kind"].of(kind) for kind in kinds]
        return np.asarray(rows[np.isin(self._log.columns["kind"][rows], numbers)])

    def _by_hand(self, name: str, act: Act, kinds: tuple[str, ...]) -> Ints:
        """Records at the deed's machine or under its user account."""
        return np.union1d(
            self._near(SIGNS[name], "host", act.host, act, kinds),
            self._near(SIGNS[name], "actor", act.actor, act, kinds),
        )

    def _entries(self, name: str, act: Act) -> Ints:
        """The read that let the doer in, as far as it can be told: the deed itself, or those in the hours before."""
        if act.row >= 0 and act.sort == "entry":
            is_read = self._log.name("kind", act.row) == "door.granted"
            return np.array([act.row]) if is_read else _NONE
        rows = self._near(SIGNS[name], "zone", act.zone, act, ("door.granted",))
        left = [
            self._near(SIGNS[name], "portal", portal, act, ("door.granted",))
            for portal, inner in self._log.inside.items()
            if inner == act.zone
        ]
        rows = np.unique(np.concatenate([rows, *left]))
        is_out = self._log.columns["leaving"][rows] == 1
        at_door = np.isin(self._log.columns["zone"][rows], self._log.names["zone"].of(act.zone))
        return np.asarray(rows[is_out | at_door])

    def strange_mail(self, act: Act) -> Ints:
        rows = self._by_hand("strange mail", act, ("network.mail",))
        return np.array([row for row in rows if 0 < self._written_to[self._to(int(row))] <= 2], dtype=np.int64)

    def _to(self, row: int) -> str:
        to = self._log.data(row).get("to")
        return to.lower() if isinstance(to, str) else ""

    @cached_property
    def _written_to(self) -> Counter[str]:
        """How many mails went to each address."""
        found = Counter(self._to(int(row)) for row in self._log.rows("kind", "network.mail"))
        found[""] = 0
        return found

    def carrier(self, act: Act) -> Ints:
        """Documents that the same hands wrote then and that grew: another one by a good part of the file's size, or the
        sent one itself by a tenth."""
        written = self._by_hand("carrier", act, ("document.written",))
        size, own = self._size(act.asset), self._log.names["asset"].of(act.asset)
        grown = [(int(row), self._growth(int(row), int(self._log.columns["asset"][row]) == own)) for row in written]
        least = {True: 0.1, False: size / 4 if size else math.inf}
        return np.array([row for row, (is_own, growth) in grown if growth >= least[is_own]], dtype=np.int64)

    def _growth(self, row: int, is_own: bool) -> tuple[bool, float]:
        """In bytes; of the sent document itself as a share of what it was."""
        data = self._log.data(row)
        size, before = figure(data, "size"), figure(data, "before")
        if size is None or before is None or before <= 0:
            return is_own, 0.0
        return is_own, (size - before) / before if is_own else size - before

    def _size(self, asset: str) -> float:
        """The file's size as last recorded."""
        if asset and asset not in self._sizes:
            sizes = [figure(self._log.data(int(row)), "size") for row in self._log.rows("asset", asset)[-5:]]
            self._sizes[asset] = next((size for size in reversed(sizes) if size is not None), 0.0)
        return self._sizes.get(asset, 0.0)

    def beacon(self, act: Act) -> Ints:
        """Two flows or more to one address to which hardly another machine of ours has any."""
        rows = self._near(SIGNS["beacon"], "host", act.host, act, ("network.flow", "network.allowed"))
        assets = self._log.columns["asset"][rows]
        rare = [n for n in np.unique(assets) if n and (assets == n).sum() >= 2 and self._machines("asset", int(n)) == 1]
        return np.asarray(rows[np.isin(assets, rare)])

    def _machines(self, column: str, number: int) -> int:
        """At how many machines the log has that."""
        key = (column, number)
        if key not in self._spread:
            rows = self._log.rows(column, self._log.names[column][number])
            self._spread[key] = len(np.unique(self._log.columns["host"][rows]))
        return self._spread[key]

    def strange_program(self, act: Act) -> Ints:
        rows = self._near(SIGNS["strange program"], "host", act.host, act, ("host.process",))
        return np.array([row for row in rows if len(self._run_at.get(self._image(int(row)), ())) == 1], dtype=np.int64)

    def _image(self, row: int) -> str:
        data = self._log.data(row)
        image = data.get("Image") or data.get("image") or data.get("exe")
        return image.lower() if isinstance(image, str) else ""

    @cached_property
    def _run_at(self) -> dict[str, set[int]]:
        """The machines at which each program ran."""
        found: dict[str, set[int]] = {}
        for row in self._log.rows("kind", "host.process"):
            if image := self._image(int(row)):
                found.setdefault(image, set()).add(int(self._log.columns["host"][row]))
        return found

    def unread(self, act: Act) -> Ints:
        """Openings of a door into the zone with neither a read nor a push from inside within a minute."""
        opened = self._near(SIGNS["unread"], "zone", act.zone, act, ("door.opened",))
        told = [row for row in opened if self._log.columns["portal"][row] in self._tell_leaving]
        return np.array([row for row in told if not self._was_let(int(row))], dtype=np.int64)

    @cached_property
    def _tell_leaving(self) -> frozenset[int]:
        """The portals whose records tell when somebody goes out: at others an opening may be just that."""
        columns, kinds = self._log.columns, self._log.names["kind"]
        out = (columns["leaving"] == 1) | np.isin(columns["kind"], [kinds.of("door.exit"), kinds.of("door.unlocked")])
        return frozenset(columns["portal"][out].tolist()) - {0}

    def _was_let(self, row: int) -> bool:
        time, log = int(self._log.time[row]), self._log
        wide = MINUTE + 2 * int(log.columns["error"][row])
        rows = log.rows("portal", log.name("portal", row), time - wide, time + wide)
        rows = self._of_kinds(rows, ("door.granted", "door.exit", "door.unlocked"))
        same = log.columns["clock"][rows] == log.columns["clock"][row]
        return bool((np.abs(log.time[rows] - time) <= np.where(same, MINUTE // 2, wide)).any())

    def _of_kinds(self, rows: Ints, kinds: tuple[str, ...]) -> Ints:
        numbers = [self._log.names["kind"].of(kind) for kind in kinds]
        return np.asarray(rows[np.isin(self._log.columns["kind"][rows], numbers)])

    def outside_login(self, act: Act) -> Ints:
        """Logins at the machine, or of the user account, from an address that is none of our machines'."""
        rows = self._near(SIGNS["outside login"], "host", act.host, act, ("login.success",))
        actor = act.actor if act.actor.startswith("user:") else ""
        rows = np.union1d(rows, self._near(SIGNS["outside login"], "actor", actor, act, ("login.success",)))
        return np.array([row for row in rows if self._is_outside(self._log.name("remote", row))], dtype=np.int64)

    def _is_outside(self, remote: str) -> bool:
        return bool(remote) and self._names.host(remote) is None and not _is_private(remote)

    def foreign_login(self, act: Act) -> Ints:
        host = self._estate.hosts.get(act.host)
        if host is None or host.kind != "workstation":
            return _NONE
        logins = self._near(SIGNS["foreign login"], "host", act.host, act, ("login.success", "login.unlock"))
        rows = [int(row) for row in logins if not self._log.name("remote", int(row))]
        if act.row >= 0 and act.sort in ("file", "print", "mail", "usb", "login"):
            rows.append(act.row)
        persons = [(row, self._log.name("person", row)) for row in rows]
        usual = {host.owner} if host.owner else self._users_of(host.name, act.time - DAY)
        return np.array([row for row, person in persons if person and usual and person not in usual], dtype=np.int64)

    def _users_of(self, host: str, until: int) -> set[str]:
        """Who had worked by then at a machine that is nobody's own; nobody where too little is known of it."""
        rows = self._of_kinds(self._log.rows("host", host, None, until), ("login.success", "login.unlock"))
        return {self._log.name("person", int(row)) for row in rows} if len(rows) >= _LEAST_LOGINS else set()

    def owner_away(self, act: Act) -> Ints:
        return self._owner_in(act, (AWAY, ELSEWHERE)) if act.sort != "entry" else _NONE

    def misused_badge(self, act: Act) -> Ints:
        if act.sort != "entry" or not act.actor.startswith(("badge:", "card:")):
            return _NONE
        return np.union1d(self._owner_in(act, (AWAY, ELSEWHERE)), self.two_places(act))

    def apart(self, act: Act) -> Ints:
        """The read, where the badge's own reads before it or after it do not lead to or from it."""
        rows = self._entries("apart", act) if act.sort == "entry" else _NONE
        return np.array([row for row in rows if int(row) in self._broken], dtype=np.int64)

    @cached_property
    def _broken(self) -> Mapping[int, Sequence[int]]:
        return self._alibis.broken()

    def owner_out(self, act: Act) -> Ints:
        return self._owner_in(act, (CLOSE, NEAR)) if act.sort != "entry" else _NONE

    def _owner_in(self, act: Act, states: tuple[int, ...]) -> Ints:
        """The deed, where nothing but its own record has the owner of its credential in the building, or where the
        owner's other records leave no time for it."""
        host = self._estate.hosts.get(act.host)
        owner = act.person or (host.owner if host and not act.actor else "")
        person = self._number.get(owner)
        if person is None or not act.zone or act.row < 0 or act.is_remote or self.outside_login(act).size:
            return _NONE
        zone = self._log.names["zone"].of(act.zone)
        own = self._broken.get(act.row, (act.row,)) if act.sort == "entry" else ()
        return np.array([act.row]) if int(self._alibis.states(zone, act, own)[person]) in states else _NONE

    def two_places(self, act: Act) -> Ints:
        """Reads of one badge near the deed, one of them in its zone, between which nobody can have walked."""
        entries = self._entries("two places", act)
        return entries[np.isin(entries, self._conflicting)]

    @cached_property
    def _conflicting(self) -> Ints:
        seen = self._alibis.seen
        late = np.flatnonzero(seen.short > _CLOCKS)
        return np.unique(np.concatenate([seen.row[late], seen.row[late - 1]])) if len(late) else _NONE

    def again(self, act: Act) -> Ints:
        """Reads of the deed's badge there within the time of another effect."""
        found = [_NONE]
        for number, effect in enumerate(self._effects):
            if number == act.effect or act.sort != "entry" or not act.actor.startswith(("badge:", "card:")):
                continue
            rows = self._log.rows("actor", act.actor, effect.since - 10 * MINUTE, effect.until + 10 * MINUTE)
            rows = self._of_kinds(rows, ("door.granted",))
            found.append(rows[self._log.columns["zone"][rows] == self._log.names["zone"].of(act.zone)])
        rows = np.concatenate(found)
        return np.asarray(rows[rows != act.row])

    def ended_badge(self, act: Act) -> Ints:
        rows = self._entries("ended badge", act)
        rows = rows[self._log.columns["sure"][rows] == 0]
        return np.array([r for r in rows if self._log.name("actor", r).startswith(("badge:", "card:"))], dtype=np.int64)

    def silent_badge(self, act: Act) -> Ints:
        found = []
        for row in self._entries("silent badge", act):
            used = self._log.rows("actor", self._log.name("actor", row), None, int(self._log.time[row]) - HOUR)
            long_ago = len(used) == 0 or self._log.time[row] - self._log.time[used[-1]] > _SILENT
            if long_ago and self._log.time[row] - self._log.time[0] > _SILENT:
                found.append(row)
        return np.array(found, dtype=np.int64)

    def strange_room(self, act: Act) -> Ints:
        found = []
        for row in self._entries("strange room", act):
            before = self._log.rows("actor", self._log.name("actor", int(row)), None, int(self._log.time[row]) - HOUR)
            is_known = len(before) >= 5
            if is_known and not (self._log.columns["portal"][before] == self._log.columns["portal"][row]).any():
                found.append(row)
        return np.array(found, dtype=np.int64)

    def contractor(self, act: Act) -> Ints:
        rows = self._entries("contractor", act)
        rows = rows[self._log.columns["sure"][rows] == 1]
        return np.array([r for r in rows if self._is_early_or_late(r)], dtype=np.int64)

    def _is_early_or_late(self, row: int) -> bool:
        """A badge of somebody whose own hours do not hold that moment, and who is no employee without an end."""
        person = self._estate.people.get(self._log.name("person", row))
        if person is None or not is_contractor(person.department, has_end=person.left_on is not None):
            return False
        return self._is_late(int(self._log.time[row]), self._log.name("zone", row), person.code)

    def surplus(self, act: Act) -> Ints:
        """Passages that a camera at the door counted beyond the badges that were read there: over its line into the
        zone, or people at the door where it has no line."""
        crossed = self._near(SIGNS["surplus"], "zone", act.zone, act, ("camera.crossed",))
        if len(crossed):
            reads = self._near(SIGNS["surplus"], "zone", act.zone, act, ("door.granted",))
            went, let = (rows[self._log.columns["leaving"][rows] == 0] for rows in (crossed, reads))
            return went if len(went) > len(let) else _NONE
        counted = self._near(SIGNS["surplus"], "zone", act.zone, act, ("camera.person",))
        counted = np.array([r for r in counted if not self._log.name("actor", int(r))], dtype=np.int64)
        people = sum(figure(self._log.data(int(row)), "count") or 1 for row in counted)
        reads = self._near(SIGNS["surplus"], "zone", act.zone, act, ("door.granted", "door.exit"))
        return counted if people > len(reads) else _NONE

    def nobody_seen(self, act: Act) -> Ints:
        """Reports of cameras that looked at the place all through the time of the deed, if none of them saw anybody."""
        rows = self._watched(act)
        return _NONE if any(figure(self._log.data(int(row)), "people") for row in rows) else rows

    def _watched(self, act: Act) -> Ints:
        """Of cameras that tell people from what else moves: each report is of the seconds up to its time. Together they
        cover the time in which the deed may have been; none when they do not."""
        first, last = act.time - act.error, act.time + act.error
        rows = self._log.rows("zone", act.zone, first, last + _WATCHED) if act.zone else _NONE
        told = []
        for row in self._of_kinds(rows, ("camera.watched",)):
            data = self._log.data(int(row))
            since = int(self._log.time[row]) - int((figure(data, "watched_seconds") or 0) * 1_000_000)
            if figure(data, "people") is not None and since <= last:
                told.append((since, int(row)))
        reached = first
        for since, row in sorted(told):
            if since > reached + _SEAM:
                return _NONE
            reached = max(reached, int(self._log.time[row]))
        return np.array(sorted(row for _, row in told) if reached >= last else [], dtype=np.int64)

    def unusual_hour(self, act: Act) -> Ints:
        """A deed under a user account whose holder, by door or by hand, left a record within an hour of that time on
        next to none of the other days, working days against working days."""
        if act.row < 0 or act.sort == "entry" or act.person not in self._number:
            return _NONE
        times = self._log.time[self._log.rows("person", act.person)]
        apart = (times - act.time + DAY // 2) // DAY
        near = np.abs((times - act.time + DAY // 2) % DAY - DAY // 2) <= HOUR
        days = np.array([shift for shift in self._days(act.time) if shift])
        met = np.isin(np.unique(apart[near]), days).sum()
        return np.array([act.row]) if len(days) >= _LEAST_DAYS and met <= _HARDLY * len(days) else _NONE

    def _days(self, time: int) -> list[int]:
        """How many days before or after there are records of a day of the same sort."""
        first, last = (self._log.time[0] - time) // DAY + 1, (self._log.time[-1] - time) // DAY
        return [
            shift for shift in range(int(first), int(last) + 1) if is_weekend(time + shift * DAY) == is_weekend(time)
        ]

    def out_of_hours(self, act: Act) -> Ints:
        return np.array([act.row]) if self._is_late(act.time, act.zone, "") else _NONE

    def _is_late(self, time: int, zone_code: str, person_code: str) -> bool:
        zone = self._estate.zones.get(zone_code)
        local = moment(time).astimezone(site_zone(zone.site if zone else "", self._estate))
        person = self._estate.people.get(person_code)
        site = self._estate.sites.get(zone.site) if zone else None
        opens = (person and person.hours_from) or (site and site.opens)
        closes = (person and person.hours_to) or (site and site.closes)
        if local.weekday() >= 5 and not (person and person.works_weekends):
            return True
        if not opens or not closes:
            return not 6 <= local.hour < 21
        here = local.time()
        return not (opens <= here <= closes if opens <= closes else here >= opens or here <= closes)


def _is_private(address: str) -> bool:
    return address.startswith(
        ("10.", "192.168.", "172.16.", "172.17.", "172.18.", "172.19.", "172.2", "172.30.", "172.31.")
    )


_LOOKS: Final = {
    "strange mail": Signs.strange_mail,
    "carrier": Signs.carrier,
    "unread": Signs.unread,
    "beacon": Signs.beacon,
    "strange program": Signs.strange_program,
    "outside login": Signs.outside_login,
    "foreign login": Signs.foreign_login,
    "owner away": Signs.owner_away,
    "owner out": Signs.owner_out,
    "two places": Signs.two_places,
    "misused badge": Signs.misused_badge,
    "apart": Signs.apart,
    "again": Signs.again,
    "ended badge": Signs.ended_badge,
    "silent badge": Signs.silent_badge,
    "strange room": Signs.strange_room,
    "contractor": Signs.contractor,
    "surplus": Signs.surplus,
    "nobody seen": Signs.nobody_seen,
    "unusual hour": Signs.unusual_hour,
    "out of hours": Signs.out_of_hours,
}
