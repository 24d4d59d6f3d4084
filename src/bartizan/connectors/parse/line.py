"""From one received line to one observation."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

from bartizan.connectors.parse.header import Header, read_header
from bartizan.connectors.parse.parts import Parts
from bartizan.connectors.parse.program import understand
from bartizan.connectors.parse.stamp import Stamps
from bartizan.engines.observe import Observation


class Lines:
    """Reads the lines of one source. ``zone`` is the zone of stamps that name none."""

    def __init__(self, source: str, zone: tzinfo) -> None:
        self.source = source
        self.stamps = Stamps(zone)

    def read(
        self, text: str, received: datetime, extra: dict[str, Any], *, device: str = "", key: str = ""
    ) -> Observation:
        """The observation that ``text`` is. ``extra`` goes into its data; ``device`` sent it if it does not say."""
        header = read_header(text)
        parts = understand(header.program, header.message)
        data = _envelope(header, extra)
        if parts is None:
            parts = Parts("unknown", {})
        else:
            data.update(parts.data)
        at = self._when(header, parts, received, data)
        if header.host:
            device = f"host:{header.host}"
        raw = "" if parts.complete and header.message == text else text
        device = parts.device or device
        return Observation(
            at, self.source, parts.kind, parts.actor, parts.place, device, parts.asset, parts.outcome, data, raw, key
        )

    def kept(
        self, text: str, received: datetime, extra: dict[str, Any], *, device: str = "", key: str = ""
    ) -> Observation:
        """``text`` as it is, not understood: a message that did not arrive whole must not be believed."""
        return Observation(received, self.source, "unknown", "", "", device, "", "", extra, text, key)

    def _when(self, header: Header, parts: Parts, received: datetime, data: dict[str, Any]) -> datetime:
        if parts.at:
            return self.stamps.placed(parts.at)
        if not header.stamp:
            return received
        at = (
            self.stamps.read_precise(header.stamp, received)
            if header.precise
            else self.stamps.read(header.stamp, received)
        )
        if at:
            return at
        data["unread_time"] = header.stamp
        return received


def _envelope(header: Header, extra: dict[str, Any]) -> dict[str, Any]:
    data = {**extra, "program": header.program} if header.program else dict(extra)
    if header.pid:
        data["pid"] = header.pid
    if header.priority:
        data["facility"], data["severity"] = header.priority
    if header.more:
        data.update(header.more)
    return data


def decoded(raw: bytes) -> str:
    r"""``raw`` as text that can be stored: what is not UTF-8 stays readable as ``\xff``, and so do NULs."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("utf-8", "backslashreplace")
    return text.replace("\0", "\\x00") if "\0" in text else text
