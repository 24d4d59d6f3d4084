"""The manifest of a packet: the SHA-256 of each of its files, and whether a packet is still what it says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

MANIFEST: Final = "manifest.json"
STAMP: Final = "manifest.tsr"
PIECE: Final = 1 << 20
"""Bytes that are read at once."""
SUMS: Final = "SHA256SUMS"
"""The same digests as any SHA-256 tool reads them."""
OUTSIDE: Final = frozenset({MANIFEST, STAMP, SUMS})
"""What the manifest does not list: itself, and what is made of it."""


@dataclass(frozen=True, slots=True)
class Finding:
    file: str
    words: str


def manifest_of(told: Mapping[str, Any], files: Mapping[str, tuple[str, int]]) -> bytes:
    """The manifest's bytes. ``files``: by name the SHA-256 in hexadecimal and the size in bytes."""
    listed = [{"name": name, "sha256": digest, "bytes": size} for name, (digest, size) in sorted(files.items())]
    return (json.dumps({**told, "files": listed}, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def sums_of(files: Mapping[str, tuple[str, int]]) -> bytes:
    """As ``sha256sum --check`` reads it."""
    return "".join(f"{digest}  {name}\n" for name, (digest, _) in sorted(files.items())).encode()


def digest_of(content: bytes | Iterable[bytes]) -> tuple[str, int]:
    """SHA-256 in hexadecimal, and the size."""
    told, size = hashlib.sha256(), 0
    for piece in [content] if isinstance(content, bytes) else content:
        told.update(piece)
        size += len(piece)
    return told.hexdigest(), size


def verify(manifest: bytes, found: Mapping[str, tuple[str, int]]) -> list[Finding]:
    """Every file that is changed, missing or added. ``found``: what is there, as ``manifest_of`` takes it."""
    try:
        told = json.loads(manifest)
        listed = {str(one["name"]): (str(one["sha256"]), int(one["bytes"])) for one in told["files"]}
    except (ValueError, KeyError, TypeError):
        return [Finding(MANIFEST, "it cannot be read as a manifest")]
    return list(_findings(listed, found))


def _findings(listed: Mapping[str, tuple[str, int]], found: Mapping[str, tuple[str, int]]) -> Iterator[Finding]:
    for name, (digest, size) in sorted(listed.items()):
        if name not in found:
            yield Finding(name, "it is in the manifest and not in the packet")
        elif found[name] != (digest, size):
            yield Finding(name, f"it was changed: its SHA-256 is {found[name][0]}, the manifest says {digest}")
    if SUMS in found and found[SUMS] != digest_of(sums_of(listed)):
        yield Finding(SUMS, "it was changed: it does not say what the manifest says")
    for name in sorted(found.keys() - listed.keys() - OUTSIDE):
        yield Finding(name, "it is in the packet and not in the manifest: it was put in")
