"""The inside of a backup: a tar (POSIX.1-2001) of plain files, the last of which lists them all with their digests."""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final, cast

from bartizan.core.backup.parts import BackupError, files_below, listed

MANIFEST: Final = "manifest.json"
_BLOCK: Final = 512
_PIECE: Final = 1 << 20
_MANIFEST_LIMIT: Final = 512 * 1024 * 1024


def packed(folder: Path, facts: dict[str, Any], told: Callable[[int], None]) -> Iterator[bytes]:
    """Every file below ``folder``, then the manifest with ``facts``. ``told`` hears how many bytes have gone."""
    contents = []
    for path in files_below(folder):
        name = path.relative_to(folder).as_posix()
        digest = hashlib.sha256()
        with path.open("rb") as file:
            size = path.stat().st_size
            yield _header(name, size)
            for chunk in _exactly(file, size, name):
                digest.update(chunk)
                yield chunk
                told(len(chunk))
        yield bytes(-size % _BLOCK)
        contents.append({"name": name, "size": size, "sha256": digest.hexdigest()})
    manifest = json.dumps(facts | {"files": contents}).encode()
    yield _header(MANIFEST, len(manifest)) + manifest + bytes(-len(manifest) % _BLOCK)
    yield bytes(2 * _BLOCK)


def _header(name: str, size: int) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry.tobuf(tarfile.PAX_FORMAT)


def _exactly(file: IO[bytes], size: int, name: str) -> Iterator[bytes]:
    left = size
    while left:
        chunk = file.read(min(left, _PIECE))
        if not chunk:
            raise BackupError(f"{name} became shorter while it was read; the disk or another program changed it.")
        left -= len(chunk)
        yield chunk


class Stream:
    """Chunks as a file that is read from the beginning to its end."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._held = chunks, b""

    def read(self, size: int = -1) -> bytes:
        parts, missing = [], size
        while missing and (self._held or self._fill()):
            part, self._held = self._held[:missing], self._held[missing:]
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def _fill(self) -> bool:
        self._held = next(self._chunks, b"")
        return bool(self._held)

    def to_the_end(self) -> None:
        """So that the last chunk, which says that nothing was cut off, is proved too."""
        for _ in self._chunks:
            pass


def unpacked(chunks: Iterator[bytes], into: Path | None) -> dict[str, Any]:
    """Read a backup to its end and prove every file by its digest; the manifest. Files are written below ``into``, or
    nowhere. Raises BackupError."""
    stream = Stream(chunks)
    found: dict[str, tuple[int, str]] = {}
    manifest: dict[str, Any] | None = None
    try:
        with tarfile.open(mode="r|", fileobj=cast("IO[bytes]", stream)) as tar:
            for entry in tar:
                content = tar.extractfile(entry) if entry.isreg() else None
                if content is None or manifest is not None:
                    raise BackupError(f"The backup holds {entry.name!r}, which no backup of Bartizan does.")
                if entry.name == MANIFEST:
                    manifest = _manifest(content, entry.size)
                else:
                    found[entry.name] = _taken_out(content, _place(entry.name, into))
    except tarfile.TarError as error:
        raise BackupError(f"The inside of the backup cannot be read ({error}).") from error
    stream.to_the_end()
    return _compared(found, manifest)


def _manifest(content: IO[bytes], size: int) -> dict[str, Any]:
    if size > _MANIFEST_LIMIT:
        raise BackupError("The list of contents in this backup is too large to be one.")
    return listed(content.read())


def _place(name: str, into: Path | None) -> Path | None:
    pure = PurePosixPath(name)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts:
        raise BackupError(f"The backup holds a file named {name!r}, outside of its folder.")
    return into / pure if into else None


def _taken_out(content: IO[bytes], target: Path | None) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with target.open("xb") if target else _nowhere() as file:
        while chunk := content.read(_PIECE):
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
    if target is not None:
        target.chmod(0o600)
    return size, digest.hexdigest()


def _nowhere() -> IO[bytes]:
    return Path("/dev/null").open("wb")


def _compared(found: dict[str, tuple[int, str]], manifest: dict[str, Any] | None) -> dict[str, Any]:
    if manifest is None:
        raise BackupError("The backup has no list of its contents; it was not finished.")
    wanted = {each["name"]: (each["size"], each["sha256"]) for each in manifest["files"]}
    wrong = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
    if wrong:
        raise BackupError(f"These files of the backup are missing or not as listed: {', '.join(wrong[:5])}.")
    return manifest
