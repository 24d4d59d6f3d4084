"""A data folder with an access table, a line of real OSDP devices on a pseudo-terminal, and the connector on it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import orjson
import pytest

from bartizan.connectors import Command
from bartizan.connectors.osdp import Osdp, OsdpSettings
from bartizan.connectors.osdp.played import KEY, Readers, readers
from bartizan.engines.access import Badge, Table, to_plain
from bartizan.engines.observe import Observation
from tests.connectors.running import Running, running
from tests.engines.access.house import TABLE

pytest.importorskip("osdp_sys")
NOW = datetime.now(UTC)
_acts = count(1)
ALICE, BOB, CAROL, LOST = 4417, 4108, 3302, 4131
HOUSE = replace(
    TABLE,
    groups=tuple(replace(group, schedule="") for group in TABLE.groups),
    badges=(
        Badge(str(ALICE), "alice"),
        Badge(str(BOB), "bob"),
        Badge(str(CAROL), "carol"),
        Badge(str(LOST), "alice", "lost"),
    ),
)
IN = "1 in reader:R1 portal:D-LAB relay=0"
WIRED = f"{IN} contact=0 exit=1"
OUT = "2 out reader:R2 portal:D-LAB"


def house(**changes: Any) -> Table:
    """The lab's door as said."""
    portals = tuple(replace(p, **changes) if p.code == "D-LAB" else p for p in HOUSE.portals)
    return replace(HOUSE, portals=portals)


class Site:
    """A data folder with an access table, one line of readers and the connector that runs them."""

    def __init__(self, folder: Path, line: Readers, run: Running) -> None:
        self.folder, self.line, self.run = folder, line, run

    @property
    def kinds(self) -> list[str]:
        return [one.kind for one in self.run.seen if not one.kind.startswith("device.")]

    def until(self, kind: str, times: int = 1) -> Observation:
        """The last event of this kind, once there are so many."""
        self.run.until(lambda seen: sum(one.kind == kind for one in seen) >= times)
        return [one for one in self.run.seen if one.kind == kind][-1]

    def act(self, verb: str, target: str = "portal:D-LAB", **facts: Any) -> str:
        connector = self.run.connector
        assert isinstance(connector, Osdp)
        command = Command(verb, target, facts, next(_acts))
        answer = asyncio.run_coroutine_threadsafe(connector.act(command), self.run._loop)
        return answer.result(20)


def write(folder: Path, table: Table) -> None:
    """As Bartizan does: whole or not at all."""
    file = folder / "run" / "access-table.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.with_suffix(".new").write_bytes(orjson.dumps(to_plain(table)))
    file.with_suffix(".new").replace(file)


@contextmanager
def site(
    folder: Path, *lines: str, table: Table | None = HOUSE, line: Readers | None = None, **settings: Any
) -> Iterator[Site]:
    lines = lines or (IN,)
    if table is not None:
        write(folder, table)
    with ExitStack() as stack:
        there = line or stack.enter_context(readers(*(int(one.split()[0]) for one in lines)))
        state = {"state_folder": folder / "run" / "read-to"}
        keys = " ".join(f"{one.split()[0]}={KEY.hex()}" for one in lines)
        given = {"serial_port": there.path, "readers": list(lines), "keys": keys, "facilities": [17]} | state | settings
        connector = Osdp("mill-lane", OsdpSettings.model_validate(given))
        assert connector.check() is None
        run = stack.enter_context(running(connector))
        yield Site(folder, there, run)


@contextmanager
def ready(folder: Path, *lines: str, **more: Any) -> Iterator[Site]:
    """Once every reader answers over its secure channel."""
    with site(folder, *lines, **more) as there:
        there.run.until(lambda seen: sum(one.kind == "device.online" for one in seen) == len(lines or (IN,)))
        yield there
