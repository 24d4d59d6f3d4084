"""Time stamps by an outside authority, RFC 3161: what is asked, and what an answer proves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

REQUEST_TYPE: Final = "application/timestamp-query"
ANSWER_TYPE: Final = "application/timestamp-reply"
GRANTED_WITH_CHANGES: Final = 1
"""Of RFC 3161's states, the last in which there is a token."""


class StampError(ValueError):
    """An answer proves nothing; the words say why."""


@dataclass(frozen=True, slots=True)
class Stamped:
    at: datetime
    """Aware, UTC: RFC 3161, 2.4.2, genTime."""
    serial: int
    policy: str


def message_of(case: str, number: int, digest: str) -> bytes:
    """What is stamped: the case, how many links its chain has, and the last one's digest. One line of text, so that
    anybody can check the answer with ``openssl ts -verify -data``."""
    return f"Bartizan custody {case} {number} {digest}\n".encode()


def request_for(case: str, number: int, digest: str) -> bytes:
    return request_of(message_of(case, number, digest))


def request_of(message: bytes) -> bytes:
    """A TimeStampReq (RFC 3161, 2.4.1) in DER with a nonce, over the SHA-512 of the message."""
    return TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA512).build().as_bytes()


def certificates_of(trusted: str) -> list[x509.Certificate]:
    """Those in PEM text. Raises StampError in words."""
    try:
        return x509.load_pem_x509_certificates(trusted.encode())
    except ValueError as error:
        raise StampError(
            "The certificate to trust is not in PEM: it begins with -----BEGIN CERTIFICATE-----."
        ) from error


def read_token(token: bytes, case: str, number: int, digest: str, trusted: str) -> Stamped:
    """``read_stamp`` of a chain as it was with ``number`` links."""
    return read_stamp(token, message_of(case, number, digest), trusted)


def read_stamp(token: bytes, message: bytes, trusted: str) -> Stamped:
    """The proven time of a TimeStampResp in DER. Raises StampError when it was refused, is about something else, or was
    not signed for time stamping (RFC 3161, 2.3) by somebody whom ``trusted`` vouches for at that time."""
    roots = certificates_of(trusted)
    try:
        answer = decode_timestamp_response(token)
        if answer.status <= GRANTED_WITH_CHANGES:
            _verify(answer, message, roots)
            told = answer.tst_info
            return Stamped(told.gen_time.astimezone(UTC), told.serial_number, told.policy.dotted_string)
    except VerificationError as error:
        raise StampError(f"{str(error).rstrip('.')}.") from error
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # of the parser's many errors one, a panic of its Rust, is no Exception
        raise StampError("It cannot be read as an answer of a time-stamp authority.") from error
    said = " ".join(answer.status_string)
    raise StampError(f"The authority refused it (status {answer.status}{': ' + said if said else ''}).")


def _verify(answer: object, message: bytes, roots: list[x509.Certificate]) -> None:
    builder = VerifierBuilder()
    for root in roots:
        builder = builder.add_root_certificate(root)
    builder.build().verify_message(answer, message)  # type: ignore[arg-type]  # the parser's own class is registered
