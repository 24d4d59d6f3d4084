"""What a person states about the alarm panels that report here."""

from __future__ import annotations

import re
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

_PAIR: Final = re.compile(r"[0-9A-Fa-f]{1,16}=(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{48}|[0-9A-Fa-f]{64})")


class Dc09Settings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    tcp_address: str = Field(default="0.0.0.0", description="Address to listen on for TCP.")  # noqa: S104  panels call in
    tcp_port: int = Field(default=10002, ge=0, le=65535, description="Port for TCP; 0 turns it off.")
    udp_address: str = Field(default="0.0.0.0", description="Address to listen on for UDP.")  # noqa: S104
    udp_port: int = Field(default=10002, ge=0, le=65535, description="Port for UDP; 0 turns it off.")
    accounts: list[str] = Field(
        default=[],
        description="Accounts that may report, as their panels send them, such as 0815; empty: any. One that is not "
        "listed is answered DUH, and its message is kept as not understood.",
    )
    keys: SecretStr = Field(
        default=SecretStr(""),
        description="AES keys as ACCOUNT=KEY with spaces between, in hexadecimal (32, 48 or 64 digits), such as "
        "0815=00112233445566778899aabbccddeeff. An account with a key must encrypt.",
    )
    supervision_minutes: int = Field(
        default=0,
        ge=0,
        description="After how many minutes without a message a panel counts as silent; 0: never. Panels send a null "
        "message at an interval of their own: state three of those.",
    )
    check_time: bool = Field(
        default=True,
        description="Refuse a message whose stamp is more than 40 seconds old or 20 seconds ahead (DC-09, 5.5.1.9): it "
        "may be an old one played back. The panel is told the right time and sends again.",
    )
    numbers: Literal["hexadecimal", "decimal"] = Field(
        default="hexadecimal",
        description="How panels write the numbers of areas, zones and users in SIA-DCS: hexadecimal is the standard "
        "(DC-03, 5.2.1.1.2), and many panels write them in decimal. Trip zone 10 and see under which number it comes.",
    )
    names: dict[str, str] = Field(
        default={},
        description="The estate's names: 0815: panel:ML-P1, and by account/area/zone or account/zone, such as "
        "0815/1/5: detector:ML-2-M14. A user's number by account/user/number, such as 0815/user/7: person:VI-0042.",
    )

    @field_validator("keys")
    @classmethod
    def _are_keys(cls, keys: SecretStr) -> SecretStr:
        for number, pair in enumerate(keys.get_secret_value().split(), 1):
            if not _PAIR.fullmatch(pair):
                raise ValueError(f"Key {number} must be ACCOUNT=KEY, the key 32, 48 or 64 hexadecimal digits.")
        return keys

    def key_of(self) -> dict[str, bytes]:
        """Each account's key."""
        pairs = (pair.partition("=") for pair in self.keys.get_secret_value().split())
        return {account.upper(): bytes.fromhex(key) for account, _, key in pairs}
