"""Accounts of the console: who signs in, with which role and reach; inviting, recovering and switching off."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import Max, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bartizan.core import queries
from bartizan.core.access import needs, visible_to
from bartizan.core.accounts import actions, offered
from bartizan.core.accounts.bounds import bar
from bartizan.core.accounts.events import LinkGiven
from bartizan.core.accounts.factors import factors_of, needs_factor
from bartizan.core.events import publish
from bartizan.core.models import OneTimeLink, User
from bartizan.core.pages.account_form import AccountForm, InviteForm
from bartizan.core.preferences import Entry, page
from bartizan.core.roles import Role

MANAGE: Final = "manage accounts"
PAGE: Final = 100
SHOWN: Final = 10
"""Of what was done to an account, so many entries stand on its page."""
page(
    Entry(
        title="Accounts",
        words="Who signs in to the console, with which role and reach",
        icon="people",
        url="/settings/accounts",
        permission=MANAGE,
        order=20,
        state=lambda _user: f"{User.objects.filter(is_active=True).count()} active",
    )
)


@dataclass(frozen=True, slots=True)
class Row:
    user: User
    reach: str
    factor: str
    state: str
    is_lacking: bool
    """The role needs a second factor and there is none."""


@needs(MANAGE)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:80]
    role = request.GET.get("role", "")
    shown = visible_to(request.user, User.objects.order_by("-is_active", "first_name", "last_name", "username"))
    for word in words.split():
        shown = shown.filter(
            Q(username__icontains=word)
            | Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
            | Q(title__icontains=word)
        )
    if role in Role.values:
        shown = shown.filter(role=role)
    page: Page[User] = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    rows = list(_rows(_by(request), list(page)))
    context = {"place": "settings", "rows": rows, "page": page, "words": words, "role": role, "roles": Role.choices}
    return render(request, "core/accounts.html", context)


@needs(MANAGE)
@never_cache
def invite(request: HttpRequest) -> HttpResponse:
    by = _by(request)
    form = InviteForm(by, request.POST or None)
    status, trouble = (422 if request.method == "POST" else 200), ""
    if request.method == "POST" and form.is_valid():
        try:
            user, token = actions.invite(by, form.cleaned_data["username"], form.facts())
            return _show_link(request, user, token)
        except ValidationError as error:
            trouble = error.messages[0]
    context = {"place": "settings", "form": form, "trouble": trouble}
    return render(request, "core/account_invite.html", context, status=status)


@needs(MANAGE)
@never_cache
def one(request: HttpRequest, key: int) -> HttpResponse:
    by, user = _by(request), _account(request, key)
    if request.method != "POST":
        return _one(request, user, AccountForm(by, initial=initial_of(user)))
    form, trouble = AccountForm(by, request.POST, initial=initial_of(user)), ""
    if form.is_valid():
        try:
            actions.change_account(by, user, form.facts())
            return redirect("account-one", key)
        except ValidationError as error:
            trouble = error.messages[0]
    return _one(request, user, form, status=422, trouble=trouble)


@needs(MANAGE)
@never_cache
@require_POST
def deed(request: HttpRequest, key: int, deed: str) -> HttpResponse:
    """Raises Http404 for a deed that there is not; what cannot be done now comes back in words."""
    by, user = _by(request), _account(request, key)
    reason = request.POST.get("reason", "").strip()[:300]
    if deed not in DEEDS:
        raise Http404(f"There is nothing called {deed} to be done to an account.")
    form = AccountForm(by, initial=initial_of(user))
    if deed in REASONED and not reason:
        return _one(request, user, form, status=422, trouble="Say why: the audit keeps the reason.", about=deed)
    try:
        token = DEEDS[deed](by, user, reason)
    except ValidationError as error:
        return _one(request, user, form, status=422, trouble=error.messages[0], about=deed)
    return _show_link(request, user, token) if token else redirect("account-one", key)


def _off(by: User, user: User, reason: str) -> None:
    actions.switch_off(by, user, reason)


def _on(by: User, user: User, _reason: str) -> None:
    actions.switch_on(by, user)


def _reset(by: User, user: User, reason: str) -> None:
    actions.reset_factors(by, user, reason)


def _link(by: User, user: User, _reason: str) -> str:
    return actions.give_link(by, user)


DEEDS: Final[dict[str, Callable[[User, User, str], str | None]]] = {
    "off": _off,
    "on": _on,
    "factors": _reset,
    "link": _link,
}
REASONED: Final = frozenset({"off", "factors"})


def initial_of(user: User) -> dict[str, Any]:
    return {name: getattr(user, name) for name in actions.FACTS + actions.GIVEN}


def _one(request: HttpRequest, user: User, form: AccountForm, status: int = 200, **told: Any) -> HttpResponse:
    by = _by(request)
    context = {
        "place": "settings",
        "account": user,
        "form": form,
        "held": factors_of(user),
        "row": next(_rows(by, [user])),
        "is_own": user.pk == by.pk,
        "bar": bar(by, user),
        "entries": queries.audit_of(by, actions.subject(user))[:SHOWN],
    }
    return render(request, "core/account_one.html", context | told, status=status)


def _show_link(request: HttpRequest, user: User, token: str) -> HttpResponse:
    """Once: only the link's digest is kept, so it cannot be shown again."""
    address = request.build_absolute_uri(reverse("welcome", args=[token]))
    link = OneTimeLink.objects.filter(user=user).latest("pk")
    told = LinkGiven(user, address, link.purpose, link.expires_at)
    publish(told)
    context = {"place": "settings", "account": user, "address": address, "link": link, "mailed": told.mailed_to}
    return render(request, "core/account_link.html", context)


def _rows(by: User, users: list[User]) -> Iterator[Row]:
    names = {name: _names(by, name, users) for name in ("sites", "departments")}
    kinds: dict[int, set[str]] = {}
    for pk, kind in Authenticator.objects.filter(user__in=users).values_list("user_id", "type"):
        kinds.setdefault(pk, set()).add(kind)
    invited = dict(
        OneTimeLink.objects.filter(user__in=users, used_at=None, expires_at__gt=timezone.now())
        .values_list("user_id")
        .annotate(Max("expires_at"))
    )
    for user in users:
        held = kinds.get(user.pk, set())
        words = [words for kind, words in (("totp", "app"), ("webauthn", "passkey")) if kind in held]
        lacks = user.is_active and needs_factor(user) and not words
        yield Row(user, _reach_words(user, names), ", ".join(words), _state(user, user.pk in invited), lacks)


def _state(user: User, has_link: bool) -> str:
    if not user.is_active:
        return "Switched off"
    if user.has_usable_password():
        return "Active"
    return "Invited" if has_link else "Invitation ran out" if user.last_login is None else "No password"


def _names(by: User, name: str, users: list[User]) -> Mapping[str, str]:
    """Of all the codes to which these accounts are limited, in one query."""
    codes = {code for user in users for code in getattr(user, name)}
    return offered(name).names_of(by, codes) if codes else {}


def _reach_words(user: User, names: Mapping[str, Mapping[str, str]]) -> str:
    """Such as “Riga; Finance, Legal”; nothing when the account is not limited."""
    if user.role == Role.OFFICER:
        return ""
    sides = [[known.get(code, code) for code in getattr(user, name)] for name, known in names.items()]
    return "; ".join(", ".join(side) for side in sides if side)


def _account(request: HttpRequest, key: int) -> User:
    return get_object_or_404(visible_to(request.user, User.objects.all()), pk=key)


def _by(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
