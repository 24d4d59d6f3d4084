"""The other end of a line: OSDP peripheral devices of ``libosdp`` on a pseudo-terminal, for tests, benchmarks and the
demo. They speak the protocol as devices on a cable do; nothing of it is short-circuited."""

from __future__ import annotations

import os
import select
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

from bartizan.engines.access import encode

KEY: Final = bytes(range(16))
_QUIET: Final = 2
_CAPABILITIES: Final = [
    {"function_code": code, "compliance_level": 1, "num_items": items}
    for code, items in ((1, 4), (2, 1), (3, 1), (4, 1), (5, 1), (9, 1), (13, 1))
]


class _Tap:
    """A reader's end: hears the whole line."""

    def __init__(self, line: Readers) -> None:
        self.id = 0
        self.line, self.came = line, bytearray()

    def read(self, most: int) -> bytes:
        some = bytes(self.came[:most])
        del self.came[:most]
        return some

    def write(self, sent: bytes) -> int:
        return os.write(self.line.master, sent)

    def flush(self) -> None:
        self.came.clear()


class Readers:
    """A line with a reader at each address; ``told`` is what each was told: relay, light, sound."""

    def __init__(self, *addresses: int, key: bytes = KEY) -> None:
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.path = os.ttyname(slave)
        self._slave = slave  # held open, so that the line is not gone before the other end opens it
        os.set_blocking(self.master, False)
        self.told: dict[int, list[dict[str, Any]]] = {address: [] for address in addresses}
        self._taps: dict[int, _Tap] = {}
        self._devices: dict[int, Any] = {}
        self._guard, self._stop = threading.RLock(), threading.Event()
        for address in addresses:
            self.plug(address, key)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def plug(self, address: int, key: bytes = KEY) -> None:
        """Put a reader on the line. Raises ImportError without libosdp."""
        import osdp_sys  # noqa: PLC0415  the extra bartizan[doors]

        osdp_sys.set_loglevel(_QUIET)
        tap = _Tap(self)
        device = osdp_sys.PeripheralDevice(
            {
                "name": f"pd-{address}", "address": address, "flags": 65536, "scbk": key, "channel": tap,
                "version": 1, "model": 1, "vendor_code": 1, "serial_number": address, "firmware_version": 1,
            },
            capabilities=_CAPABILITIES,
        )  # fmt: skip
        device.set_command_callback(partial(self._hear, address))
        with self._guard:
            self._taps[address], self._devices[address] = tap, device

    def pull(self, address: int) -> None:
        with self._guard:
            del self._taps[address], self._devices[address]

    def card(self, address: int, number: int, facility: int = 17, layout: str = "H10301") -> float:
        """When it was shown, on the clock of ``time.perf_counter``."""
        data, bits = encode(number, facility, layout)
        return self.raw(address, data, bits)

    def raw(self, address: int, data: bytes, bits: int) -> float:
        event = {"event": 1, "reader_no": 0, "direction": 0, "format": 1, "length": bits, "data": data}
        return self._say(address, event)

    def keys(self, address: int, typed: str) -> None:
        self._say(address, {"event": 2, "reader_no": 0, "data": typed.replace("#", "\r").encode()})

    def inputs(self, address: int, *active: int) -> None:
        self._say(address, {"event": 4, "type": 0, "report": bytes(int(n in active) for n in range(4))})

    def local(self, address: int, *, tamper: bool = False, power: bool = False) -> None:
        self._say(address, {"event": 4, "type": 2, "report": bytes([tamper, power])})

    def relay(self, address: int) -> list[tuple[int, int]]:
        """What the relay was told: control code and time in tenths of a second."""
        return [(c["control_code"], c["timer_count"]) for c in list(self.told[address]) if c["command"] == 1]

    def until_relay(self, address: int, told: tuple[int, int]) -> None:
        """Until this is what the relay was told last."""
        self.until(lambda: self.relay(address)[-1:] == [told])

    def lights(self, address: int) -> list[tuple[int, bool]]:
        """The colours shown, and whether each goes by itself."""
        return [(c["on_color"], c["temporary"]) for c in list(self.told[address]) if c["command"] == 2]

    def until(self, satisfied: Callable[[], bool], seconds: float = 20) -> None:
        """Raises TimeoutError when it does not come about in time."""
        end = time.monotonic() + seconds
        while not satisfied():
            if time.monotonic() > end:
                raise TimeoutError(f"It did not come about; told so far: {self.told}")
            time.sleep(0.002)

    def close(self) -> None:
        self._stop.set()
        self._thread.join(5)
        os.close(self._slave)
        os.close(self.master)

    def _say(self, address: int, event: dict[str, Any]) -> float:
        with self._guard:
            if not self._devices[address].submit_event(event):
                raise ValueError(f"The reader at {address} did not take {event}.")
            return time.perf_counter()

    def _hear(self, address: int, command: dict[str, Any]) -> tuple[int, None]:
        self.told[address].append({**command, "at": time.perf_counter()})
        return 0, None

    def _run(self) -> None:
        while not self._stop.is_set():
            select.select([self.master], [], [], 0.005)
            with self._guard:
                self._listen()
                for device in self._devices.values():
                    device.refresh()

    def _listen(self) -> None:
        try:
            came = os.read(self.master, 4096)
        except (BlockingIOError, OSError):
            return
        for tap in self._taps.values():
            tap.came += came


@contextmanager
def readers(*addresses: int, key: bytes = KEY) -> Iterator[Readers]:
    line = Readers(*addresses, key=key)
    try:
        yield line
    finally:
        line.close()
