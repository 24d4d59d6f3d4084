"""A brake on guessing passwords: wrong ones are counted a name and address, an address, and a name.

Kept in the memory of the web process: there is one a machine, and a restart, which forgets the counts, is nothing that
somebody who guesses from outside can bring about.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

WINDOW = 15 * 60.0  # seconds in which wrong passwords are counted
PAIR, ADDRESS, NAME = 5, 20, 50  # one person's typing; a script; a script behind many addresses
TRACKED = 20_000  # keys kept; beyond it the oldest are forgotten


@dataclass(slots=True)
class Attempts:
    """Times of wrong passwords by what they have in common. Give it the clock's time; it has none of its own."""

    _times: dict[tuple[str, str], deque[float]] = field(default_factory=dict)

    def failed(self, name: str, address: str, now: float) -> None:
        for key, _ in _keys(name, address):
            times = self._times.pop(key, deque(maxlen=NAME))
            times.append(now)
            self._times[key] = times
        while len(self._times) > TRACKED:
            self._times.pop(next(iter(self._times)))

    def succeeded(self, name: str, address: str) -> None:
        """The pair starts anew; the address and the name stay counted, or one right password would free a script."""
        self._times.pop(("pair", f"{name.casefold()} {address}"), None)

    def wait(self, name: str, address: str, now: float) -> float:
        """Seconds until another attempt is looked at; 0 when it is now."""
        waits = [0.0]
        for key, limit in _keys(name, address):
            recent = [at for at in self._times.get(key, ()) if at > now - WINDOW]
            if len(recent) >= limit:
                waits.append(recent[-limit] + WINDOW - now)
        return max(waits)


def _keys(name: str, address: str) -> Iterator[tuple[tuple[str, str], int]]:
    folded = name.casefold()
    yield ("pair", f"{folded} {address}"), PAIR
    yield ("address", address), ADDRESS
    yield ("name", folded), NAME
