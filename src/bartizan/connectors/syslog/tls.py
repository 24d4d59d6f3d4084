"""Syslog over TLS (RFC 5425): who we are, and whom we let in."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any


def server_context(certificate: Path, key: Path | None, client_authority: Path | None) -> ssl.SSLContext:
    """The context of the listener; with ``client_authority`` every sender must show a certificate signed by it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    if client_authority:
        context.load_verify_locations(client_authority)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def problem_with(certificate: Path | None, key: Path | None, client_authority: Path | None) -> str | None:
    """Why these files make no TLS listener, in words; nothing when they do."""
    if certificate is None:
        return "Syslog over TLS needs a certificate: give the path of its PEM file, or set the TLS port to 0."
    for path in (certificate, key, client_authority):
        if path and not path.is_file():
            return f"Syslog over TLS: there is no file {path}; correct the path or put the file there."
    try:
        server_context(certificate, key, client_authority)
    except (ssl.SSLError, OSError) as error:
        return f"Syslog over TLS: {certificate} and its key cannot be used ({error}); are they PEM, and of one pair?"
    return None


def subject_name(peer_certificate: dict[str, Any] | None) -> str:
    """The common name that a sender's certificate gives it, or its first alternative name."""
    if not peer_certificate:
        return ""
    for relative in peer_certificate.get("subject", ()):
        for name, value in relative:
            if name == "commonName":
                return str(value)
    return next((str(value) for _, value in peer_certificate.get("subjectAltName", ())), "")
