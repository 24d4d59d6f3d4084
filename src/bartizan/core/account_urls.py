"""Routes of signing in and of accounts. Of allauth's views those alone that are used here; any other answers 404."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.decorators.cache import never_cache

from bartizan.core.access import needs
from bartizan.core.pages import accounts, console_accounts, own_account, proofs


def _signed_in(view: Callable[..., Any]) -> Callable[..., Any]:
    return needs("")(never_cache(view))


urlpatterns = [
    path("sign-in", accounts.sign_in, name="sign-in"),
    path("sign-in", accounts.sign_in, name="account_login"),
    path("sign-out", accounts.sign_out, name="sign-out"),
    path("sign-out", accounts.sign_out, name="account_logout"),
    path("welcome/<str:token>", accounts.welcome, name="welcome"),
    path("password", accounts.password, name="password"),
    path("theme", accounts.theme, name="theme"),
    path("account", own_account.account, name="account"),
    path("account", own_account.account, name="mfa_index"),
    path("account", own_account.account, name="mfa_list_webauthn"),
    path("account/facts", own_account.facts, name="account-facts"),
    path("account/keys", own_account.single_keys, name="account-keys"),
    path("account/sessions/end", own_account.end_sessions, name="account-sessions-end"),
    path("account/second-factor", own_account.second_factor, name="second-factor"),
    path("account/switched-off", accounts.switched_off, name="account_inactive"),
    path("account/second-step", login_not_required(proofs.SecondStep.as_view()), name="mfa_authenticate"),
    path("account/passkey/sign-in", accounts.passkey_sign_in, name="mfa_login_webauthn"),
    path("account/confirm", _signed_in(proofs.ConfirmByPassword.as_view()), name="account_reauthenticate"),
    path("account/confirm/code", _signed_in(proofs.ConfirmByCode.as_view()), name="mfa_reauthenticate"),
    path(
        "account/confirm/passkey",
        _signed_in(proofs.ConfirmByPasskey.as_view()),
        name="mfa_reauthenticate_webauthn",
    ),
    path("account/app", _signed_in(own_account.AddApp.as_view()), name="mfa_activate_totp"),
    path("account/app/remove", _signed_in(app.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/passkeys/add", _signed_in(own_account.AddPasskey.as_view()), name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/name", _signed_in(own_account.RenamePasskey.as_view()), name="mfa_edit_webauthn"),
    path(
        "account/passkeys/<int:pk>/remove", _signed_in(own_account.RemovePasskey.as_view()), name="mfa_remove_webauthn"
    ),
    path("account/recovery-codes", _signed_in(own_account.RecoveryCodes.as_view()), name="mfa_view_recovery_codes"),
    path(
        "account/recovery-codes/new",
        _signed_in(own_account.NewRecoveryCodes.as_view()),
        name="mfa_generate_recovery_codes",
    ),
    path("account/recovery-codes/file", _signed_in(codes.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("settings/accounts", console_accounts.listing, name="accounts"),
    path("settings/accounts/new", console_accounts.invite, name="account-invite"),
    path("settings/accounts/<int:key>", console_accounts.one, name="account-one"),
    path("settings/accounts/<int:key>/<slug:deed>", console_accounts.deed, name="account-deed"),
]
