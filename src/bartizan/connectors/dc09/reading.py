"""From a message of a panel to observations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from siadc09 import dc05
from siadc09.admcid import CidEvent, DataCid
from siadc09.message import Message
from siadc09.siadcs import DataDcsGroup, DcsEvent

from bartizan.connectors.dc09.codes import kind_of_contact_id, kind_of_dc03
from bartizan.connectors.dc09.settings import Dc09Settings
from bartizan.engines.observe import Observation

_MORE: Final = {
    "I": "text", "L": "location", "O": "building", "R": "room", "S": "site", "V": "verification", "M": "mac",
    "T": "trigger", "X": "longitude", "Y": "latitude", "Z": "altitude", "J": "json",
}  # fmt: skip
"""Extended data of DC-09 (5.5.1.8) that is kept, under our names."""


@dataclass(frozen=True, slots=True)
class Told:
    """One event within a message, whichever code it came in."""

    kind: str
    code: str
    words: str
    sort: str = ""
    area: int | None = None
    zone: int | None = None
    user: int | None = None
    text: str = ""

    def told(self) -> dict[str, Any]:
        """What of it is known, under its name."""
        found = {name: getattr(self, name) for name in ("code", "words", "sort", "text", "area", "zone", "user")}
        return {name: value for name, value in found.items() if value not in (None, "")}


def observations(
    message: Message, account: str, frame: bytes, now: datetime, *, source: str, settings: Dc09Settings
) -> list[Observation]:
    """What a message of ``account`` tells; one of a code that is not understood is kept as ``unknown``, whole."""
    more = dict(_more(message))
    at = more.pop("time", None) or message.timestamp or now
    data = {"account": account, "sequence": message.seq, **more}
    text = frame.decode("ascii", "backslashreplace").strip()
    names = settings.names
    told = list(_told(message, is_decimal=settings.numbers == "decimal")) or [Told("unknown", "", "")]
    # Only a stamp keeps a message that is sent again apart from the same one of another day.
    digest = sha256(content_of(message, frame)).hexdigest()[:24]
    key = f"{account}/{digest}" if message.seq and message.timestamp else ""
    return [
        Observation(
            at=at,
            source=source,
            kind=one.kind,
            actor=names.get(f"{account}/user/{one.user}", ""),
            device=_device(account, one, names),
            outcome="failure" if one.kind in ("door.denied", "door.passback") else "",
            data=data | one.told(),
            raw=text,
            key=key and f"{key}/{number}",
        )
        for number, one in enumerate(told)
    ]


def content_of(message: Message, frame: bytes) -> bytes:
    """What makes two sendings of one message the same: all of it but the padding of its encryption. A stamp belongs to
    it: a panel that begins its numbers anew may say the same of another moment."""
    if not message.encrypted:
        return frame
    return b"%04d%b%b%s" % (message.seq, message.pack_data(), message.pack_xdata(), str(message.timestamp).encode())


def _told(message: Message, *, is_decimal: bool) -> Iterator[Told]:
    if isinstance(message.data, DataCid) and message.data.event is not None:
        yield _contact_id(message.data.event)
    elif isinstance(message.data, DataDcsGroup):
        for block in message.data.blocks:
            for event in getattr(block, "events", None) or ():
                yield _dc03(event, _as_decimal if is_decimal else _whole)


def _contact_id(event: CidEvent) -> Told:
    known = dc05.EVENT.get(event.code, {})
    words, number = known.get("name", "Unknown"), event.addr or None
    is_of_user = known.get("addr") == "User"
    return Told(
        kind_of_contact_id(event.code, event.qualifier),
        event.code,
        words,
        area=event.group or None,
        zone=None if is_of_user else number,
        user=number if is_of_user else None,
    )


def _dc03(event: DcsEvent, number: Callable[[object], int | None]) -> Told:
    kind, sort = kind_of_dc03(event.code)
    values = {code: one.value for code, one in (event.modifiers or {}).items()}
    is_of_zone, is_of_user = event.label in ("Zone", "Point", "Door"), event.label == "User"
    area = values.get("ri") or (event.addr if event.label == "Area" else None)
    return Told(
        kind,
        event.code,
        str(event.name),
        sort,
        number(area),
        number(event.addr) if is_of_zone else None,
        number(event.addr) if is_of_user and event.addr else number(values.get("id")),
        str(event.descr or ""),
    )


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _as_decimal(value: object) -> int | None:
    """As the panel wrote it, read anew in decimal: the codec reads hexadecimal, as DC-03, 5.2.1.1.2 has it. What has
    a letter in it was hexadecimal after all."""
    number = _whole(value)
    return number if number is None or not f"{number:x}".isdecimal() else int(f"{number:x}")


def _more(message: Message) -> Iterator[tuple[str, Any]]:
    for one in message.xdata:
        if one.prefix == "H":
            yield "time", one.value if isinstance(one.value, datetime) else None
        elif one.prefix in _MORE:
            yield _MORE[one.prefix], one.value if isinstance(one.value, (str, dict)) else one.valuestr()


def _device(account: str, told: Told, names: Mapping[str, str]) -> str:
    """The detector as the estate names it, or the panel."""
    spots = (f"{account}/{told.area}/{told.zone}", f"{account}/{told.zone}") if told.zone is not None else ()
    return next((names[spot] for spot in spots if spot in names), names.get(account, f"panel:{account}"))
