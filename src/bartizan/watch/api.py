"""Observations over HTTP: ``POST /api/observations``."""

from __future__ import annotations

import asyncio
import zlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from ninja import Router, Schema, Status
from ninja.errors import HttpError
from ninja.security import HttpBearer

from bartizan.connectors.http import observations_from_json
from bartizan.core.actions import digest_of
from bartizan.watch.intake import Intake
from bartizan.watch.journal import JournalFull, Writer
from bartizan.watch.models import Source

BODY_LIMIT = 64 * 1024 * 1024
"""Of one request, unpacked."""


class SourceToken(HttpBearer):
    """``Authorization: Bearer TOKEN``, the token that the source's page showed once."""

    openapi_name = "Token of a source"

    async def authenticate(self, request: HttpRequest, token: str) -> Source | None:
        return await Source.objects.filter(token_digest=digest_of(token), is_enabled=True).afirst()


router = Router(auth=SourceToken(), tags=["Observations"])


class Received(Schema):
    received: int
    """How many observations are on disk now."""
    ids: list[str]
    notes: list[str] = []
    """What was kept although it was not understood, and why."""


class Refused(Schema):
    detail: str


@cache
def intake() -> Intake:
    """This process's own writer of the journal; the watch process reads it."""
    return Intake(Writer(Path(settings.DATA) / "journal", "web"))


@router.post(
    "/observations",
    response={201: Received, 400: Refused, 413: Refused, 422: Refused, 507: Refused},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"type": "object"},
                    "example": {
                        "at": "2026-11-16T21:04:52+01:00",
                        "kind": "door.granted",
                        "actor": "badge:4417",
                        "place": "portal:ML-2-014",
                        "outcome": "success",
                        "id": "controller-7/81223",
                    },
                },
                "application/x-ndjson": {"schema": {"type": "string"}},
            },
        }
    },
)
async def observations(request: HttpRequest) -> Status[Received | Refused]:
    """One observation as JSON, several as a JSON array or as NDJSON; Bartizan's fields or OCSF 1.x; gzip accepted.

    Answered 201 only when every one of them is on disk. Sent again with the same ``id`` it is stored once.
    """
    source = request.auth  # type: ignore[attr-defined]  # set by the token check
    body = _unpacked(request)
    found, problems = await asyncio.to_thread(
        observations_from_json, source.name, body, request.headers.get("content-type", "")
    )
    if not found:
        said = [f"Line {p.line}: {p.what}; {p.todo}." for p in problems[:20]]
        return Status(422, Refused(detail=" ".join(["Nothing was stored.", *said])))
    try:
        ids = await asyncio.to_thread(intake().accept, found)
    except JournalFull as error:
        return Status(507, Refused(detail=str(error)))
    notes = [f"Line {p.line}: {p.what}; {p.todo}." for p in problems[:20]]
    return Status(201, Received(received=len(ids), ids=ids, notes=notes))


def _unpacked(request: HttpRequest) -> bytes:
    body = request.body
    if request.headers.get("content-encoding", "").lower() == "gzip":
        unpack = zlib.decompressobj(31)
        try:
            body = unpack.decompress(body, BODY_LIMIT + 1)
        except zlib.error as error:
            raise HttpError(400, f"The body is not gzip ({error}); send it plain or packed with gzip.") from error
    if len(body) > BODY_LIMIT:
        raise HttpError(413, "The request is over 64 MiB unpacked; send it in parts.")
    return body
