"""What is kept of the one who is signed in: the own record, badges, user accounts, hosts and property."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from bartizan.core.access import needs, visible_to
from bartizan.core.models import User
from bartizan.estate.models import BadgeIssue, Copy, Host, IntellectualProperty, Person, Property, UserAccount
from bartizan.web.panels import panels


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    icon: str
    rows: list[tuple[str, str]]
    """What it is, and what else there is to say of it."""
    none: str


@require_safe
@needs("")
def me(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    people = visible_to(user, Person.objects.select_related("department", "site", "manager"))
    person = people.filter(code=user.person).first() if user.person else None
    groups = groups_of(user, person) if person else []
    context = {"place": "me", "person": person, "groups": groups, "panels": panels("me", user)}
    return render(request, "estate/me.html", context)


def groups_of(user: User, person: Person) -> list[Group]:
    return [
        Group("Badges", "badge", _badges(user, person), "You hold no badge."),
        Group("User accounts", "login", _accounts(user, person), "No user account is yours."),
        Group("Computers", "host", _hosts(user, person), "No computer is yours."),
        Group("Property that you hold", "file", _property(user, person), "You hold no property of the organisation."),
        Group("Intellectual property that you keep", "lock", _kept(user, person), "You keep none."),
    ]


def _badges(user: User, person: Person) -> list[tuple[str, str]]:
    issues = visible_to(user, BadgeIssue.objects.filter(person=person).select_related("badge").order_by("-issued_at"))
    return [(f"Badge {one.badge.number}", _held(one)) for one in issues]


def _held(issue: BadgeIssue) -> str:
    since = f"since {issue.issued_at:%d %b %Y}"
    return f"{since}, {issue.get_end_display().lower()} {issue.ended_at:%d %b %Y}" if issue.ended_at else since


def _accounts(user: User, person: Person) -> list[tuple[str, str]]:
    found = visible_to(user, UserAccount.objects.filter(person=person).order_by("name"))
    return [(one.name, "disabled" if one.disabled_at else one.get_kind_display()) for one in found]


def _hosts(user: User, person: Person) -> list[tuple[str, str]]:
    found = visible_to(user, Host.objects.filter(owner=person).select_related("zone").order_by("name"))
    return [(one.name, one.zone.name if one.zone else "no place on record") for one in found]


def _property(user: User, person: Person) -> list[tuple[str, str]]:
    found: Any = visible_to(user, Property.objects.filter(holder=person).order_by("name"))
    return [(one.name, one.code) for one in found]


def _kept(user: User, person: Person) -> list[tuple[str, str]]:
    owned = visible_to(user, IntellectualProperty.objects.filter(Q(owner=person)).order_by("name"))
    copies = visible_to(user, Copy.objects.filter(keeper=person).select_related("asset").order_by("asset__name"))
    return [(one.name, "you own it") for one in owned] + [(one.asset.name, f"a copy, {one.where}") for one in copies]


urlpatterns = [path("me", me, name="me")]
