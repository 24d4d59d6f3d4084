"""What a person states about a line of readers that Bartizan runs itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

_KEY: Final = re.compile(r"(\d{1,3})=([0-9A-Fa-f]{32})")
_BAUDS: Final = (9600, 19200, 38400, 57600, 115200, 230400)
_OPTION: Final = re.compile(r"(relay|contact|exit)=(!?)(\d{1,2})")
_FORM: Final = "Write a reader as: ADDRESS in|out reader:CODE portal:CODE, then relay=, contact= and exit= as wired."


@dataclass(frozen=True, slots=True)
class Input:
    """An input of a reader; turned, it is active when its contact is at rest."""

    number: int
    is_turned: bool = False

    def is_active(self, report: bytes) -> bool | None:
        """What a status report says of it; nothing when the report is too short to say."""
        if self.number >= len(report):
            return None
        return bool(report[self.number]) != self.is_turned


@dataclass(frozen=True, slots=True)
class Reader:
    """One peripheral device on the line: where it is, and what is wired to it."""

    address: int
    direction: Literal["in", "out"]
    reference: str
    portal: str
    relay: int | None = None
    contact: Input | None = None
    exit: Input | None = None


def reader_of(line: str) -> Reader:
    """``1 in reader:ML-2-R14 portal:ML-2-014 relay=0 contact=0 exit=!1``. Raises ValueError in words."""
    parts = line.split()
    if len(parts) < 4 or not parts[0].isdigit() or parts[1] not in ("in", "out"):
        raise ValueError(f"“{line}” is no reader. {_FORM}")
    if not parts[2].startswith("reader:") or not parts[3].startswith("portal:"):
        raise ValueError(f"“{line}” must name reader: and portal: as the estate does. {_FORM}")
    if int(parts[0]) > 126:
        raise ValueError(f"An OSDP address is 0 to 126, not {parts[0]}.")
    wired = dict(_option(part) for part in parts[4:])
    relay = wired.get("relay")
    return Reader(
        int(parts[0]),
        "in" if parts[1] == "in" else "out",
        parts[2],
        parts[3].removeprefix("portal:"),
        relay.number if relay else None,
        wired.get("contact"),
        wired.get("exit"),
    )


def _option(part: str) -> tuple[str, Input]:
    found = _OPTION.fullmatch(part)
    if found is None:
        raise ValueError(f"“{part}” is not relay=, contact= or exit= with a number. {_FORM}")
    return found[1], Input(int(found[3]), bool(found[2]))


class OsdpSettings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    serial_port: str = Field(
        description="Serial port of the RS-485 line, such as /dev/serial/by-id/usb-FTDI_…; the user that runs Bartizan "
        "must be in the port's group (on Debian: dialout)."
    )
    readers: list[str] = Field(
        min_length=1,
        description="One reader a line: ADDRESS in|out reader:CODE portal:CODE, then what is wired to it: relay=0 (the "
        "lock), contact=0 (the door's contact, active when open), exit=1 (the exit button); ! before a number turns an "
        "input round. Such as: 1 in reader:ML-2-R14 portal:ML-2-014 relay=0 contact=0 exit=1",
    )
    keys: SecretStr = Field(
        default=SecretStr(""),
        title="Keys of the readers",
        description="Secure channel base keys (SCBK) as ADDRESS=KEY with spaces between, of 32 hexadecimal digits.",
    )
    baud: int = Field(default=9600, description=f"Speed of the line: {', '.join(map(str, _BAUDS))}.")
    require_secure: bool = Field(
        default=True,
        title="Secure channel required",
        description="Talk to readers only over a secure channel. Without it card numbers cross the line in clear, and "
        "whoever reaches the cable behind the reader opens the door.",
    )
    held_seconds: int = Field(
        default=30,
        title="Held open after",
        ge=0,
        le=3600,
        description="After how many seconds an open door counts as held; 0: never.",
    )
    cards_37: Literal["H10304", "H10302"] = Field(
        default="H10304",
        title="Cards of 37 bits",
        description="Cards of 37 bits: H10304 has a facility code, H10302 a longer number and none.",
    )
    facilities: list[int] = Field(
        default=[],
        title="Facility codes",
        description="Facility codes of your own cards, one a line. A card with another code is a stranger's, even when "
        "its number is one of your badges'. Empty: any code is yours.",
    )
    table: str = Field(
        default="",
        title="Access table",
        description="Path of the access table; empty: the one that Bartizan writes into its data folder.",
    )
    state_folder: Path | None = Field(
        default=None,
        description="Folder in which it is kept who is inside; Bartizan fills it in from its data folder.",
        json_schema_extra={"is_filled_in": True},
    )

    @field_validator("serial_port", "table")
    @classmethod
    def _is_path(cls, path: str) -> str:
        if path and not path.startswith("/"):
            raise ValueError(f"“{path}” is not a full path; begin it with /.")
        return path

    @field_validator("baud")
    @classmethod
    def _is_speed(cls, baud: int) -> int:
        if baud not in _BAUDS:
            raise ValueError(f"{baud} is no speed of OSDP: {', '.join(map(str, _BAUDS))}.")
        return baud

    @field_validator("readers")
    @classmethod
    def _are_readers(cls, lines: list[str]) -> list[str]:
        addresses = [reader_of(line).address for line in lines]
        if twice := {address for address in addresses if addresses.count(address) > 1}:
            raise ValueError(f"Address {min(twice)} is given twice; every reader of a line has its own.")
        return lines

    @field_validator("keys")
    @classmethod
    def _are_keys(cls, keys: SecretStr) -> SecretStr:
        for number, pair in enumerate(keys.get_secret_value().split(), 1):
            if not _KEY.fullmatch(pair):
                raise ValueError(f"Key {number} must be ADDRESS=KEY, the key 32 hexadecimal digits.")
        return keys

    @model_validator(mode="after")
    def _has_keys(self) -> OsdpSettings:
        missing = [str(r.address) for r in self.parsed() if r.address not in self.key_of()]
        if self.require_secure and missing:
            raise ValueError(f"Reader {', '.join(missing)} has no key: enter it under keys, or allow a line in clear.")
        return self

    def parsed(self) -> list[Reader]:
        return [reader_of(line) for line in self.readers]

    def key_of(self) -> dict[int, bytes]:
        """Each reader's key, by address."""
        pairs = (_KEY.fullmatch(pair) for pair in self.keys.get_secret_value().split())
        return {int(pair[1]): bytes.fromhex(pair[2]) for pair in pairs if pair}

    def table_file(self) -> Path | None:
        """Bartizan's own lies beside the folder that it fills in."""
        if self.table:
            return Path(self.table)
        return self.state_folder.parent / "access-table.json" if self.state_folder else None
