"""Roles: what each may see and do, as a table that whoever manages accounts can change."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_http_methods

from bartizan.core import actions, role_book
from bartizan.core.access import needs, require, roles_with
from bartizan.core.models import User
from bartizan.core.roles import NEEDS_SECOND_FACTOR, PERMISSIONS, Permission, Role

RoleSets = dict[str, frozenset[Role]]


@dataclass(frozen=True, slots=True)
class Cell:
    role: Role
    name: str
    """Of the checkbox."""
    has: bool
    is_fixed: bool

    @property
    def words(self) -> str:
        return "always" if self.role is Role.OFFICER else "never"


@dataclass(frozen=True, slots=True)
class Line:
    permission: Permission
    cells: tuple[Cell, ...]
    is_changed: bool
    """The office decided otherwise than delivered."""


@require_http_methods(["GET", "HEAD", "POST"])
@needs("manage accounts", "see audit")
def roles(request: HttpRequest) -> HttpResponse:
    """The table; a POST decides it, or sets it back to what was delivered."""
    if request.method != "POST":
        return _page(request, {name: roles_with(name) for name in PERMISSIONS})
    user = request.user
    require(user, "manage accounts")
    assert isinstance(user, User)
    wanted = _delivered() if request.POST.get("deed") == "reset" else _wanted(request.POST)
    try:
        actions.decide_roles(user, wanted)
    except ValidationError as error:
        return _page(request, wanted, error.messages)
    return HttpResponseRedirect("/settings/roles")


def _delivered() -> RoleSets:
    return {name: permission.roles for name, permission in PERMISSIONS.items()}


def _wanted(sent: QueryDict) -> RoleSets:
    """The boxes that are ticked; what is fixed is as it is, whatever was sent."""
    found: RoleSets = {}
    for name, permission in PERMISSIONS.items():
        ticked = {role for role in Role if _box(permission, role) in sent}
        found[name] = frozenset(ticked | {Role.OFFICER})
    return found


def _box(permission: Permission, role: Role) -> str:
    return f"{permission.name}:{role}".replace(" ", "-")


def _page(request: HttpRequest, shown: RoleSets, problems: list[str] | None = None) -> HttpResponse:
    lines = [_line(permission, shown[name]) for name, permission in PERMISSIONS.items()]
    context = {
        "place": "settings",
        "roles": list(Role),
        "groups": [
            ("May see", [line for line in lines if not line.permission.changes]),
            ("May do", [line for line in lines if line.permission.changes]),
        ],
        "is_changed": any(line.is_changed for line in lines),
        "may_change": isinstance(request.user, User) and request.user.role == Role.OFFICER,
        "second_factor": PERMISSIONS[NEEDS_SECOND_FACTOR],
        "problems": problems or [],
    }
    return render(request, "core/roles.html", context, status=422 if problems else 200)


def _line(permission: Permission, has: frozenset[Role]) -> Line:
    cells = tuple(
        Cell(role, _box(permission, role), role in has, role_book.is_fixed(permission, role)) for role in Role
    )
    return Line(permission, cells, has != permission.roles)


urlpatterns = [path("settings/roles", roles, name="roles")]
