"""The routes: one set for every register, with the console's own validation, reach, permissions and audit."""

from __future__ import annotations

import math
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Router

from bartizan.core.access import require, rule_of, visible_to
from bartizan.core.actions import note_look
from bartizan.core.cells import Wrong, value_of
from bartizan.core.loading import load_numbered
from bartizan.core.registers import actions, searched
from bartizan.core.registers.fields import manager_of
from bartizan.core.rest.answers import Refused, Session, TokenOfAUser, as_json, etag_of, fields_of
from bartizan.core.rows import CLOSED, Problem, Target, register_name, related, targets
from bartizan.core.tokens import READ, WRITE, Acting
from bartizan.core.values import is_number

MOST = 500
"""Records of one page."""
LONGEST = 2 * 1024 * 1024

router = Router(auth=[TokenOfAUser(), Session()], tags=["Registers"])


@router.get("/registers", summary="Which registers there are")
def index(request: HttpRequest) -> dict[str, Any]:
    """Those that you may read, with what names a record of each, and whether you may change it."""
    acting = _acting(request)
    shown = [
        {
            "name": each.name,
            "title": each.register.title,
            "holds": each.register.holds,
            "key": _key(each),
            "may_change": acting.may(each.name, WRITE) and each.register.may_change(acting.user),
            "url": f"/api/registers/{each.name}",
        }
        for each in targets().values()
        if acting.may(each.name, READ) and each.register.is_open_to(acting.user)
    ]
    return {"registers": shown}


@router.get("/registers/{name}", summary="Records")
def listing(request: HttpRequest, name: str, q: str = "", page: int = 1, limit: int = 50) -> dict[str, Any]:
    """A page of those that you may see, in the register's order. ``q`` searches; each ``filter=field:value`` keeps
    those that have it (a related record by its key, nothing after the colon for those without)."""
    acting, target = _open(request, name, READ)
    rows = searched(target.register, target.register.rows(acting.user), q, acting.user)
    for each in request.GET.getlist("filter"):
        rows = rows.filter(_condition(acting, target, each))
    limit, count = min(max(limit, 1), MOST), rows.count()
    pages = max(math.ceil(count / limit), 1)
    page = min(max(page, 1), pages)
    found = list(_complete(target, rows)[(page - 1) * limit : page * limit])
    return {"count": count, "page": page, "pages": pages, "records": as_json(target, acting.user, found)}


@router.post("/registers/{name}", summary="Make a record")
def make(request: HttpRequest, name: str) -> HttpResponse:
    """Answers 201 with the record."""
    acting, target = _open(request, name, WRITE)
    cells = _body(request, target)
    key = str(cells.get(target.key) or "").strip()
    if target.key != "pk" and not key:
        raise Refused(422, "Nothing was kept.", {target.key: "Is needed: it names the record."})
    if target.key != "pk" and _any(target, key) is not None:
        raise Refused(409, f"There is a {target.register.one} {key} already; change it with PUT or PATCH.")
    return _answer(acting, target, _write(acting, target, cells), status=201)


@router.get("/registers/{name}/{path:key}", summary="One record")
def one(request: HttpRequest, name: str, key: str) -> HttpResponse:
    """With its ETag, for If-Match."""
    acting, target = _open(request, name, READ)
    row = _record(acting, target, key)
    note_look(acting.user, target.register.subject(row))
    return _answer(acting, target, row)


@router.put("/registers/{name}/{path:key}", summary="Make or replace a record")
def replace(request: HttpRequest, name: str, key: str) -> HttpResponse:
    """What is left out becomes empty, but for what is not open to you. Answers 201 when the record is new."""
    acting, target = _open(request, name, WRITE)
    cells = _body(request, target)
    kept = _any(target, key)
    closed: dict[str, Any] = {}
    if kept is not None:
        row = _record(acting, target, key)
        _match(request, acting, target, row)
        closed = {field: value for field, value in as_json(target, acting.user, [row])[0].items() if value == CLOSED}
    elif target.key == "pk":
        raise Refused(404, f"There is no {target.register.one} {key}; make one with POST.")
    elif request.headers.get("If-Match"):
        raise Refused(412, f"There is no {target.register.one} {key} any more.")
    every: dict[str, Any] = {field: [] if column.many_to_many else None for field, column in fields_of(target).items()}
    row = _write(acting, target, every | closed | _of_key(target, key, cells))
    return _answer(acting, target, row, status=200 if kept is not None else 201)


@router.patch("/registers/{name}/{path:key}", summary="Change fields of a record")
def change(request: HttpRequest, name: str, key: str) -> HttpResponse:
    """What is left out stays as it is."""
    acting, target = _open(request, name, WRITE)
    cells = _body(request, target)
    _match(request, acting, target, _record(acting, target, key))
    return _answer(acting, target, _write(acting, target, _of_key(target, key, cells)))


@router.delete("/registers/{name}/{path:key}", summary="Remove a record")
def remove(request: HttpRequest, name: str, key: str, reason: str = "") -> HttpResponse:
    """``reason`` is kept in the audit. Answers 204; 409 while other records refer to it."""
    acting, target = _open(request, name, WRITE)
    row = _record(acting, target, key)
    _match(request, acting, target, row)
    if not reason.strip():
        raise Refused(422, "Nothing was removed.", {"reason": "Say why, as ?reason=…: it is kept in the audit."})
    try:
        actions.remove(acting.user, target.register, [row], reason)
    except ValidationError as error:
        raise Refused(409, " ".join(error.messages)) from None
    return HttpResponse(status=204)


def _acting(request: HttpRequest) -> Acting:
    acting = request.auth  # type: ignore[attr-defined]  # set by the check of token or session
    assert isinstance(acting, Acting)
    return acting


def _open(request: HttpRequest, name: str, deed: str) -> tuple[Acting, Target]:
    """Who asks and for what; refuses in words whoever may not."""
    acting, target = _acting(request), targets().get(register_name(name))
    if target is None:
        raise Refused(404, f"There is no register called {name}; GET /api/registers tells which there are.")
    if not acting.may(target.name, deed):
        raise Refused(403, f"This token may not do that: it needs the scope {target.name}:{deed} or registers:{deed}.")
    rule = rule_of(target.model)
    if deed == WRITE and not rule.change:
        raise Refused(403, f"{target.register.title} are not changed by hand.")
    try:
        require(acting.user, rule.see)
        require(acting.user, rule.change if deed == WRITE else rule.see)
    except PermissionDenied as error:
        raise Refused(403, str(error)) from None
    return acting, target


def _key(target: Target) -> str:
    return "id" if target.key == "pk" else target.key


def _body(request: HttpRequest, target: Target) -> dict[str, Any]:
    if len(request.body) > LONGEST:
        raise Refused(413, "The request is over 2 MiB.")
    try:
        told = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise Refused(400, f"The body is not JSON ({error}).") from None
    if not isinstance(told, dict):
        raise Refused(400, "The body is no JSON object with the record's fields.")
    known = fields_of(target)
    told.pop("id", None)
    unknown = {name: "There is no such field." for name in told if name not in known}
    if unknown:
        raise Refused(422, f"Nothing was kept. There are the fields {', '.join(known)}.", unknown)
    return told


def _of_key(target: Target, key: str, cells: dict[str, Any]) -> dict[str, Any]:
    """The body with the key of the address; a record's key does not change."""
    if target.key == "pk":
        return cells | {"pk": key}
    if str(cells.get(target.key, key)) != key:
        raise Refused(422, "Nothing was kept.", {target.key: f"Is {key} in the address; a record keeps its name."})
    return cells | {target.key: key}


def _any(target: Target, key: str) -> Any:
    """The record of that key, whoever may see it."""
    if target.key == "pk" and not is_number(key):
        return None
    return manager_of(target.model).filter(**{target.key: key}).first()


def _record(acting: Acting, target: Target, key: str) -> Any:
    if target.key != "pk" or is_number(key):
        found = _complete(target, target.register.rows(acting.user).filter(**{target.key: key})).first()
        if found is not None:
            return found
    raise Refused(404, f"There is no {target.register.one} {key}, or it is not open to you.")


def _complete(target: Target, rows: QuerySet[Any]) -> QuerySet[Any]:
    """With what the fields refer to."""
    fields = fields_of(target).items()
    single = [name for name, column in fields if column.is_relation and not column.many_to_many]
    return rows.select_related(*single) if single else rows


def _match(request: HttpRequest, acting: Acting, target: Target, row: Any) -> None:
    """Refuses to change what is no longer as the asker saw it."""
    seen = request.headers.get("If-Match", "").strip()
    if seen and seen not in ("*", etag_of(as_json(target, acting.user, [row])[0])):
        raise Refused(412, "Somebody changed the record since you read it; read it again.")


def _write(acting: Acting, target: Target, cells: dict[str, Any]) -> Any:
    told = {"token": acting.token.name} if acting.token else {}
    report = load_numbered({target.name: [(1, cells)]}, acting.user, told=told, is_import=False)
    if report.problems:
        raise Refused(422, _said(report.problems), {p.column: p.what for p in report.problems if p.column})
    return next(iter(report.works[0].records.values()))


def _said(problems: tuple[Problem, ...]) -> str:
    rest = [problem.what for problem in problems if not problem.column]
    return " ".join(["Nothing was kept.", *rest])


def _answer(acting: Acting, target: Target, row: Any, status: int = 200) -> HttpResponse:
    fresh = _complete(target, manager_of(target.model).filter(pk=row.pk)).get()
    told = as_json(target, acting.user, [fresh])[0]
    answer = HttpResponse(orjson.dumps(told), content_type="application/json", status=status)
    answer.headers["ETag"] = etag_of(told)
    return answer


def _condition(acting: Acting, target: Target, asked: str) -> Q:
    """``field:value`` as what to keep."""
    name, colon, value = asked.partition(":")
    column = fields_of(target).get(name)
    if not colon or column is None:
        names = ", ".join(fields_of(target))
        raise Refused(422, f"A filter is field:value, with one of the fields {names}.", {"filter": asked[:80]})
    if column.is_relation:
        other = related(column)
        if not value:
            return Q(**{name: None})
        if other.key == "pk" and not is_number(value):
            return Q(pk__in=[])
        seen = visible_to(acting.user, manager_of(other.model).filter(**{other.key: value}))
        return Q(**{f"{name}__in": seen.values("pk")})
    try:
        kept = value_of(column, value)
    except Wrong as wrong:
        raise Refused(422, f"The filter {asked[:80]} {wrong}", {"filter": asked[:80]}) from None
    return Q(**{name: kept}) if kept is not None else Q(**{f"{name}__isnull": True})
