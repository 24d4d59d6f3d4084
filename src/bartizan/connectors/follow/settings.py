"""What an officer can set of a followed file."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bartizan.connectors.parse import zone_of


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    paths: list[str] = Field(
        min_length=1,
        description="Files to follow: full paths, with * and ? where several match, such as /var/log/*.log.",
    )
    format: Literal["auto", "json"] = Field(
        default="auto",
        description="auto reads every kind of line that Bartizan knows; json takes each line as one JSON object.",
    )
    begin: Literal["beginning", "end"] = Field(
        default="beginning", description="Where to begin in files that are there at the very first start."
    )
    zone: str = Field(default="", description="IANA zone of stamps that name none; empty is this machine's zone.")
    poll_seconds: float = Field(default=0.25, ge=0.01, le=60, description="How often to look for new lines.")
    max_line_bytes: int = Field(
        default=262_144, ge=480, le=16_777_216, description="Longer lines are cut to this and marked."
    )
    state_folder: Path | None = Field(
        default=None,
        description="Folder in which the place reached is kept; Bartizan fills it in from its data folder.",
        json_schema_extra={"is_filled_in": True},
    )

    @field_validator("paths")
    @classmethod
    def _full_paths(cls, paths: list[str]) -> list[str]:
        for path in paths:
            if not path.startswith("/"):
                raise ValueError(f"{path!r} is not a full path; begin it with /")
        return paths

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            zone_of(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"there is no time zone {name!r}; write it as Europe/Amsterdam") from error
        return name
