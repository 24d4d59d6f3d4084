"""Where to begin when nobody knows yet what happened: the ten minutes in which alerts came from where they never do."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bartizan.engines.pinpoint.units import MINUTE

_SHOWN: Final = 8
"""Kinds of alert that a window tells of, the most surprising first."""
_HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Alert:
    """One message: ``time`` in µs since 1970 UTC, its kind (a rule's name), and the host or place that it is about."""

    time: int
    kind: str
    host: str


@dataclass(frozen=True, slots=True)
class Oddity:
    """Alerts of one kind at one host within a window. ``share`` is how often that kind comes from that host at other
    times, ``nats`` what they add to the window."""

    kind: str
    host: str
    count: int
    share: float
    nats: float


@dataclass(frozen=True, slots=True)
class Window:
    """From ``since`` to ``until`` (µs). ``hosts``: all of them with what they add, ``entry`` the one that adds most."""

    since: int
    until: int
    nats: float
    alerts: int
    entry: str
    hosts: tuple[tuple[str, float], ...]
    oddities: tuple[Oddity, ...]


_Pair = tuple[str, str]


def windows(alerts: Iterable[Alert], *, minutes: int = 10, apart: int = 6, most: int = 5) -> tuple[Window, ...]:
    """The windows of ``minutes`` that stand out, most surprising first; those that say nothing are left out.

    A window's weight is the sum of -ln P(host | kind of alert) in nats, with P counted on all *other* times, a half
    added for every host: an attack that lasts for hours would else make itself usual, so ``apart`` windows before and
    after are left out too. The n-th repeat of one kind at one host in a window adds little: it counts log2(1 + n)
    times in all, so that a flood from one scanner does not outweigh everything (the answer is the same from an hour to
    half a day apart, see docs/pinpoint-folder.md). Order of ``alerts`` makes no difference. With a single host nothing
    can be surprising and nothing is returned. Raises ValueError for a length below one minute.
    """
    if minutes < 1:
        raise ValueError("A window lasts a minute at least.")
    span = minutes * MINUTE
    counted: dict[int, Counter[_Pair]] = defaultdict(Counter)
    for alert in alerts:
        counted[alert.time // span][alert.kind, alert.host] += 1
    rest = _Rest(counted, apart)
    found = [_window(number, span, counted[number], rest) for number in sorted(counted)]
    return tuple(sorted((one for one in found if one.nats > 0), key=lambda one: (-one.nats, one.since))[:most])


class _Rest:
    """How often each kind came from each host outside a window and what lies near it."""

    def __init__(self, counted: Mapping[int, Counter[_Pair]], apart: int) -> None:
        self._counted, self._apart = counted, apart
        self._pairs: Counter[_Pair] = Counter()
        self._kinds: Counter[str] = Counter()
        self._by_kind: dict[int, Counter[str]] = defaultdict(Counter)
        for number, pairs in counted.items():
            for (kind, host), count in pairs.items():
                self._pairs[kind, host] += count
                self._kinds[kind] += count
                self._by_kind[number][kind] += count
        self.hosts = len({host for _kind, host in self._pairs})

    def share(self, number: int, pair: _Pair) -> float:
        near = [n for n in range(number - self._apart, number + self._apart + 1) if n in self._counted]
        pairs = self._pairs[pair] - sum(self._counted[n][pair] for n in near)
        kinds = self._kinds[pair[0]] - sum(self._by_kind[n][pair[0]] for n in near)
        return (pairs + _HALF) / (kinds + _HALF * self.hosts)


def _window(number: int, span: int, pairs: Counter[_Pair], rest: _Rest) -> Window:
    oddities = [_oddity(pair, count, rest.share(number, pair)) for pair, count in pairs.items()]
    oddities.sort(key=lambda one: (-one.nats, one.kind, one.host))
    hosts = _by_host(oddities)
    total = math.fsum(one.nats for one in oddities)
    shown = tuple(one for one in oddities if one.nats > 0)[:_SHOWN]
    return Window(number * span, (number + 1) * span, total, sum(pairs.values()), hosts[0][0], hosts, shown)


def _oddity(pair: _Pair, count: int, share: float) -> Oddity:
    return Oddity(*pair, count, share, -math.log(share) * math.log2(1 + count))


def _by_host(oddities: Sequence[Oddity]) -> tuple[tuple[str, float], ...]:
    sums: dict[str, list[float]] = defaultdict(list)
    for one in oddities:
        sums[one.host].append(one.nats)
    added = {host: math.fsum(parts) for host, parts in sums.items()}
    return tuple(sorted(added.items(), key=lambda pair: (-pair[1], pair[0])))
