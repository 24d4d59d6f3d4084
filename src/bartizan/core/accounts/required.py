"""Before anything else: a password after an invitation, a second factor where the role needs one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.deprecation import MiddlewareMixin

from bartizan.core.accounts import actions
from bartizan.core.accounts.factors import MUST_CHOOSE, is_strong

ALWAYS: Final = frozenset({"password", "sign-out", "theme"})
SETTING_UP: Final = ALWAYS | {
    "second-factor",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_view_recovery_codes",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}
SEEN: Final = "bz_seen"
EVERY: Final = 5 * 60.0
"""Seconds between two notes of when a session was last seen."""


class SecondFactorRequired(MiddlewareMixin):
    async_capable = True

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True) or not request.user.is_authenticated:
            return None
        _note_seen(request)
        route = request.resolver_match.url_name if request.resolver_match else None
        if request.session.get(MUST_CHOOSE) and route not in ALWAYS:
            return redirect("password")
        if route not in SETTING_UP and not is_strong(request.session, request.user):
            return redirect("second-factor")
        return None


def _note_seen(request: HttpRequest) -> None:
    if time.time() - request.session.get(SEEN, 0) < EVERY:
        return
    request.session[SEEN] = time.time()
    actions.see_session(request.session.session_key or "", request.META.get("REMOTE_ADDR", ""))
