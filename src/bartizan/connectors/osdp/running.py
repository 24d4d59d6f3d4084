"""The thread that drives one line: opens the port again when it was pulled out, hands cards to doors, brings orders."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bartizan.connectors import ActFailed, Command, Health
from bartizan.connectors.osdp import acting
from bartizan.connectors.osdp.bus import Bus, Said, State
from bartizan.connectors.osdp.door import Door
from bartizan.connectors.osdp.keeper import Keeper, keeper_of
from bartizan.connectors.osdp.settings import OsdpSettings, Reader
from bartizan.engines.access import CardError, decode
from bartizan.engines.observe import Observation

log = logging.getLogger(__name__)
_TURN: Final = 0.002
_TICK: Final = 0.1
_AGAIN: Final = 2.0
"""Seconds until a port that is away is tried again."""
_ODD_SECONDS: Final = 600
_CARD, _KEYS, _STATUS = 1, 2, 4
_INPUTS, _LOCAL = 0, 2
_WORDS: Final[Mapping[State, str]] = {
    "offline": "does not answer; see to its cable and power",
    "key": "answers, but its secure channel does not come about: enter the key that it was given",
}


class Line:
    """Started once, stopped once. ``note`` is called from its thread."""

    def __init__(
        self, source: str, settings: OsdpSettings, table: Path, folder: Path, note: Callable[[Observation], None]
    ) -> None:
        self.source, self.settings = source, settings
        self._table, self._folder, self._note = table, folder, note
        self._readers = settings.parsed()
        self._bus: Bus | None = None
        self._doors: dict[str, Door] = {}
        self._keeper: Keeper | None = None
        self._states: dict[int, State] = {}
        self._local: dict[int, bytes] = {}
        self._commands: queue.SimpleQueue[tuple[Command, Future[str]]] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._trouble, self._cards, self._odd_until = "", 0, 0.0
        self._thread = threading.Thread(target=self._run, name=f"osdp-{source}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(10)

    def ask(self, command: Command) -> Future[str]:
        """What a door is told; the answer comes from the line's own thread."""
        answer: Future[str] = Future()
        self._commands.put((command, answer))
        return answer

    def health(self) -> Health:
        if self._trouble:
            return Health("trouble", self._trouble)
        away = [
            f"{r.reference} (address {r.address}) {_WORDS[state]}"
            for r in self._readers
            if (state := self._states.get(r.address)) and state != "online"
        ]
        if away:
            return Health("trouble", f"{'; '.join(away)}.")
        if time.monotonic() < self._odd_until:
            return Health("trouble", "Something that came from a reader could not be dealt with; see the log.")
        if self._keeper is not None and self._keeper.words:
            return Health("trouble", self._keeper.words)
        if len(self._states) < len(self._readers):
            return Health("waiting", f"Calling {len(self._readers)} readers on {self.settings.serial_port}.")
        return Health("ok", self._well())

    def _well(self) -> str:
        how = "over secure channels" if self.settings.require_secure else "IN CLEAR"
        inside = self._keeper.count_inside if self._keeper else 0
        readers = f"{len(self._readers)} readers on {self.settings.serial_port} {how}"
        return f"{readers}; {self._cards} cards, {inside} people inside."

    # The thread.

    def _run(self) -> None:
        with keeper_of(self._table, self._folder) as keeper:
            self._keeper = keeper
            self._doors = self._made(keeper)
            while not self._stop.is_set():
                try:
                    self._bus = Bus(self.settings)
                    self._trouble = ""
                    self._drive(self._bus, keeper)
                except OSError as error:
                    self._lost(error.strerror or str(error))
                except Exception as error:
                    log.exception("Source %s: the line stopped", self.source)
                    self._lost(f"{type(error).__name__}: {error}; the log has the details")
                finally:
                    self._close()
                self._idle(keeper)
        self._refuse_commands()

    def _made(self, keeper: Keeper) -> dict[str, Door]:
        by_portal: dict[str, list[Reader]] = {}
        for reader in self._readers:
            by_portal.setdefault(reader.portal, []).append(reader)
        held = self.settings.held_seconds
        return {p: Door(self.source, readers, keeper, self._tell, self._note, held) for p, readers in by_portal.items()}

    def _drive(self, bus: Bus, keeper: Keeper) -> None:
        ticked = 0.0
        while not self._stop.is_set():
            for said in bus.turn(_TURN):
                self._safely(self._heard, said, keeper)
            self._look(bus)
            self._obey(keeper)
            if time.monotonic() - ticked >= _TICK:
                ticked = time.monotonic()
                self._tick()
            if bus.line.lost is not None:
                raise bus.line.lost

    def _safely(self, deed: Callable[..., None], *told: Any) -> None:
        """One badge that cannot be dealt with must not keep the next one out. What was told is not logged: it may be a
        PIN."""
        try:
            deed(*told)
        except Exception:
            log.exception("Source %s could not deal with what a reader said", self.source)
            self._odd_until = time.monotonic() + _ODD_SECONDS

    def _heard(self, said: Said, keeper: Keeper) -> None:
        now, reader, event = datetime.now(UTC), said.reader, said.event
        door = self._doors[reader.portal]
        if event["event"] == _CARD:
            self._card(door, reader, event, keeper, now)
        elif event["event"] == _KEYS:
            door.keys(reader, event["data"], now)
        elif event["event"] == _STATUS and event["type"] == _INPUTS:
            door.inputs(reader, event["report"], now)
        elif event["event"] == _STATUS and event["type"] == _LOCAL:
            self._local_status(reader, event["report"], now)

    def _card(self, door: Door, reader: Reader, event: Mapping[str, Any], keeper: Keeper, now: datetime) -> None:
        self._cards += 1
        data, bits = bytes(event["data"]), int(event["length"])
        try:
            card = decode(data, bits, self.settings.cards_37 if bits == 37 else "")
        except CardError as error:
            told = {"reason": "unreadable", "words": str(error), "direction": reader.direction, "card_bits": bits}
            self._say(reader, "door.denied", now, told, "failure")
            return
        facts: dict[str, Any] = {"card_bits": bits, "card_number": card.number}
        if card.facility is not None:
            facts["card_facility"] = card.facility
        door.card(reader, keeper.badge_of(card, self.settings.facilities), facts, now)

    def _local_status(self, reader: Reader, report: bytes, now: datetime) -> None:
        """Tamper and power (osdp_LSTATR): each said when it changes."""
        before, self._local[reader.address] = self._local.get(reader.address, b"\0\0"), bytes(report)
        kinds = (("alarm.tamper", "alarm.restored", "tamper"), ("device.fault", "device.restored", "power"))
        for was, is_, (wrong, right, word) in zip(before, report, kinds, strict=False):
            if bool(was) != bool(is_):
                self._say(reader, wrong if is_ else right, now, {"reason": word})

    # Readers that come and go.

    def _look(self, bus: Bus) -> None:
        for reader in self._readers:
            state = bus.states.get(reader.address)
            if state is not None and state != self._states.get(reader.address):
                self._changed(reader, state)

    def _changed(self, reader: Reader, state: State) -> None:
        self._states[reader.address] = state
        now = datetime.now(UTC)
        if state == "online":
            self._doors[reader.portal].rest(reader)
            self._say(reader, "device.online", now, {})
            return
        log.warning("Source %s: %s (address %s) %s.", self.source, reader.reference, reader.address, _WORDS[state])
        self._say(reader, "device.offline", now, {"reason": state, "words": _WORDS[state]})

    def _lost(self, why: str) -> None:
        words = f"The port {self.settings.serial_port} is lost ({why}); plug the adapter in again."
        if words != self._trouble:
            log.warning("Source %s: %s", self.source, words)
        self._trouble = words
        for reader in self._readers:
            if self._states.get(reader.address, "online") == "online":
                self._states[reader.address] = "offline"
                self._say(reader, "device.offline", datetime.now(UTC), {"reason": "port", "words": words})

    def _idle(self, keeper: Keeper) -> None:
        """Until the port is tried again; who asks meanwhile is answered."""
        until = time.monotonic() + _AGAIN
        while time.monotonic() < until and not self._stop.wait(_TICK):
            self._obey(keeper)
            self._tick()

    def _close(self) -> None:
        bus, self._bus = self._bus, None
        if bus is not None:
            bus.close()

    # Orders, time, words.

    def _obey(self, keeper: Keeper) -> None:
        while not self._commands.empty():
            command, answer = self._commands.get()
            if not answer.set_running_or_notify_cancel():
                continue
            try:
                answer.set_result(acting.done(keeper, list(self._doors.values()), command, datetime.now(UTC)))
            except Exception as error:  # noqa: BLE001  whoever asked must hear it, whatever it is
                answer.set_exception(error)

    def _refuse_commands(self) -> None:
        while not self._commands.empty():
            _, answer = self._commands.get()
            if answer.set_running_or_notify_cancel():
                answer.set_exception(ActFailed("The source was stopped before the door could be told."))

    def _tick(self) -> None:
        for door in self._doors.values():
            self._safely(door.tick, datetime.now(UTC))

    def _tell(self, reader: Reader, *commands: dict[str, Any]) -> bool:
        return self._bus is not None and self._bus.tell(reader, *commands)

    def _say(self, reader: Reader, kind: str, now: datetime, data: Mapping[str, Any], outcome: str = "") -> None:
        place, device = f"portal:{reader.portal}", reader.reference
        self._note(Observation(now, self.source, kind, place=place, device=device, outcome=outcome, data=dict(data)))
