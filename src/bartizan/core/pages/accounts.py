"""Signing in and out, the one-time link, a password, the theme, and whether Bartizan is alive."""

from __future__ import annotations

import json
import time

from django.conf import settings
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bartizan.core import actions
from bartizan.core.attempts import Attempts
from bartizan.core.models import User
from bartizan.web.shell import THEMES
from bartizan.web.words import duration_words

attempts = Attempts()
BACKEND = "django.contrib.auth.backends.ModelBackend"


@login_not_required
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    after = _after(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(after)
    if request.method != "POST":
        return render(request, "core/sign_in.html", {"after": after, "is_first": not _has_password()})
    name, address = request.POST.get("name", "").strip()[:150], request.META.get("REMOTE_ADDR", "")
    wait = attempts.wait(name, address, time.monotonic())
    if wait:
        words = f"Too many wrong passwords. Try again in {duration_words(wait + 59)}, or use a one-time link."
        return _refused(request, words, status=429)
    user = authenticate(request, username=name, password=request.POST.get("password", ""))
    if not isinstance(user, User):
        attempts.failed(name, address, time.monotonic())
        actions.record(None, "refused a sign-in", f"officer:{name[:100]}", address=address)
        return _refused(request, "The name and the password do not fit. Nobody was signed in.", status=403)
    attempts.succeeded(name, address)
    login(request, user)
    actions.record(user, "signed in", f"officer:{user.username}", address=address)
    return HttpResponseRedirect(after)


def _refused(request: HttpRequest, words: str, status: int) -> HttpResponse:
    told = {"after": _after(request), "name": request.POST.get("name", ""), "trouble": words}
    return render(request, "core/sign_in.html", told, status=status)


def _after(request: HttpRequest) -> str:
    """The page that was asked for before signing in, if it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else "/"


def _has_password() -> bool:
    """Nobody can have signed in by password before the first link was used."""
    return any(user.has_usable_password() for user in User.objects.filter(is_active=True))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, User):
        actions.record(request.user, "signed out", f"officer:{request.user.username}")
    logout(request)
    return redirect("sign-in")


@login_not_required
@never_cache
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """A one-time link. Opening it changes nothing, so that a mail program's preview does not use it up."""
    if request.method != "POST":
        return render(request, "core/welcome.html", {"token": token})
    user = actions.use_link(token)
    if user is None:
        return render(request, "core/welcome.html", {"is_spent": True}, status=410)
    login(request, user, backend=BACKEND)
    return redirect("password")


@never_cache
def password(request: HttpRequest) -> HttpResponse:
    """Choose a password. The session that chooses it stays, the user's others end."""
    user = request.user
    assert isinstance(user, User)
    form = SetPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.choose_password(user, form.cleaned_data["new_password1"])
        update_session_auth_hash(request, user)
        return redirect("/")
    status = 422 if request.method == "POST" else 200
    has_one = user.has_usable_password()
    return render(request, "core/password.html", {"form": form, "has_one": has_one}, status=status)


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
