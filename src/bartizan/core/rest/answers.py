"""Who asks, and what an answer is made of."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja.security import APIKeyCookie, HttpBearer

from bartizan.core import registers
from bartizan.core.models import User
from bartizan.core.rows import CLOSED, Target, closed_in
from bartizan.core.tokens import Acting
from bartizan.core.tokens.actions import use_token


class Refused(Exception):
    """Why a request is not done: a status, words, and the words for single fields."""

    def __init__(self, status: int, detail: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.fields = status, detail, dict(fields or {})


def refused(request: HttpRequest, error: Refused | type[Refused]) -> HttpResponse:
    """The answer to it."""
    assert isinstance(error, Refused)
    return JsonResponse({"detail": error.detail, "fields": error.fields}, status=error.status)


class TokenOfAUser(HttpBearer):
    """``Authorization: Bearer TOKEN``, a token from /account/tokens."""

    openapi_name = "Token of an account"

    def authenticate(self, request: HttpRequest, token: str) -> Acting | None:
        found = use_token(token)
        if found is None:
            raise Refused(
                401,
                "This token opens nothing: it is unknown, ended or too old, or its account is switched off "
                "or lacks the second factor that its role needs.",
            )
        request.user = found.user
        return Acting(found.user, found)


class Session(APIKeyCookie):
    """Signed in to the console; what changes something needs its CSRF token too."""

    openapi_name = "Session of the console"
    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Acting | None:
        user = request.user
        return Acting(user) if isinstance(user, User) and user.is_active else None


def fields_of(target: Target) -> dict[str, Any]:
    """What of a register is read and written as JSON, by name."""
    extra = target.extra.columns if target.extra else ()
    return {name: column for name, column in target.columns.items() if name not in extra and name != "pk"}


def as_json(target: Target, user: Any, rows: list[Any]) -> list[dict[str, Any]]:
    """Records as they are written back: related ones by key, those that are not open to the user as CLOSED."""
    fields = fields_of(target)
    lists = {name for name, column in fields.items() if column.many_to_many}
    closed = {name: closed_in(user, rows, column) for name, column in fields.items() if column.is_relation}
    found = []
    for row in rows:
        told: dict[str, Any] = {"id": row.pk}
        for name in fields:
            if row.pk in closed.get(name, ()):
                told[name] = CLOSED
            elif name in lists:
                told[name] = sorted(map(registers.key_of, getattr(row, name).all()))
            else:
                told[name] = _plain(getattr(row, name))
        found.append(told)
    return found


def etag_of(told: Mapping[str, Any]) -> str:
    """Another one whenever anything of the record is another."""
    return f'"{hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]}"'


def _plain(value: Any) -> Any:
    if isinstance(value, bool | int | float | str | list | dict) or value is None:
        return value
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if hasattr(value, "isoformat") else registers.key_of(value)
