"""What a person states about a broker and what may be read from it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class MqttSettings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    host: str = Field(default="127.0.0.1", description="Name or address of the broker.")
    port: int = Field(default=1883, ge=1, le=65535, description="Its port: 1883, or 8883 with TLS.")
    version: Literal["3.1.1", "5"] = Field(default="3.1.1", description="Version of MQTT to speak.")
    client_id: str = Field(
        default="",
        description="Name under which the broker keeps what arrives while Bartizan is away; left out: "
        "bartizan- and the source's name. Must be unique at the broker.",
    )
    username: str = Field(default="", description="User name at the broker, if it asks for one.")
    password: SecretStr = Field(default=SecretStr(""), description="Password at the broker.")
    tls: bool = Field(default=False, description="Encrypt, and check the broker's certificate and name.")
    ca_file: Path | None = Field(default=None, description="Certificates to trust instead of the system's (PEM).")
    certificate: Path | None = Field(default=None, description="Bartizan's own certificate for the broker (PEM).")
    key: Path | None = Field(default=None, description="Key of that certificate (PEM).")
    bartizan: str = Field(
        default="bartizan", description="Base topic of messages in Bartizan's own JSON; empty: do not read."
    )
    zigbee2mqtt: str = Field(default="zigbee2mqtt", description="Base topic of Zigbee2MQTT; empty: do not read.")
    homeassistant: str = Field(
        default="homeassistant", description="Discovery prefix of Home Assistant; empty: do not read."
    )
    statestream: str = Field(
        default="", description="Base topic of Home Assistant's mqtt_statestream; empty: do not read."
    )
    frigate: str = Field(default="frigate", description="Topic prefix of Frigate; empty: do not read.")
    topics: list[str] = Field(
        default=[], description="Further topics to keep; nobody explains them, so they are stored as not understood."
    )
    names: dict[str, str] = Field(
        default={},
        description="The estate's names for the broker's, such as detector:hall_motion: detector:ML-2-M14 "
        "or zone:driveway: zone:ML-YARD.",
    )
    state_minutes: int = Field(
        default=60,
        ge=0,
        description="How often a sensor that reports nothing new is noted as alive; 0: never.",
    )
    keepalive: int = Field(default=30, ge=5, le=600, description="Seconds after which a dead connection is noticed.")
    session_hours: int = Field(
        default=168, ge=1, description="MQTT 5: for how long the broker keeps messages while Bartizan is away."
    )
    state_folder: Path | None = Field(
        default=None,
        description="Beside it the panels hear codes from keypads; Bartizan fills it in from its data folder.",
        json_schema_extra={"is_filled_in": True},
    )
    longest_wait: int = Field(default=60, ge=1, description="Longest pause between two attempts to reconnect, seconds.")
