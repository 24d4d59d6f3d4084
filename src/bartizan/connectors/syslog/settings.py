"""What an officer can set of the syslog receiver."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from bartizan.connectors.parse import zone_of

_EVERYWHERE = "0.0.0.0"  # noqa: S104  the senders are other machines
Port = Annotated[int, Field(ge=0, le=65535)]


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    udp_address: str = Field(
        default=_EVERYWHERE,
        description="Address to listen on for UDP; 0.0.0.0 is every IPv4 address, :: every address.",
    )
    udp_port: Port = Field(default=5514, description="UDP port; 0 turns UDP off.")
    tcp_address: str = Field(default=_EVERYWHERE, description="Address to listen on for TCP.")
    tcp_port: Port = Field(default=5514, description="TCP port; 0 turns TCP off.")
    tls_address: str = Field(default=_EVERYWHERE, description="Address to listen on for TLS.")
    tls_port: Port = Field(default=0, description="TLS port, by custom 6514; 0 turns TLS off.")
    tls_certificate: Path | None = Field(
        default=None, description="PEM file with this receiver's certificate and its chain."
    )
    tls_key: Path | None = Field(
        default=None, description="PEM file with its private key, when the certificate's file does not hold it."
    )
    tls_client_authority: Path | None = Field(
        default=None,
        description="PEM file with the authority that signed the senders' certificates; who has none is refused.",
    )
    zone: str = Field(
        default="",
        description="IANA zone of stamps that name none, such as Europe/Amsterdam; empty is this machine's zone.",
    )
    max_message_bytes: int = Field(
        default=262_144, ge=480, le=16_777_216, description="Longer messages are cut to this and marked."
    )
    udp_buffer_bytes: int = Field(
        default=33_554_432,
        ge=65_536,
        le=1_073_741_824,
        description="What the machine is asked to hold of UDP messages while we are busy.",
    )

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            zone_of(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"there is no time zone {name!r}; write it as Europe/Amsterdam") from error
        return name

    @model_validator(mode="after")
    def _listens_somewhere(self) -> Self:
        if not (self.udp_port or self.tcp_port or self.tls_port):
            raise ValueError("every port is 0: give at least one a number")
        return self
