"""Tokens with which a program acts for a console account: what each may do, and who uses one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bartizan.core import registers
from bartizan.core.models import ApiToken, User

READ, WRITE = "read", "write"
EVERY: Final = "registers"
LIVES: Final = {"30": "30 days", "90": "90 days", "365": "one year"}


@dataclass(frozen=True, slots=True)
class Acting:
    """Whoever asks: a user within a token's scopes, or signed in to the console."""

    user: User
    token: ApiToken | None = None

    def may(self, register: str, deed: str) -> bool:
        """Whether the token's scopes allow it; the user's own permissions are asked besides."""
        return self.token is None or allows(self.token.scopes, register, deed)


def allows(scopes: Iterable[str], register: str, deed: str) -> bool:
    """``write`` allows reading too."""
    wanted = {f"{name}:{each}" for name in (EVERY, register) for each in {deed, WRITE}}
    return bool(wanted & set(scopes))


def scopes() -> list[tuple[str, str]]:
    """Every scope with its words."""
    every = [(f"{EVERY}:{READ}", "Read all registers"), (f"{EVERY}:{WRITE}", "Read and change all registers")]
    for each in registers.registers():
        every += [
            (f"{each.name}:{READ}", f"Read {each.title.lower()}"),
            (f"{each.name}:{WRITE}", f"Read and change {each.title.lower()}"),
        ]
    return every
