"""A packet as one file: the paper, what machines read, the custody, the manifest with its time stamp, all in a zip."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from subprocess import TimeoutExpired, run
from sys import executable
from typing import Final

from bartizan.cases.exhibits_told import path_of
from bartizan.cases.models import Case, Exhibit, TimeStamp
from bartizan.cases.packet_paper import paper
from bartizan.core import vault
from bartizan.engines.custody.stamp import message_of
from bartizan.engines.packets import Dossier, manifest_of
from bartizan.engines.packets.identity import utc
from bartizan.engines.packets.manifest import MANIFEST, PIECE, STAMP, SUMS, digest_of, sums_of
from bartizan.engines.packets.stix import STIXError, as_stix
from bartizan.engines.packets.tables import chronology_csv, exhibits_csv
from bartizan.engines.packets.uco import as_case
from bartizan.engines.packets.veris import as_veris

PAPER: Final = "report.pdf"
ATTACHMENTS: Final = "attachments.json"
VALIDATES_FOR: Final = 25.0
"""Seconds after which the validation of the CASE graph is given up: a packet does not wait longer for it."""
Sums = dict[str, tuple[str, int]]


class PacketError(Exception):
    """A packet cannot be made, in words."""


@dataclass(frozen=True, slots=True)
class Parts:
    """All of a packet but its time stamp."""

    small: Mapping[str, bytes]
    """What fits into memory, by name."""
    contents: Mapping[str, Exhibit]
    """Exhibits whose contents lie in it, by name."""
    manifest: bytes
    pages: int
    checked: str
    """What ``case_validate`` said, or why it was not asked."""

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.manifest).hexdigest()


def parts_of(case: Case, dossier: Dossier, chain: bytes, *, validates: bool = True) -> Parts:
    """The files of a packet. ``dossier``: redacted. ``chain``: the custody as text; empty where it is withheld.

    Raises PacketError and TypesetError.
    """
    small = _for_machines(dossier)
    if dossier.level == "authority":
        small |= {"exhibits.csv": exhibits_csv(dossier)} | _custody(case, chain)
    checked = validated(small["case.jsonld"]) if validates else "not asked: practice"
    contents = _contents(case) if any(one.file for one in dossier.things) else {}
    small["README.txt"] = _readme(dossier, checked, has_chain=bool(chain)).encode()
    sums: Sums = {name: digest_of(content) for name, content in small.items()}
    sums |= {name: _sum_of(name, row) for name, row in contents.items()}
    told = _about(dossier)
    small[ATTACHMENTS] = manifest_of(
        {**told, "about": "every file but the paper, which bears this file's digest"}, sums
    )
    made, pages = paper(dossier, digest_of(small[ATTACHMENTS])[0])
    small[PAPER] = made
    sums |= {name: digest_of(small[name]) for name in (ATTACHMENTS, PAPER)}
    small[SUMS] = sums_of(sums)
    return Parts(small, contents, manifest_of({**told, "case_validate": checked}, sums), pages, checked)


def _for_machines(dossier: Dossier) -> dict[str, bytes]:
    try:
        return {
            "stix.json": as_stix(dossier),
            "veris.json": as_veris(dossier),
            "case.jsonld": as_case(dossier),
            "chronology.csv": chronology_csv(dossier),
        }
    except (ValueError, STIXError) as error:
        raise PacketError(f"The facts do not fit a format that others read: {error}") from error


def _about(dossier: Dossier) -> dict[str, object]:
    return {
        "house": dossier.house, "case": dossier.case, "packet": dossier.number, "kind": dossier.kind,
        "level": dossier.level, "facts": dossier.facts_version, "made_at": utc(dossier.made_at), "digests": "SHA-256",
    }  # fmt: skip


def _custody(case: Case, chain: bytes) -> dict[str, bytes]:
    """The chain, its last time stamp and what that stands for, as the tab Evidence gives them."""
    if not chain:
        return {}
    told = {f"custody/custody-{case.number}.txt": chain}
    last = TimeStamp.objects.filter(custody__case=case).order_by("-number").first()
    if last is not None:
        told[f"custody/custody-{case.number}.tsr"] = bytes(last.token)
        told[f"custody/custody-{case.number}-head.txt"] = message_of(case.number, last.number, last.digest)
    return told


def _contents(case: Case) -> dict[str, Exhibit]:
    rows = Exhibit.objects.filter(custody__case=case, form__in=("file", "events")).exclude(file=None)
    return {path_of(row): row for row in rows.select_related("file").order_by("pk")}


def _sum_of(name: str, row: Exhibit) -> tuple[str, int]:
    """Read to its last byte: a packet holds nothing that is not what was taken in."""
    try:
        found = digest_of(vault.read(row.digest))
    except (vault.VaultError, ValueError) as error:
        raise PacketError(f"The content of {row.number} cannot be given: {error}") from error
    if found[0] != row.digest:
        raise PacketError(f"The content of {row.number} is not what was taken in: verify the evidence first.")
    return found


def validated(graph: bytes) -> str:
    """What ``case_validate`` (case-utils, CASE 1.5) says to the graph. In a process of its own: it takes seconds and a
    hundred megabytes. Raises PacketError where the graph does not conform."""
    if find_spec("case_utils") is None:
        return "not asked: the package case-utils (extra papers) is not installed"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.jsonld"
        path.write_bytes(graph)
        command = [executable, "-W", "ignore", "-m", "bartizan.cases.graph_check", str(path)]
        try:
            ended = run(command, capture_output=True, text=True, timeout=VALIDATES_FOR, check=False)  # noqa: S603
        except TimeoutExpired:
            return f"not known: it did not end within {VALIDATES_FOR:.0f} s"
    if ended.returncode != 0:
        raise PacketError(f"The CASE graph does not conform: {(ended.stdout or ended.stderr).strip()[-600:]}")
    return "conforms"


def _readme(dossier: Dossier, checked: str, *, has_chain: bool) -> str:
    lines = [
        f"{dossier.house}: case {dossier.case}, packet {dossier.number}, for {dossier.for_whom}",
        f"Made {utc(dossier.made_at)}. Level: {dossier.level}.",
        "",
        "How to check it, with nothing of ours:",
        f"  sha256sum --check {SUMS}          every file is as it was packed (Windows: Get-FileHash FILE)",
        f"  sha256sum {MANIFEST}                is the digest that the office tells you on another way",
        f"  openssl ts -verify -data {MANIFEST} -in {STAMP} -CAfile AUTHORITY.pem",
        f"                                      where {STAMP} is there: an outside authority saw the manifest then",
        f"The foot of each page of {PAPER} bears the SHA-256 of {ATTACHMENTS}, which lists every other file.",
        "",
        "What is in it:",
        f"  {PAPER:<18} for people: PDF/A-2a and PDF/UA-1",
        f"  case.jsonld        CASE/UCO 1.5; case_validate: {checked}",
        "  stix.json          STIX 2.1 bundle",
        "  veris.json         VERIS 1.4 incident",
        "  chronology.csv     local time and UTC, RFC 4180",
    ]
    if dossier.level == "authority":
        lines.append("  exhibits.csv       with complete digests")
        lines.append(
            "  custody/           a line each link: its SHA-256, a blank, and the bytes that it is the SHA-256 of"
            if has_chain
            else "  custody is told in the paper alone: its file names people whom this level leaves out; ask for it"
        )
    if any(one.file for one in dossier.things):
        lines.append("  exhibits/          contents as they were taken in, not redacted")
    lines += ["", f"Left out of this level: {'; '.join(dossier.left_out)}.", ""]
    return "\r\n".join(lines)


@contextlib.contextmanager
def zipped(parts: Parts, token: bytes, made_at: datetime) -> Iterator[Iterable[bytes]]:
    """The packet's bytes in pieces: the same parts give the same bytes."""
    with tempfile.TemporaryFile() as kept:
        with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
            told = {**parts.small, MANIFEST: parts.manifest} | ({STAMP: token} if token else {})
            for name, content in sorted(told.items()):
                archive.writestr(_entry(name, made_at), content, zipfile.ZIP_DEFLATED)
            for name, row in sorted(parts.contents.items()):
                _add(archive, _entry(name, made_at), row)
        kept.seek(0)
        yield iter(lambda: kept.read(PIECE), b"")


def _entry(name: str, made_at: datetime) -> zipfile.ZipInfo:
    plain = made_at.astimezone(UTC)
    entry = zipfile.ZipInfo(name, (plain.year, plain.month, plain.day, plain.hour, plain.minute, plain.second // 2 * 2))
    entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
    return entry


def _add(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, row: Exhibit) -> None:
    with archive.open(entry, "w", force_zip64=True) as file:
        for piece in vault.read(row.digest):
            file.write(piece)
