"""Proving who it is: the second step of signing in, and confirming it again before something is changed."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.stagekit import clear_login, unstash_login
from allauth.account.views import ReauthenticateView as ByPassword
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as ByCode
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView as ByPasskey
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from bartizan.core.accounts.adapters import UNCONFIRMED
from bartizan.core.accounts.factors import has_factor
from bartizan.core.actions import record


class TellsWrong:
    """A form that comes back says so in its status too."""

    def form_invalid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_invalid(form)  # type: ignore[misc]  # allauth's view is the other parent
        answer.status_code = 422
        return answer


class SecondStep(TellsWrong, AuthenticateView):  # type: ignore[misc]  # allauth has no types
    """A sign-in that waits ends when the account was switched off, or its factors reset, meanwhile."""

    def dispatch(self, request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        waiting = unstash_login(request, peek=True)
        if waiting is not None and not _can_go_on(waiting.user):
            clear_login(request)
            return redirect("sign-in")
        answer: HttpResponseBase = super().dispatch(request, *args, **named)
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        if form.has_error("credential", "incorrect_code"):
            record(None, "refused a second factor", f"officer:{self.stage.login.user.username}", kind="passkey")
        return super().form_invalid(form)


def _can_go_on(user: Any) -> bool:
    return user is not None and user.is_active and has_factor(user)


class _Confirms(TellsWrong):
    def dispatch(self, request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        if not get_adapter().get_reauthentication_methods(request.user):
            raise PermissionDenied("There is nothing to confirm with yet: choose a password first, under Your account.")
        answer: HttpResponseBase = super().dispatch(request, *args, **named)  # type: ignore[misc]  # as above
        return answer


class ConfirmByPassword(_Confirms, ByPassword):  # type: ignore[misc]  # allauth has no types
    pass


class ConfirmByCode(_Confirms, ByCode):  # type: ignore[misc]  # allauth has no types
    pass


class ConfirmByPasskey(_Confirms, ByPasskey):  # type: ignore[misc]  # allauth has no types
    def form_invalid(self, form: Any) -> HttpResponse:
        """The page again, where the library would lead to the sign-in page."""
        if form.has_error("credential", "incorrect_code"):
            record(None, UNCONFIRMED, f"officer:{self.request.user.username}", kind="passkey")
        answer: HttpResponse = self.render_to_response(self.get_context_data(form=form), status=422)
        return answer

    def get_context_data(self, **told: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**told)
        return context | told
