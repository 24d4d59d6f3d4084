"""Codes and passkeys as they come in.

A code is taken once: allauth remembers a used one for one step, and a step of drift lets it fit for three.
A passkey's answer that cannot be read does not fit: allauth lets some of what its parser raises through.
"""

from __future__ import annotations

import hashlib
import struct
from typing import Any, Final

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django.core.cache import cache

FITS: Final = 3 * 30 + 30
"""Seconds for which a code could fit again, and a step more."""
UNREADABLE: Final = (LookupError, ValueError, TypeError, AttributeError, RecursionError, struct.error)
"""What the parser of passkeys raises for what a browser never sends."""


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


class _Passkey:
    def __init__(self, *told: Any, **named: Any) -> None:
        super().__init__(*told, **named)
        words = get_adapter().error_messages["incorrect_code"]
        self.fields["credential"].error_messages |= {"required": words, "invalid": words}  # type: ignore[attr-defined]

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc]  # allauth's form is the other parent
        except UNREADABLE as error:
            raise get_adapter().validation_error("incorrect_code") from error


class PasskeyForm(_Passkey, AuthenticateWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    pass


class PasskeySignInForm(_Passkey, LoginWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    pass


class PasskeyConfirmForm(_Passkey, ReauthenticateWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    pass


class NewPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    def clean(self) -> dict[str, Any]:
        try:
            told: dict[str, Any] = super().clean()
        except UNREADABLE as error:
            raise get_adapter().validation_error("incorrect_code") from error
        return told
