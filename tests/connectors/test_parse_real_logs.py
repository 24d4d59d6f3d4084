"""How much of real logs is understood: 2,000 lines each that nobody on this project wrote."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bartizan.connectors.parse import Lines, decoded
from bartizan.engines.observe import Observation

NOW = datetime(2024, 12, 20, tzinfo=UTC)
ENVELOPE = {"program", "pid", "facility", "severity"}


def observed(shared: Path, name: str) -> list[Observation]:
    file = shared / "logs" / "loghub" / name
    if not file.is_file():
        pytest.skip(f"The real log {file} is not here (set BARTIZAN_TEST_DATA).")
    lines = Lines("house", ZoneInfo("Europe/Amsterdam"))
    return [lines.read(decoded(line), NOW, {}) for line in file.read_bytes().splitlines()]


def test_every_line_of_openssh_is_taken_apart(shared: Path) -> None:
    seen = observed(shared, "OpenSSH_2k.log")
    understood = [one for one in seen if one.kind != "unknown" and set(one.data) - ENVELOPE]
    assert len(understood) >= 0.999 * len(seen)


def test_attempts_on_openssh_are_counted_as_grep_counts_them(shared: Path) -> None:
    seen = observed(shared, "OpenSSH_2k.log")
    kinds = Counter(one.kind for one in seen)
    failed = [one for one in seen if "]: Failed " in one.raw or "[ Failed " in one.raw]
    invalid = [one for one in seen if "]: Invalid user " in one.raw]
    assert kinds["login.failure"] == len(failed) + len(invalid)
    assert all(one.outcome == "failure" and one.actor.startswith("user:") and one.data["src_ip"] for one in failed)
    assert kinds["login.success"] == sum("]: Accepted " in one.raw for one in seen) == 1


def test_linux_messages_are_understood(shared: Path) -> None:
    seen = observed(shared, "Linux_2k.log")
    kinds = Counter(one.kind for one in seen)
    assert kinds["unknown"] <= 0.005 * len(seen)
    refused = sum("authentication failure;" in one.raw for one in seen)
    assert kinds["login.failure"] >= refused
    assert all(one.device == "host:combo" for one in seen)


def test_apache_errors_are_host_log_with_their_time(shared: Path) -> None:
    seen = observed(shared, "Apache_2k.log")
    assert {one.kind for one in seen} == {"host.log"}
    assert {one.at.year for one in seen} == {2005}
    assert all(one.data["level"] in {"notice", "error"} for one in seen)
    clients = [one for one in seen if "[client " in one.raw]
    assert clients
    assert all(one.actor.startswith("ip:") for one in clients)
