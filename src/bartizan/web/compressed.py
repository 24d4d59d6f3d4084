"""What goes over the wire is compressed: a first look at a page is a quarter of what it would be otherwise."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from wsgiref.headers import Headers

import brotli
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]
from whitenoise.responders import StaticFile  # type: ignore[import-untyped]

TEXTS: Final = frozenset({".css", ".js", ".svg", ".json", ".html", ".txt"})
# Brotli's last steps to 11 gain a tenth more and take thirty times as long at the first start. Browsers take it over
# HTTPS and on the machine itself; elsewhere they ask for gzip.
ENCODINGS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "br": lambda content: bytes(brotli.compress(content, quality=9)),
    "gzip": lambda content: gzip.compress(content, 9, mtime=0),
}


class CompressedPages(GZipMiddleware):
    """Pages and their parts; never a stream, whose lines must leave at once.

    Compression can tell a page's secrets by its length (BREACH). Here Django masks the CSRF token anew in each answer
    and adds up to a hundred random bytes to it, and the session's cookie is not in the body.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming:
            return response
        return super().process_response(request, response)


class CompressedFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # it comes without types
    """Our own files, compressed once: the result is kept in the data folder's cache under the content's digest."""

    def get_static_file(self, path: str, url: str, stat_cache: Mapping[str, Any] | None = None) -> StaticFile:
        twins = _twins(Path(path))
        if not twins:
            return super().get_static_file(path, url, stat_cache)
        headers = Headers([])
        self.add_mime_headers(headers, path, url)
        self.add_cache_headers(headers, path, url)
        return StaticFile(path, headers.items(), encodings=twins)


def _twins(path: Path) -> dict[str, str]:
    """The compressed files by encoding; none when they would not be smaller by a tenth, or cannot be written."""
    if path.suffix not in TEXTS:
        return {}
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    folder = Path(settings.DATA) / "cache" / "static"
    twins = {name: folder / f"{digest}.{name}" for name in ENCODINGS}
    for name, twin in twins.items():
        if not twin.exists() and not _written(twin, ENCODINGS[name](content), most=0.9 * len(content)):
            return {}
    return {name: str(twin) for name, twin in twins.items()}


def _written(twin: Path, small: bytes, *, most: float) -> bool:
    if len(small) > most:
        return False
    try:
        twin.parent.mkdir(parents=True, exist_ok=True)
        part = twin.with_name(f".{twin.name}.part")
        part.write_bytes(small)
        part.replace(twin)
    except OSError:  # a full disk makes pages slower, no more
        return False
    return True
