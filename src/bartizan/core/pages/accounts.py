"""Signing in and out, the one-time link, a password, the theme, and whether Bartizan is alive."""

from __future__ import annotations

import json
from typing import Any

from allauth.account.internal.flows.login import perform_login
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import Login
from allauth.account.signals import password_changed
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import LoginView
from allauth.core import ratelimit
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.conf import settings
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import DatabaseError, connection
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bartizan.core import actions
from bartizan.core.access import needs
from bartizan.core.accounts.adapters import AccountAdapter, can_use_passkeys
from bartizan.core.accounts.factors import LINK, MUST_CHOOSE
from bartizan.core.decisions import limit
from bartizan.core.models import OneTimeLink, User
from bartizan.web.shell import THEMES


class SignIn(LoginView):  # type: ignore[misc]  # allauth has no types
    """By name and password; allauth asks for the second factor where there is one."""

    template_name = "core/sign_in.html"

    def form_valid(self, form: Form) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        limit(self.request)  # once more: the library's form has set its own hours
        return answer

    def form_invalid(self, form: Form) -> HttpResponse:
        codes = {error.code for error in form.non_field_errors().as_data()}
        status = 429 if "too_many_login_attempts" in codes else 403
        answer: HttpResponse = self.render_to_response(self.get_context_data(form=form), status=status)
        return answer

    def get_context_data(self, **told: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**told) | _entrance(self.request)
        trouble = next(iter(context["form"].non_field_errors()), "")
        if not trouble and context["form"].errors:
            trouble = "Give your name and your password."
        return context | {"trouble": trouble, "name": self.request.POST.get("login", "")}


class PasskeySignIn(LoginWebAuthnView):  # type: ignore[misc]  # allauth has no types
    """The passkey alone is both: something held, and the finger, face or PIN that unlocks it."""

    def form_invalid(self, form: Form) -> HttpResponse:
        if not ratelimit.consume(self.request, action="passkey_failed"):
            answer: HttpResponse = ratelimit.respond_429(self.request)
            return answer
        trouble = "That passkey is not known here. Nobody was signed in."
        actions.record(None, "refused a sign-in", "officer:", kind="passkey")
        return render(self.request, "core/sign_in.html", _entrance(self.request) | {"trouble": trouble}, status=422)


sign_in = SignIn.as_view()
passkey_sign_in = login_not_required(PasskeySignIn.as_view())


def _entrance(request: HttpRequest) -> dict[str, Any]:
    return {
        "after": get_next_redirect_url(request) or "/",
        "is_first": not _has_password(),
        "can_use_passkeys": can_use_passkeys(request),
    }


def _has_password() -> bool:
    """Nobody can have signed in by password before the first link was used."""
    unusable = UNUSABLE_PASSWORD_PREFIX
    return User.objects.filter(is_active=True).exclude(password__startswith=unusable).exists()


@login_not_required
@require_safe
def switched_off(request: HttpRequest) -> HttpResponse:
    return render(request, "core/switched_off.html", status=403)


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Also ends a sign-in that waits for its second factor."""
    if isinstance(request.user, User):
        actions.record(request.user, "signed out", f"officer:{request.user.username}")
    clear_login(request)
    logout(request)
    return redirect("sign-in")


@login_not_required
@never_cache
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """A one-time link. Opening it changes nothing, so that a mail program's preview does not use it up."""
    link = actions.use_link(token) if request.method == "POST" else actions.link_of(token)
    if link is None:
        return render(request, "core/welcome.html", {"is_spent": True}, status=410)
    if request.method != "POST":
        return render(request, "core/welcome.html", {"token": token, "link": link})
    logout(request)
    request.session[LINK] = link.purpose
    return _signed_in_by(request, link)


def _signed_in_by(request: HttpRequest, link: OneTimeLink) -> HttpResponse:
    if link.purpose == "machine":
        adapter = AccountAdapter(request)
        adapter.login(request, link.user)
        told = {"email_verification": "none", "signal_kwargs": None, "email": None, "signup": False}
        return adapter.post_login(request, link.user, redirect_url="/password", **told)
    request.session[MUST_CHOOSE] = True
    answer: HttpResponse = perform_login(request, Login(user=link.user, redirect_url="/password"))
    return answer


@needs("")
@never_cache
def password(request: HttpRequest) -> HttpResponse:
    """Choose a password. The session that chooses it stays, the user's others end."""
    user = request.user
    assert isinstance(user, User)
    has_one, must = user.has_usable_password(), bool(request.session.get(MUST_CHOOSE))
    if has_one and not must:
        raise_if_reauthentication_required(request, app="allauth.mfa")
    form = SetPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.choose_password(user, form.cleaned_data["new_password1"])
        update_session_auth_hash(request, user)
        password_changed.send(sender=User, request=request, user=user)  # the session has a new key: list it under that
        request.session.pop(MUST_CHOOSE, None)
        return redirect("/")
    status = 422 if request.method == "POST" else 200
    back = "/" if request.session.get(LINK) or not has_one else reverse("account")
    context = {"form": form, "has_one": has_one, "must": must, "back": back}
    return render(request, "core/password.html", context, status=status)


@needs("")
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("theme", "")
    if chosen not in THEMES:
        return HttpResponse("The theme is light or dark.", status=422, content_type="text/plain")
    assert isinstance(request.user, User)
    actions.choose_theme(request.user, chosen)
    return HttpResponse(status=204)


@login_not_required
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """200 while the records answer; the state of the other processes beside it, as the supervisor last wrote it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return JsonResponse({"ok": False, "records": f"do not answer: {error}"}, status=503)
    return JsonResponse({"ok": True, "records": "answer", "processes": _processes()})


def _processes() -> dict[str, str]:
    """Names and states alone: anybody may ask."""
    try:
        written = json.loads((settings.DATA / "run" / "status.json").read_bytes())
        return {name: child["state"] for name, child in written["children"].items()}
    except (OSError, ValueError, KeyError):
        return {}  # not started by the supervisor, or it is just writing the file
