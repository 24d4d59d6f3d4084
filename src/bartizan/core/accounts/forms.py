"""A code is taken once: allauth remembers a used one for one step, and a step of drift lets it fit for three."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.core.cache import cache

FITS: Final = 3 * 30 + 30
"""Seconds for which a code could fit again, and a step more."""


def take(user: Any, code: str) -> bool:
    """Whether ``code`` is taken now for the first time."""
    digits = "".join(c for c in code if c.isalnum())
    digest = hashlib.sha256(f"{user.pk} {digits}".encode()).hexdigest()
    return bool(cache.add(f"bartizan:code:{digest}", 1, timeout=FITS))


class CodeForm(AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    def clean_code(self) -> str:
        code: str = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP and not take(self.user, code):
            self._emit_authentication_failed(self.authenticator)
            raise get_adapter().validation_error("incorrect_code")
        return code


class ConfirmForm(CodeForm, ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    """The same, to confirm who it is before something is changed."""


class FirstCodeForm(ActivateTOTPForm):  # type: ignore[misc]  # allauth has no types
    """The code that proves the app was set up cannot sign in afterwards."""

    def clean_code(self) -> str:
        code: str = super().clean_code()
        take(self.user, code)
        return code
