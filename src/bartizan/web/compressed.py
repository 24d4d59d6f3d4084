"""What goes over the wire is compressed: a first look at a page is a quarter of what it would be otherwise."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]
from whitenoise.responders import StaticFile  # type: ignore[import-untyped]

TEXTS = frozenset({".css", ".js", ".svg", ".json", ".html", ".txt"})


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
        twin = _twin(Path(path))
        if twin is None:
            return super().get_static_file(path, url, stat_cache)
        headers = Headers([])
        self.add_mime_headers(headers, path, url)
        self.add_cache_headers(headers, path, url)
        return StaticFile(path, headers.items(), encodings={"gzip": str(twin)})


def _twin(path: Path) -> Path | None:
    """The compressed file; none when it would not be smaller by a tenth, or cannot be written."""
    if path.suffix not in TEXTS:
        return None
    content = path.read_bytes()
    folder = Path(settings.DATA) / "cache" / "static"
    twin = folder / f"{hashlib.sha256(content).hexdigest()}.gz"
    if twin.exists():
        return twin
    small = gzip.compress(content, 9, mtime=0)
    if len(small) > 0.9 * len(content):
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f".{twin.name}.part"
        part.write_bytes(small)
        part.replace(twin)
    except OSError:  # a full disk makes pages slower, no more
        return None
    return twin
