"""Where codes that were typed at keypads arrive: a socket that only this account's processes can write to."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import orjson

from bartizan.connectors.mqtt.keypads import SOCKET
from bartizan.panels import actions
from bartizan.panels.models import Keypad

log = logging.getLogger(__name__)
MODES: Final = {
    "arm_all_zones": "away", "arm_away": "away", "arm_day_zones": "home", "arm_home": "home", "arm_stay": "home",
    "arm_night_zones": "night", "arm_night": "night", "arm_vacation": "vacation", "arm_custom": "custom",
}  # fmt: skip
"""Zigbee2MQTT's actions of keypads, and the way to arm that each asks for; ``disarm`` disarms."""
AT_ONCE: Final = 5
"""Codes that are tried before the panels go on: each takes a tenth of a second, on purpose."""
_LONGEST: Final = 4096


class Listener:
    """Raises OSError when the socket cannot be made (a path of more than 100 letters, for one)."""

    def __init__(self, run: Path) -> None:
        run.mkdir(parents=True, exist_ok=True)
        self._path = run / SOCKET
        self._path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._socket.bind(str(self._path))
        self._path.chmod(0o600)

    def close(self) -> None:
        self._socket.close()
        self._path.unlink(missing_ok=True)

    def take(self) -> int:
        """Do what was typed; how much it was."""
        typed = list(self._typed())
        for device, action, code in typed:
            keyed(device, action, code)
        return len(typed)

    def _typed(self) -> Iterator[tuple[str, str, str]]:
        for _ in range(AT_ONCE):
            try:
                told = orjson.loads(self._socket.recv(_LONGEST))
                yield str(told["device"]), str(told["action"]), str(told["code"])
            except BlockingIOError:
                return
            except (ValueError, KeyError, TypeError):
                log.warning("Something that is no word of a keypad came to %s.", self._path)


def keyed(device: str, action: str, code: str) -> actions.Told | None:
    """Nothing for a keypad or an action that no panel knows."""
    keypad = Keypad.objects.filter(device=device, panel__is_enabled=True).select_related("panel__site", "area").first()
    if keypad is None:
        log.warning("A code was typed at %s, which is no keypad of a panel: add it under Registers, Keypads.", device)
        return None
    areas = [keypad.area] if keypad.area else None
    if action == "disarm":
        return actions.disarm_by_code(keypad.panel, areas, code)
    if action in MODES:
        return actions.arm_by_code(keypad.panel, areas, MODES[action], code)
    return None
