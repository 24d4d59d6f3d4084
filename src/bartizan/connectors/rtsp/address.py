"""Addresses of streams: with the credentials for libav, without them for people."""

from __future__ import annotations

from urllib.parse import quote, unquote, urlsplit, urlunsplit


def with_credentials(url: str, user: str, password: str) -> str:
    """``rtsp://host/path`` with the credentials in it, percent-encoded; as it is when there is no user."""
    if not user:
        return url
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(user, safe='')}:{quote(password, safe='')}@{host}"))


def shown(url: str) -> str:
    """Fit for a page, a log and the audit: whatever stands before the @ is left out."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def named_in(url: str) -> tuple[str, str, str]:
    """The address without what stands before the @, the user and the password: pasted addresses often hold both."""
    parts = urlsplit(url)
    return shown(url), unquote(parts.username or ""), unquote(parts.password or "")
