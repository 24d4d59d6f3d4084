"""Whether a packet is still what was packed: its files, its time stamp, and what the office has on record of it."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from bartizan.engines.custody.stamp import StampError, read_stamp
from bartizan.engines.packets.manifest import MANIFEST, PIECE, STAMP, Finding, digest_of, verify

Sums = dict[str, tuple[str, int]]
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError)
"""What the reader of a zip raises for one that was damaged, or is locked."""


class PacketError(Exception):
    """A file is no packet, in words."""


@dataclass(frozen=True, slots=True)
class Checked:
    case: str
    number: int
    files: int
    digest: str
    wrong: tuple[Finding, ...]
    told: tuple[str, ...]
    """What else was found, in sentences."""


def check(path: Path, trusted: str = "", *, knows: bool = False) -> Checked:
    """``trusted``: PEM text of whoever may stamp time. ``knows``: the records are open. Raises PacketError."""
    with path.open("rb") as file:
        manifest, token, wrong, count = examined(file)
    about = _about(manifest)
    digest = hashlib.sha256(manifest).hexdigest()
    told: list[str] = []
    wrong += _stamp(manifest, token, trusted, told)
    case, told_number = str(about.get("case", "not known")), about.get("packet")
    number = told_number if isinstance(told_number, int) else 0
    if knows:
        wrong += _on_record(case, number, digest, told)
    else:
        told.append("This data folder has no records: compare the manifest's SHA-256 with the office's own.")
    return Checked(case, number, count, digest, tuple(wrong), tuple(told))


def examined(file: IO[bytes]) -> tuple[bytes, bytes, list[Finding], int]:
    """The manifest, its time stamp (empty: none), all that is not as it was packed, and how many files there are."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            if MANIFEST not in names:
                raise PacketError(f"It holds no {MANIFEST}: it is no packet.")
            manifest = archive.read(MANIFEST)
            token = archive.read(STAMP) if STAMP in names else b""
            found, wrong = _found(archive, names)
    except _BROKEN as error:
        raise PacketError(f"It cannot be read as a zip file ({error}).") from error
    wrong += [Finding(name, "it is in the packet twice") for name in sorted({n for n in names if names.count(n) > 1})]
    known = {one.file for one in wrong}
    wrong += [one for one in verify(manifest, found) if one.file not in known]
    return manifest, token, wrong, len(names)


def _found(archive: zipfile.ZipFile, names: list[str]) -> tuple[Sums, list[Finding]]:
    found: Sums = {}
    broken: list[Finding] = []
    for name in dict.fromkeys(names):
        try:
            found[name] = _sum_of(archive, name)
        except _BROKEN as error:
            broken.append(Finding(name, f"it was changed: it cannot be read whole ({error})"))
    return found, broken


def _sum_of(archive: zipfile.ZipFile, name: str) -> tuple[str, int]:
    with archive.open(name) as file:
        return digest_of(iter(lambda: file.read(PIECE), b""))


def _about(manifest: bytes) -> dict[str, Any]:
    """What a manifest says of its packet; nothing where it cannot be read, which is a finding already."""
    try:
        told = json.loads(manifest)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _stamp(manifest: bytes, token: bytes, trusted: str, told: list[str]) -> list[Finding]:
    if not token:
        told.append("It has no time stamp: when it was made is the office's word alone.")
    elif not trusted:
        told.append("It has a time stamp; name the authority's root certificate with --trusted to prove it.")
    else:
        try:
            told.append(f"The time stamp holds: {read_stamp(token, manifest, trusted).at:%d %b %Y %H:%M:%S} UTC.")
        except StampError as error:
            return [Finding(STAMP, f"it does not hold: {str(error).rstrip('.')}")]
    return []


def _on_record(case: str, number: int, digest: str, told: list[str]) -> list[Finding]:
    from bartizan.cases.models import Packet  # noqa: PLC0415  a packet is checked where there are no records, too

    kept = Packet.objects.filter(case__number=case, number=number).first()
    if kept is None:
        told.append(f"This office has no packet {number} of case {case} on record.")
        return []
    if kept.digest != digest:
        return [Finding(MANIFEST, f"it is not the one that the office has on record: that has SHA-256 {kept.digest}")]
    told.append("The manifest is the one that the office has on record.")
    return []
