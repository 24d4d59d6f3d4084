"""What must be known before Bartizan starts: environment variables, shown under Settings with what holds now."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bartizan.core import postgres


@dataclass(frozen=True, slots=True)
class Start:
    variable: str
    words: str
    default: str
    shown: Callable[[str], str] = str

    @property
    def value(self) -> str:
        given = os.environ.get(self.variable, "")
        return self.shown(given) if given else self.default

    @property
    def source(self) -> str:
        """From where the value comes."""
        given = os.environ.get(self.variable)
        return "default" if not given or given == self.default else "set at the start"


def starts() -> list[Start]:
    return [
        Start(
            "BARTIZAN_DATA", "The one folder that holds everything", str(Path("~/.local/share/bartizan").expanduser())
        ),
        Start(postgres.SETTING, "The address of the records in PostgreSQL", "SQLite in that folder", postgres.shown),
        Start("BARTIZAN_PORT", "The console's port", "8000"),
        Start("BARTIZAN_ADDRESS", "The address that it listens on", "127.0.0.1"),
        Start("BARTIZAN_HOSTS", "Further host names under which it is reached", "none"),
        Start("BARTIZAN_ORIGINS", "Their full origins, for forms behind a proxy", "none"),
        Start("BARTIZAN_HTTPS", "1: cookies travel over HTTPS only", "0"),
        Start("BARTIZAN_ZONE", "The zone of this machine's clock", "as the machine says"),
        Start("BARTIZAN_LOG", "How much the processes say on standard error", "WARNING"),
    ]
