"""Time stamps as devices write them: with and without year, fraction and zone."""

from __future__ import annotations

import logging
import os
import re
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_log = logging.getLogger(__name__)
_MONTHS: Final = {
    "Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "May": 5, "Jun": 6,
    "Jul": 7, "Aug": 8, "Sep": 9, "Oct": 10, "Nov": 11, "Dec": 12,
}  # fmt: skip
_BSD: Final = re.compile(
    r"[*.]?(?:(?P<before>\d{4}) )?(?P<month>[A-Z][a-z]{2}) +(?P<day>\d{1,2})(?: (?P<year>\d{4}))? "
    r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?(?: (?P<zone>UTC|GMT|Z))?"
)
_AHEAD: Final = timedelta(days=2)
"""How far ahead a sender's clock may be before its stamp is taken for one of last year."""
_LEAP_CYCLE: Final = 8
"""Years to go back for a 29 February: 1896 to 1904 is the longest wait."""


def zone_of(name: str) -> tzinfo:
    """The zone of that IANA name; of this machine when ``name`` is empty. Raises what ZoneInfo raises."""
    return ZoneInfo(name) if name else machine_zone(Path("/etc/localtime"))


def machine_zone(local: Path) -> ZoneInfo:
    """What BARTIZAN_ZONE names (settings.py puts TZ there, before Django sets TZ for its processes and their children),
    else the zone of the file ``local``; it has a key where that is a link to one of the world's zones."""
    said = os.environ.get("BARTIZAN_ZONE", "").lstrip(":")
    for name in filter(None, (said, str(local.resolve()).partition("zoneinfo/")[2])):
        try:
            return ZoneInfo(name)
        except (ValueError, OSError, ZoneInfoNotFoundError):
            _log.warning(
                "No time zone is called %r (Europe/Amsterdam is one): this machine's clock is asked instead.", name
            )
    try:
        with local.open("rb") as file:
            return ZoneInfo.from_file(file)
    except (OSError, ValueError):
        return ZoneInfo("UTC")


class Stamps:
    """Reads the stamps of one sender's zone. It remembers what it read: thousands of messages share a second."""

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone
        self._hour = -1
        self._known: dict[str, datetime | None] = {}

    def read(self, text: str, near: datetime) -> datetime | None:
        """The moment that ``text`` names, aware; ``near`` (aware) decides year and repeated hour."""
        hour = near.hour
        if hour != self._hour or len(self._known) > 10_000:
            self._known.clear()
            self._hour = hour
        try:
            return self._known[text]
        except KeyError:
            found = self._known[text] = self._read(text, near)
            return found

    def read_precise(self, text: str, near: datetime) -> datetime | None:
        """As :meth:`read`, for stamps with fractions: no two are alike, so there is nothing to remember."""
        try:
            moment = datetime.fromisoformat(text)
        except (ValueError, OverflowError):
            return self.read(text, near)
        return moment if moment.tzinfo else self._settled(moment, near)

    def placed(self, moment: datetime) -> datetime:
        """``moment`` in the sender's zone where it has none of its own."""
        return moment if moment.tzinfo else moment.replace(tzinfo=self.zone)

    def _read(self, text: str, near: datetime) -> datetime | None:
        try:
            return self._settled(datetime.fromisoformat(text), near)
        except (ValueError, OverflowError):
            pass
        found = _BSD.fullmatch(text)
        if found:
            return self._bsd(found, near)
        return _odd(text)

    def _bsd(self, found: re.Match[str], near: datetime) -> datetime | None:
        month = _MONTHS.get(found["month"])
        if month is None:
            return None
        fraction = int((found["fraction"] or "").ljust(6, "0")[:6])
        # A leap second (60) exists in no calendar: it is the second before.
        parts = (
            month,
            int(found["day"]),
            int(found["hour"]),
            int(found["minute"]),
            min(int(found["second"]), 59),
            fraction,
        )
        zone = UTC if found["zone"] else self.zone
        year = found["year"] or found["before"]
        if year:
            return _made(int(year), parts, zone)
        return self._latest(parts, zone, near)

    def _latest(self, parts: tuple[int, int, int, int, int, int], zone: tzinfo, near: datetime) -> datetime | None:
        """A stamp without a year is the latest such moment that is not plainly in the future: on 1 January
        ``Dec 31`` was last year, and on 31 December a clock that runs ahead may already say ``Jan  1``.
        """
        for year in range(near.year + 1, near.year - _LEAP_CYCLE - 1, -1):
            made = _made(year, parts, zone)
            if made and made - near <= _AHEAD:
                return self._settled(made, near)
        return None

    def _settled(self, moment: datetime, near: datetime) -> datetime:
        """Clocks that go back say an hour twice: of the two, the one nearer to when the message came."""
        first = self.placed(moment)
        if moment.tzinfo not in {None, self.zone}:
            return first
        second = first.replace(fold=1)
        if first.utcoffset() == second.utcoffset():
            return first
        return min(first, second, key=lambda one: abs(one.astimezone(UTC) - near))


def _made(year: int, parts: tuple[int, int, int, int, int, int], zone: tzinfo) -> datetime | None:
    try:
        return datetime(year, *parts, tzinfo=zone)
    except ValueError:
        return None


def _odd(text: str) -> datetime | None:
    """Seconds since 1970, as some network devices write them, and ISO stamps with a leap second."""
    try:
        if ":60" in text:
            return datetime.fromisoformat(text.replace(":60", ":59"))
        return datetime.fromtimestamp(float(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None
