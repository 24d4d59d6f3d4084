"""Posting to an address that somebody typed: one that leads where it may, without redirects, within a time.

The name is resolved once, every address that it has is looked at, and the connection goes to the one that was looked
at, so that a name that answers differently the second time (DNS rebinding) leads nowhere.
"""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

TIMEOUT = 10.0
LONGEST = 30.0
"""Of the whole exchange: an answer that comes drop by drop is cut."""
READS = 4096
LONGEST_ADDRESS = 1000
METADATA = (
    ip_network("169.254.0.0/16"),
    ip_network("fe80::/10"),
    ip_network("fd00:ec2::/32"),
    ip_network("100.100.100.200/32"),
    ip_network("168.63.129.16/32"),
    ip_network("192.0.0.192/32"),
)
"""Link-local, and where clouds keep a machine's credentials: never, whatever the office allows."""

TRANSLATED = ip_network("64:ff9b::/96")
COMPATIBLE = ip_network("::/96")
INSIDE = (ip_network("64:ff9b:1::/48"), ip_network("fec0::/10"))
"""Of a house's own although Python's list of private networks lacks them: RFC 8215 and RFC 3879."""
Address = IPv4Address | IPv6Address


class Refused(Exception):
    """The address is not one that may be posted to; the words say why."""


class Unreached(Exception):
    """Nothing, or nobody who is who he should be, answers there; the words say what to check."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    words: str
    """``204 No Content``."""
    body: str
    after: float | None
    """``Retry-After`` in seconds."""
    content: bytes = b""
    """The beginning of the answer as it came, as much as was asked for."""


def parts_of(address: str, schemes: Collection[str] = ("https", "http")) -> SplitResult | None:
    """Those of an address that can be posted to; nothing of another."""
    if len(address) > LONGEST_ADDRESS or not address.isascii() or any(c.isspace() for c in address):
        return None
    try:
        parts = urlsplit(address)
        is_right = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if is_right else None


def check(address: Address, *, allows_private: bool) -> None:
    """Raises Refused for an address that may not be posted to."""
    plain = _plain(address)
    if any(plain in network for network in METADATA):
        raise Refused(f"{plain} is a link-local or metadata address; nothing is ever sent there.")
    if plain.is_multicast or plain.is_unspecified:
        raise Refused(f"{plain} is no address of a single machine.")
    if not allows_private and (not plain.is_global or any(plain in network for network in INSIDE)):
        raise Refused(
            f"{plain} is on this machine or in a private network; allow that under Settings, Sending notices."
        )


def _plain(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for (RFC 4291 mapped and compatible, RFC 6052 translated)."""
    if not isinstance(address, IPv6Address) or address.is_loopback:
        return address
    if address in TRANSLATED or address in COMPATIBLE:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allows_private: bool,
    context: ssl.SSLContext | None = None,
    reads: int = READS,
) -> Answer:
    """POST ``body`` and read the first ``reads`` bytes of the answer. Raises Refused and Unreached."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused("Only addresses that begin with http:// or https:// are posted to.")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    found = _resolved(parts.hostname, port, allows_private=allows_private)
    with _in_words(parts.hostname, port):
        raw = _connected(found, port)
        with cut_after(raw, LONGEST):
            if parts.scheme == "https":
                raw = (context or ssl.create_default_context()).wrap_socket(raw, server_hostname=parts.hostname)
            connection = http.client.HTTPConnection(parts.hostname, port, timeout=TIMEOUT)
            connection.sock = raw
            return _exchange(connection, path, body, headers, reads)


def _resolved(host: str, port: int, *, allows_private: bool) -> list[Address]:
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreached(f"The name {host} is not known ({reason(error)}). Check the address.") from error
    found = list(dict.fromkeys(ip_address(str(row[4][0]).partition("%")[0]) for row in rows))
    for address in found:
        check(address, allows_private=allows_private)
    return found


def _connected(found: list[Address], port: int) -> socket.socket:
    """To the first address that takes the connection."""
    for number, address in enumerate(found, 1):
        try:
            return socket.create_connection((str(address), port), TIMEOUT)
        except OSError:
            if number == len(found):
                raise
    raise OSError("the name has no address")


def _exchange(
    connection: http.client.HTTPConnection, path: str, body: bytes, headers: Mapping[str, str], reads: int
) -> Answer:
    with closing(connection):
        connection.request("POST", path, body, dict(headers))
        answer = connection.getresponse()
        content = answer.read(reads)
        text = " ".join(content[:READS].decode("utf-8", "replace").split())[:200]
        after = answer.headers.get("Retry-After", "")
        words = f"{answer.status} {answer.reason}".strip()
        return Answer(answer.status, words, text, float(after) if after.isdecimal() else None, content)


@contextmanager
def cut_after(raw: socket.socket, seconds: float) -> Iterator[None]:
    """A time-out holds for each read; this one holds for all of them together."""
    copy = socket.socket(
        fileno=os.dup(raw.fileno())
    )  # TLS takes the socket over; the copy leads to the same connection

    def cut() -> None:
        with suppress(OSError):
            copy.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        copy.close()


@contextmanager
def _in_words(host: str, port: int) -> Iterator[None]:
    where = f"{host}:{port}"
    try:
        yield
    except TimeoutError as error:
        raise Unreached(f"{where} did not answer within {TIMEOUT:g} seconds. Check that it runs.") from error
    except ConnectionRefusedError as error:
        raise Unreached(
            f"Nothing answers at {where} (connection refused). Check the address and that it runs."
        ) from error
    except ssl.SSLCertVerificationError as error:
        raise Unreached(f"The certificate of {where} is not trusted: {error.verify_message}.") from error
    except ssl.SSLError as error:
        raise Unreached(f"{where} does not speak TLS as it should ({reason(error)}).") from error
    except (OSError, http.client.HTTPException) as error:
        raise Unreached(f"{where} could not be reached: {reason(error)}.") from error


def reason(error: BaseException) -> str:
    """What the system says, without its number."""
    return str(getattr(error, "strerror", "") or error or type(error).__name__)
