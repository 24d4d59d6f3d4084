"""One's own account: facts, password, second factors, theme and keys, and the sessions that are open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, EditWebAuthnView, RemoveWebAuthnView
from allauth.usersessions.models import UserSession
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bartizan.core.access import needs
from bartizan.core.accounts import actions
from bartizan.core.accounts.adapters import can_use_passkeys
from bartizan.core.accounts.browsers import browser_words
from bartizan.core.accounts.factors import factors_of, has_factor, lacks_factor, needs_factor
from bartizan.core.actions import record
from bartizan.core.models import User
from bartizan.core.pages.proofs import TellsWrong

ELSEWHERE = (("tokens", "API tokens", "link"), ("my-notices", "Notices and quiet hours", "bell"))
"""Pages about oneself that other rooms have, listed when they are there: route, words, icon."""


class FactsForm(forms.ModelForm):  # type: ignore[type-arg]  # django-stubs names the model in brackets, Django does not
    class Meta:
        model = User
        fields = ("first_name", "last_name", "title", "email")


@dataclass(frozen=True, slots=True)
class Session:
    address: str
    browser: str
    since: datetime
    seen: datetime
    is_this: bool


@needs("")
@never_cache
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    return _page(request, FactsForm(instance=_user(request)))


@needs("")
@require_POST
def facts(request: HttpRequest) -> HttpResponse:
    user = User.objects.get(pk=_user(request).pk)
    form = FactsForm(request.POST, instance=User.objects.get(pk=user.pk))
    if not form.is_valid():
        return _page(request, form, status=422)
    actions.change_account(user, user, form.cleaned_data)
    return redirect("account")


@needs("")
@require_POST
def single_keys(request: HttpRequest) -> HttpResponse:
    actions.choose_single_keys(_user(request), request.POST.get("on") == "on")
    return HttpResponse(status=204) if request.headers.get("X-Part") else redirect("account")


@needs("")
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    actions.end_other_sessions(_user(request), request.session.session_key)
    return redirect("account")


@needs("")
@never_cache
@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """Where somebody begins whose role needs a second factor; with one there is nothing to do here."""
    user = _user(request)
    if has_factor(user):
        return redirect("/")
    told = {"can_use_passkeys": can_use_passkeys(request), "port": request.get_port(), "is_needed": needs_factor(user)}
    return render(request, "core/second_factor.html", told)


class AddApp(TellsWrong, ActivateTOTPView):  # type: ignore[misc]  # allauth has no types
    pass


class AddPasskey(TellsWrong, AddWebAuthnView):  # type: ignore[misc]  # allauth has no types
    def get_context_data(self, **told: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**told)
        if "form" in told:
            context["form"] = told["form"]
        return context | {"can_use_passkeys": can_use_passkeys(self.request), "port": self.request.get_port()}


class RenamePasskey(TellsWrong, EditWebAuthnView):  # type: ignore[misc]  # allauth has no types
    def form_valid(self, form: Any) -> HttpResponse:
        was = self.object.wrap().name
        answer: HttpResponse = super().form_valid(form)
        user = _user(self.request)
        told = {"before": {"name": was}, "after": {"name": form.cleaned_data["name"]}}
        record(user, "renamed a passkey", actions.subject(user), **told)
        return answer


class RemovePasskey(RemoveWebAuthnView):  # type: ignore[misc]  # allauth has no types
    def get_context_data(self, **told: Any) -> dict[str, Any]:
        may_go = get_adapter().can_delete_authenticator(self.object)
        context: dict[str, Any] = super().get_context_data(**told)
        return context | {"key": self.object.wrap(), "may_go": may_go}

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse
        if get_adapter().can_delete_authenticator(self.object):
            answer = super().form_valid(form)
        else:
            answer = self.render_to_response(self.get_context_data(form=form), status=422)
        return answer


class RecoveryCodes(ViewRecoveryCodesView):  # type: ignore[misc]  # allauth has no types
    def get_context_data(self, **told: Any) -> dict[str, Any]:
        codes: dict[str, Any] = super().get_context_data(**told)
        return codes | {"codes": [f"{code[:4]} {code[4:]}" for code in codes["unused_codes"]]}


class NewRecoveryCodes(TellsWrong, GenerateRecoveryCodesView):  # type: ignore[misc]  # allauth has no types
    pass


def _page(request: HttpRequest, form: FactsForm, status: int = 200) -> HttpResponse:
    user = _user(request)
    context = {
        "place": "account",
        "form": form,
        "held": factors_of(user),
        "is_needed": needs_factor(user),
        "lacks": lacks_factor(user),
        "sessions": sessions_of(user, request.session.session_key),
        "can_use_passkeys": can_use_passkeys(request),
        "elsewhere": list(_elsewhere()),
    }
    return render(request, "core/account.html", context, status=status)


def sessions_of(user: User, this: str | None = None) -> list[Session]:
    """The open ones, this one first; those that ended by themselves are forgotten."""
    kept = UserSession.objects.purge_and_list(user)
    found = [
        Session(one.ip, browser_words(one.user_agent), one.created_at, one.last_seen_at, one.session_key == this)
        for one in kept
    ]
    return sorted(found, key=lambda one: (not one.is_this, -one.seen.timestamp()))


def _elsewhere() -> Any:
    for route, words, icon in ELSEWHERE:
        try:
            yield reverse(route), words, icon
        except NoReverseMatch:
            continue  # no room here has that page


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
