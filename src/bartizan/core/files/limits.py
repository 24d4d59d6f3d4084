"""What the office decides about files."""

from __future__ import annotations

from pydantic import BaseModel, Field

from bartizan.core.preferences import Preference, declare


class Files(BaseModel):
    largest_megabytes: int = Field(
        512,
        title="Largest file, MB",
        ge=1,
        le=16_384,
        description="The largest file that can be added to a record, in megabytes.",
    )
    removed_days: int = Field(
        30,
        title="A removed file stays for, days",
        ge=1,
        le=3650,
        description="For how many days the content of a removed file stays in the vault before it is deleted.",
    )


declare(
    Preference(
        "files",
        Files,
        "Files",
        "How large a file may be, and how long a removed one stays.",
        icon="file",
        order=60,
        state=lambda decided: f"up to {decided.largest_megabytes} MB",
    )
)
