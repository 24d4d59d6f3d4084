"""How allauth works here: its words, its brake on guessing, what it encrypts, and what the audit keeps of it."""

from __future__ import annotations

import base64
import ipaddress
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context, ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse

from bartizan.core import vault
from bartizan.core.accounts.factors import is_fresh, needs_factor, primary
from bartizan.core.actions import record
from bartizan.core.models import User

NO_ADDRESS = "0.0.0.0"  # noqa: S104  nothing listens there: a request without an address, as a test's may be
UNCONFIRMED = "refused a confirmation"
"""The audit's verb when somebody who is signed in does not prove again who it is."""
KINDS = {"password": "password", "totp": "authenticator app", "webauthn": "passkey", "recovery_codes": "recovery code"}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "The name and the password do not fit. Nobody was signed in.",
        "incorrect_password": "That is not your password.",
        "too_many_login_attempts": "Too many wrong tries. Try again in 15 minutes, or ask for a one-time link.",
        "rate_limited": "Too many wrong tries. Try again in 15 minutes.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return str(request.META.get("REMOTE_ADDR") or NO_ADDRESS)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """One person's typing: the name and the address together, so that a stranger locks nobody else out."""
        return f"{_folded(credentials)} {self.get_client_ip(request)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        super().pre_authenticate(request, **credentials)
        if not ratelimit.consume(request, action="login_failed_name", key=_folded(credentials)):
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        user = super().authenticate(request, **credentials)
        if user is not None:
            ratelimit.clear(request, action="login_failed_name", key=_folded(credentials))
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Whoever is signed in already only had to confirm it."""
        verb = UNCONFIRMED if request.user.is_authenticated else "refused a sign-in"
        record(None, verb, f"officer:{str(credentials.get('username', ''))[:100]}", kind="password")

    def post_login(self, request: HttpRequest, user: Any, **told: Any) -> HttpResponse:
        ways = [record.get("type") or record["method"] for record in get_authentication_records(request, user)]
        means = list(dict.fromkeys(KINDS.get(way, way) for way in ways)) or ["one-time link"]
        record(user, "signed in", f"officer:{user.username}", means=means)
        answer: HttpResponse = super().post_login(request, user, **told)
        return answer

    def is_reauthentication_required(self, *, app: str, **_: Any) -> bool:
        return not is_fresh(context.request.session)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        words = {
            "reauthenticate": "With your password",
            "mfa_reauthenticate": "With a code",
            "mfa_reauthenticate:webauthn": "With a passkey",
        }
        return [way | {"description": words[way["id"]]} for way in super().get_reauthentication_methods(user)]


def _folded(credentials: dict[str, Any]) -> str:
    return str(credentials.get("username", ""))[:150].casefold()


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Second factors: secrets are encrypted under the vault's key."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "That does not fit. Use the code that is shown now, or another factor.",
        "cannot_delete_authenticator": "Your role needs a second factor: add another one before you remove this one.",
    }

    def encrypt(self, text: str) -> str:
        return base64.b64encode(vault.seal(text.encode())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return vault.unseal(base64.b64decode(encrypted_text)).decode()

    def get_totp_issuer(self) -> str:
        return "Bartizan"

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)

    def _get_user_identifier(self, user: Any) -> str:
        return str(user.username)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": host_of(context.request), "name": "Bartizan"}

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:  # noqa: A002  allauth's name
        held = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return "Passkey" if not held else f"Passkey {held + 1}"

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last one stays while the role needs one."""
        user = User.objects.get(pk=authenticator.user_id)
        return not needs_factor(user) or primary().filter(user_id=user.pk).exclude(pk=authenticator.pk).exists()


def host_of(request: HttpRequest) -> str:
    return request.get_host().rsplit(":", 1)[0] if not request.get_host().endswith("]") else request.get_host()


def can_use_passkeys(request: HttpRequest) -> bool:
    """Browsers bind a passkey to a name: never to a bare address, and off this machine only over HTTPS."""
    host = host_of(request)
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return request.is_secure() or host == "localhost" or host.endswith(".localhost")
    return False
