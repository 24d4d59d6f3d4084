"""What a file is, told from its first bytes: the name and what the sender says of it may be anything."""

from __future__ import annotations

import unicodedata
from typing import Final

LOOKS_AT: Final = 4096
SHOWN: Final = frozenset({"image/png", "image/jpeg"})
"""What a page may show; everything else leaves as a download."""
_LONGEST_NAME: Final = 200
_BEGINNINGS: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1aE\xdf\xa3", "video/x-matroska"),
    (b"OggS", "application/ogg"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"ElfFile\x00", "application/x-evtx"),
    (b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"MZ", "application/vnd.microsoft.portable-executable"),
    (b"\x7fELF", "application/x-elf"),
)
_OFFICE: Final = {
    b"word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    b"ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_UNKNOWN: Final = "application/octet-stream"


def media_type(beginning: bytes) -> str:
    """By the first ``LOOKS_AT`` bytes. What could be a page or a script is plain text at most."""
    found = next((kind for mark, kind in _BEGINNINGS if beginning.startswith(mark)), "")
    if found == "application/zip":
        return next((kind for part, kind in _OFFICE.items() if part in beginning), found)
    if found:
        return found
    if beginning[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}.get(beginning[8:12], _UNKNOWN)
    if beginning[4:8] == b"ftyp":
        return "video/mp4"
    return "text/plain" if _is_text(beginning) else _UNKNOWN


def _is_text(beginning: bytes) -> bool:
    if b"\x00" in beginning:
        return False
    for cut in range(4):  # the last letter may have been cut in the middle
        try:
            beginning[: len(beginning) - cut].decode()
        except UnicodeDecodeError:
            continue
        return True
    return False


def clean_name(name: str) -> str:
    """The name alone, without folders, control and direction marks, and not longer than a record holds."""
    own = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    own = "".join(letter for letter in own if unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Zl", "Zp"})
    own = own.strip(" .") or "file"
    stem, dot, ending = own.rpartition(".")
    if len(own) <= _LONGEST_NAME or not dot or len(ending) > 20:
        return own[:_LONGEST_NAME]
    return stem[: _LONGEST_NAME - len(ending) - 1] + dot + ending
