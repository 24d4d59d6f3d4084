"""The receiver: every message is on disk before its panel is told so."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final

from pydantic import BaseModel
from siadc09.message import Message, parse_frame

from bartizan.connectors import Health
from bartizan.connectors.dc09 import answers
from bartizan.connectors.dc09.accounts import Account
from bartizan.connectors.dc09.listening import Datagrams, Line
from bartizan.connectors.dc09.reading import content_of, observations
from bartizan.connectors.dc09.settings import Dc09Settings
from bartizan.engines.observe import Observation

_log = logging.getLogger(__name__)
_OLDEST, _AHEAD = timedelta(seconds=40), timedelta(seconds=20)
_MOST: Final = 5_000
"""Messages that wait for the disk; what comes beyond is not answered, and its panel sends it again."""
_TROUBLE_SECONDS: Final = 600
"""How long the health light stays on trouble after a refusal."""
_LOOK: Final = 5.0
"""Seconds between two looks for silent panels."""
Answer = Callable[[bytes], None]


class RefusedError(Exception):
    """Why a message is not taken for what it says. ``is_late``: it may be sent again, with the right time."""

    def __init__(self, words: str, *, is_late: bool = False) -> None:
        self.is_late = is_late
        super().__init__(words)


@dataclass
class Waiting:
    """A message that is not on disk yet, and whom to tell once it is."""

    observed: Sequence[Observation]
    reply: bytes
    answers: list[Answer]


class Dc09:
    """Receives alarm panels over SIA DC-09 (SIA-DCS and ADM-CID), TCP and UDP, plain and encrypted."""

    name: ClassVar[str] = "dc09"
    Settings: ClassVar[type[BaseModel]] = Dc09Settings

    def __init__(self, source: str, settings: BaseModel) -> None:
        self.source = source
        self.settings = Dc09Settings.model_validate(settings.model_dump())
        self.health = Health("waiting", "Not started yet.")
        self._keys = self.settings.key_of()
        self._listed = {account.upper() for account in self.settings.accounts}
        self._accounts: dict[str, Account] = {}
        self._waiting: dict[tuple[str, bytes], Waiting] = {}
        self._some = asyncio.Event()
        self._lines: set[Line] = set()
        self._count = 0
        self._trouble, self._trouble_until = "", 0.0

    def check(self) -> str | None:
        settings = self.settings
        ports = [port for port in (settings.tcp_port, settings.udp_port) if port]
        if not ports:
            return f"Source {self.source} listens on no port: state tcp_port or udp_port."
        if min(ports) < 1024 and os.geteuid() != 0:
            return f"Port {min(ports)} is reserved for root; choose one above 1023, such as 10002, or run as root."
        return None

    async def observations(self, stop: asyncio.Event) -> AsyncIterator[Sequence[Observation]]:
        now = datetime.now(UTC)
        for account in self._listed:
            self._accounts[account] = Account(heard=now)
        watching, stopped = asyncio.create_task(self._watch()), asyncio.create_task(stop.wait())
        ports = contextlib.ExitStack()
        try:
            await self._open(ports)
            while not stop.is_set():
                some = asyncio.create_task(self._some.wait())
                await asyncio.wait({some, stopped}, return_when=asyncio.FIRST_COMPLETED)
                some.cancel()
                batch = list(self._waiting.items())
                self._some.clear()
                if found := [one for _, waiting in batch for one in waiting.observed]:
                    yield found
                self._settle(batch)
        finally:
            watching.cancel()
            stopped.cancel()
            ports.close()
            for line in list(self._lines):
                line.close()

    async def _open(self, ports: contextlib.ExitStack) -> None:
        """``ports`` closes what was opened, also when the second of them is not to be had."""
        settings, loop = self.settings, asyncio.get_running_loop()
        if settings.tcp_port:
            server = await loop.create_server(
                lambda: Line(self._take, self._lines), settings.tcp_address, settings.tcp_port
            )
            ports.callback(server.close)
        if settings.udp_port:
            datagrams, _ = await loop.create_datagram_endpoint(
                lambda: Datagrams(self._take), local_addr=(settings.udp_address, settings.udp_port)
            )
            ports.callback(datagrams.close)
        self._report()

    # A message comes in.

    def _take(self, frame: bytes, answer: Answer) -> None:
        now = datetime.now(UTC)
        if frame[9:10] != b'"':
            self._set_trouble(f"What came is no message of a panel ({frame[:30]!r}); does something else call here?")
            return
        self._count += 1
        if len(self._waiting) >= _MOST:
            self._set_trouble(f"More than {_MOST} messages wait for the disk; panels are not answered and send again.")
        elif not answers.is_whole(frame):
            self._set_trouble(f"A message from account {answers.account_of(frame) or '?'} came damaged.")
            answer(answers.nak(now))
        else:
            self._whole(frame, now, answer)

    def _whole(self, frame: bytes, now: datetime, answer: Answer) -> None:
        account = answers.account_of(frame)
        try:
            message, found = self._read(account, frame, now)
        except RefusedError as error:
            self._keep_refused(frame, str(error), now, answer, is_late=error.is_late)
            return
        state = self._accounts.setdefault(account, Account(heard=now))
        reply = answers.ack(frame, self._keys.get(account), now)
        content, returned = content_of(message, frame), self._returned(account, state, now)
        if (account, content) in self._waiting:
            self._waiting[account, content].answers.append(answer)
        elif message.idtoken in ("NULL", "XNM"):
            alive = [self._alive(account, now)] if state.is_to_note(now) else []
            self._wait(account, frame, Waiting([*returned, *alive], reply, [answer]))
        elif state.is_repeat(message.seq, content, now):
            state.heard = now
            answer(reply)
        else:
            missed = state.took(message.seq, content, now)
            if missed is not None:
                found = [replace(one, data={**one.data, "sequence_expected": missed}) for one in found]
            self._wait(account, content, Waiting([*returned, *found], reply, [answer]))

    def _read(self, account: str, frame: bytes, now: datetime) -> tuple[Message, list[Observation]]:
        """Raises RefusedError for what is not believed, and for whatever a panel, or somebody in its name, wrote that
        no standard knows."""
        try:
            message = parse_frame(frame, self._keys.get(account))
            self._admit(account, message, now)
            return message, observations(message, account, frame, now, source=self.source, settings=self.settings)
        except RefusedError:
            raise
        except Exception as error:
            raise RefusedError(f"It cannot be read ({error or type(error).__name__}).") from error

    def _admit(self, account: str, message: Message, now: datetime) -> None:
        if self._listed and account not in self._listed:
            raise RefusedError(f"Account {account} is not listed in the settings of {self.source}.")
        if account in self._keys and not message.encrypted:
            raise RefusedError(f"Account {account} must encrypt, and this message is plain.")
        stamp = message.timestamp
        if message.encrypted and stamp is None:  # every sealed message has one: what was opened is not what was sealed
            raise RefusedError(f"The key of account {account} does not open its message; enter the panel's key.")
        if self.settings.check_time and stamp is not None and not now - _OLDEST <= stamp <= now + _AHEAD:
            raise RefusedError(
                f"Its stamp, {stamp:%Y-%m-%d %H:%M:%S} UTC, is not the time; set its clock.", is_late=True
            )

    def _keep_refused(self, frame: bytes, why: str, now: datetime, answer: Answer, *, is_late: bool = False) -> None:
        """Kept as it came, with the reason, and answered once it is on disk."""
        account = answers.account_of(frame)
        self._set_trouble(f"Account {account or '?'}: {why}")
        text = frame.decode("ascii", "backslashreplace").strip()
        data = {"account": account, "refused": why}
        seen = Observation(now, self.source, "unknown", device=self._panel(account), data=data, raw=text)
        reply = answers.nak(now) if is_late else answers.duh(frame)
        self._wait(account, frame, Waiting([seen], reply, [answer]))

    def _wait(self, account: str, content: bytes, waiting: Waiting) -> None:
        known = self._waiting.setdefault((account, content), waiting)
        if known is not waiting:  # the very same is on its way to the disk
            known.answers += waiting.answers
        self._some.set()

    def _settle(self, batch: Sequence[tuple[tuple[str, bytes], Waiting]]) -> None:
        """They are on disk: now, and not before, their panels hear so."""
        for key, waiting in batch:
            self._waiting.pop(key, None)
            for answer in waiting.answers:
                answer(waiting.reply)
        self._report()

    # Panels that fall silent.

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_LOOK)
            self._look(datetime.now(UTC))
            self._report()

    def _look(self, now: datetime) -> None:
        longest = timedelta(minutes=self.settings.supervision_minutes)
        for account, state in self._accounts.items() if longest else ():
            if not state.is_silent and now - state.heard > longest:
                state.is_silent = True
                data = {"account": account, "heard": state.heard.isoformat(timespec="seconds")}
                lost = Observation(now, self.source, "device.offline", device=self._panel(account), data=data)
                self._wait(account, b"silent", Waiting([lost], b"", []))
                _log.warning("Source %s: account %s has not been heard since %s.", self.source, account, data["heard"])

    def _returned(self, account: str, state: Account, now: datetime) -> list[Observation]:
        if not state.is_silent:
            return []
        state.is_silent = False
        data = {"account": account, "silent_seconds": int((now - state.heard).total_seconds())}
        return [Observation(now, self.source, "device.online", device=self._panel(account), data=data)]

    def _alive(self, account: str, now: datetime) -> Observation:
        data = {"account": account, "words": "Null message"}
        return Observation(now, self.source, "device.state", device=self._panel(account), data=data)

    def _panel(self, account: str) -> str:
        return self.settings.names.get(account, f"panel:{account}" if account else "")

    # The health light.

    def _set_trouble(self, words: str) -> None:
        if words != self._trouble:
            _log.warning("Source %s: %s", self.source, words)
        self._trouble, self._trouble_until = words, time.monotonic() + _TROUBLE_SECONDS
        self._report()

    def _report(self) -> None:
        silent = sorted(account for account, state in self._accounts.items() if state.is_silent)
        if silent:
            self.health = Health("trouble", f"Silent: {', '.join(silent)}. See to their line and power.")
        elif time.monotonic() < self._trouble_until:
            self.health = Health("trouble", self._trouble)
        else:
            ports = (("TCP", self.settings.tcp_port), ("UDP", self.settings.udp_port))
            on = ", ".join(f"{name} {port}" for name, port in ports if port)
            self.health = Health("ok", f"Listening on {on}. {self._count} messages of {len(self._accounts)} panels.")
