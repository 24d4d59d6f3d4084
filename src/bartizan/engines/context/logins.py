"""What is usual for each user account: where its logins come from, and when the last one was."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bartizan.engines.context.ways import distance_km

DAY = 86_400_000_000
HISTORY = 5
"""Logins that an account must have before a new place means anything."""
DORMANT_DAYS = 60
_TRAVEL_KM = 100.0
"""Below this a different position is the same town."""
_LEAST_SECONDS = 60.0
_ORIGINS = 64


@dataclass(slots=True)
class _Account:
    count: int = 0
    last: int = 0
    origins: list[str] = field(default_factory=list)
    spot: tuple[float, float] | None = None
    spot_time: int = 0


class Logins:
    """The history of logins, account by account. Bounded: the account unused for longest is forgotten first."""

    def __init__(self, *, accounts: int = 50_000) -> None:
        self._limit = accounts
        self._accounts: dict[str, _Account] = {}
        self.forgotten = 0

    def logged_in(self, name: str, time: int, origin: str, spot: tuple[float, float] | None) -> dict[str, Any]:
        """The facts that this login gives against what was known before, which it then becomes part of."""
        account = self._accounts.pop(name, None) or _Account()
        self._accounts[name] = account
        if len(self._accounts) > self._limit:
            del self._accounts[next(iter(self._accounts))]
            self.forgotten += 1
        facts = _facts(account, time, origin, spot)
        _take(account, time, origin, spot)
        return facts

    def state(self) -> dict[str, Any]:
        return {n: [a.count, a.last, a.origins, a.spot, a.spot_time] for n, a in self._accounts.items()}

    def restore(self, state: dict[str, Any]) -> None:
        self._accounts = {
            name: _Account(count, last, origins, tuple(spot) if spot else None, spot_time)
            for name, (count, last, origins, spot, spot_time) in state.items()
        }


def _facts(account: _Account, time: int, origin: str, spot: tuple[float, float] | None) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if origin and account.count >= HISTORY and origin not in account.origins:
        facts["first_place"] = True
    days = (time - account.last) // DAY
    if account.count and days >= DORMANT_DAYS:
        facts["dormant_days"] = days
    if spot and account.spot:
        km = distance_km(account.spot, spot)
        seconds = max(abs(time - account.spot_time) / 1_000_000, _LEAST_SECONDS)
        if km >= _TRAVEL_KM:
            facts["travel_kmh"] = round(km / seconds * 3600)
    return facts


def _take(account: _Account, time: int, origin: str, spot: tuple[float, float] | None) -> None:
    account.count += 1
    if origin:
        # The least recently used origin is dropped first.
        if origin in account.origins:
            account.origins.remove(origin)
        account.origins.append(origin)
        del account.origins[:-_ORIGINS]
    account.last = max(account.last, time)
    if spot and time >= account.spot_time:
        account.spot, account.spot_time = spot, time
