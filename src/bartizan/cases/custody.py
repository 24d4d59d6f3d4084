"""What the deeds of evidence are told: who gives and takes, what was seen, what describes an exhibit, who signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from pydantic import BaseModel, Field, ValidationInfo, field_validator

from bartizan.core import preferences
from bartizan.core.models import File, User
from bartizan.engines.custody import Signature
from bartizan.engines.custody.stamp import StampError, certificates_of
from bartizan.notices.outgoing import parts_of


class Evidence(BaseModel):
    """What the office decides about evidence."""

    authority: str = Field(
        "",
        title="Time-stamp authority",
        max_length=400,
        description="Where each new link is stamped (RFC 3161), such as https://tsa.example.org/tsr. Empty: nowhere.",
    )
    ca_file: str = Field(
        "",
        title="Certificate to trust",
        max_length=400,
        description="A PEM file on this machine with the authority's root certificate.",
    )
    image_folders: list[str] = Field(
        default_factory=list,
        title="Folders of disk images",
        description="One whole path a line. A disk image in one of them can be an exhibit by reference, uncopied.",
    )

    @field_validator("authority")
    @classmethod
    def _is_an_address(cls, text: str) -> str:
        if text.strip() and parts_of(text.strip()) is None:
            raise ValueError("Write an address that begins with https:// or http://.")
        return text.strip()

    @field_validator("ca_file")
    @classmethod
    def _is_a_certificate(cls, text: str, info: ValidationInfo) -> str:
        """Whether it can be read is asked of who fills in the form; later its absence is a trouble of its own."""
        if text and info.context:
            try:
                certificates_of(certificate_text(text))
            except (OSError, UnicodeDecodeError, StampError) as error:
                raise ValueError(f"The file {text} holds no certificate that can be read ({error})") from error
        return text

    @field_validator("image_folders")
    @classmethod
    def _are_whole_paths(cls, folders: list[str]) -> list[str]:
        if wrong := [one for one in folders if not one.startswith("/")]:
            raise ValueError(f"“{wrong[0]}” is no whole path: it begins with /")
        return folders


def certificate_text(path: str) -> str:
    """Raises OSError and UnicodeDecodeError."""
    with open(path, encoding="ascii") as file:  # noqa: PTH123  a plain file that an officer named
        return file.read(1 << 20)


preferences.declare(
    preferences.Preference(
        "evidence",
        Evidence,
        "Evidence",
        "Who stamps the time of custody, and where disk images lie.",
        icon="seal",
        order=62,
        state=lambda decided: decided.authority or "no time stamps",
        takes="The next link is stamped so; images are looked for there at once.",
    )
)


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody from whom or to whom an exhibit goes."""

    name: str
    ref: str = ""
    """``officer:alice``; empty: somebody outside the console."""


def party_of(user: User) -> Party:
    return Party(called(user), f"officer:{user.username}")


def called(user: User) -> str:
    return user.get_full_name() or user.username


@dataclass(frozen=True, slots=True)
class Description:
    """What never changes of an exhibit."""

    name: str
    what: str = ""
    found_at: datetime | None = None
    found_where: str = ""
    found_by: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What is digital of an exhibit; nothing of a thing."""

    form: str = "thing"
    file: File | None = None
    path: str = ""
    source: str = ""
    digest: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What was seen and done at one link."""

    why: str
    how: str = ""
    place: str = ""
    """Where it is afterwards; empty: where it was."""
    at: datetime | None = None
    """When it was done; nothing: now."""
    seal_state: str = ""
    seal_found: str = ""
    seal_left: str | None = None
    """None: as it was found on record."""
    changes: str = ""
    changes_by: str = ""


def signed_by(user: User, part: str, typed: str, way: str = "session") -> Signature:
    """An account's signature. Raises ValidationError unless the name was typed as it stands on the account."""
    if " ".join(typed.split()).casefold() != called(user).casefold():
        raise ValidationError(f"To sign, type the name as it stands on the account: {called(user)}.")
    return Signature(part, called(user), f"officer:{user.username}", way, "", "", timezone.now())


def signed_on_paper(party: Party, part: str, reference: str, shown: str = "") -> Signature:
    """Of somebody who does not sign here: the paper on which it stands, and what an outsider showed."""
    if not party.name.strip():
        raise ValidationError("Say who signed.")
    if not reference.strip():
        raise ValidationError(f"Say where {party.name} signed: the number of the receipt, or the reference given.")
    if not party.ref and not shown.strip():
        raise ValidationError(f"Say what {party.name} showed, such as a warrant card and its number.")
    words = (part, party.name.strip()[:120], party.ref, "paper", reference.strip()[:120], shown.strip()[:200])
    return Signature(*words, timezone.now())


def as_json(signatures: Sequence[Signature]) -> list[dict[str, Any]]:
    """Signatures as a record keeps them."""
    return [
        {name: getattr(one, name) for name in ("part", "name", "who", "way", "reference", "shown")}
        | {"at": one.at.isoformat(timespec="microseconds")}
        for one in signatures
    ]


def from_json(kept: Sequence[Mapping[str, Any]]) -> tuple[Signature, ...]:
    """Raises ValueError, KeyError or TypeError for what no deed has written."""
    return tuple(
        Signature(
            str(one["part"]),
            str(one["name"]),
            str(one["who"]),
            str(one["way"]),
            str(one["reference"]),
            str(one["shown"]),
            datetime.fromisoformat(one["at"]),
        )
        for one in kept
    )
