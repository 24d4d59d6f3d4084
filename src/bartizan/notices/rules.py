"""What this room answers by itself: signing in, second factors, one-time links, and accounts that are switched off."""

from __future__ import annotations

from importlib import import_module
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from allauth.account.signals import password_changed
from allauth.mfa import signals
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone

from bartizan.core.accounts.events import LinkGiven, SessionsEnded
from bartizan.core.events import answers
from bartizan.core.models import User
from bartizan.notices import actions, mail, this_browser
from bartizan.notices.actions.channels import know_address
from bartizan.notices.message import Item, Message, Outlet
from bartizan.notices.models import Channel
from bartizan.notices.sending import outlet
from bartizan.notices.triggers import Trigger, trigger

SIGN_IN = trigger(
    Trigger("new-address", "A sign-in from an address that is new", "The account's owner", order=80, is_private=True)
)
FACTOR = trigger(
    Trigger("second-factor", "A second factor was added or removed", "The account's owner", order=81, is_private=True)
)


@receiver(user_logged_in)
def told_of_a_new_address(sender: Any, request: Any, user: User, **_: Any) -> None:
    address = request.META.get("REMOTE_ADDR", "") if request is not None else ""
    if know_address(user, address):
        words = (
            f"Your account signed in from {address}, where it never did before. If that was not you, end its sessions."
        )
        told = actions.Telling([user], words, "/account", 3, f"officer:{user.username}", "A sign-in from a new address")
        actions.happened(SIGN_IN.name, [told])


@receiver(user_logged_in)
def a_browser_is_whose_account_signed_in_last(sender: Any, request: Any, user: User, **_: Any) -> None:
    key = this_browser.kept(request) if request is not None else None
    if key is None:
        return
    if Channel.objects.filter(pk=key, user=user).exists():
        request.session[this_browser.KEY] = key
    else:
        actions.leave_browser(key, user)


@receiver(user_logged_out)
def no_push_after_signing_out(sender: Any, request: Any, user: User | None, **_: Any) -> None:
    """Before the session is emptied."""
    if key := this_browser.of_session(request.session):
        actions.leave_browser(key, user)


@receiver(password_changed)
def no_push_to_sessions_that_a_new_password_ended(sender: Any, request: Any, user: User, **_: Any) -> None:
    actions.leave_other_browsers(user, this_browser.of_session(request.session))


@answers(SessionsEnded)
def no_push_to_sessions_that_were_ended(heard: SessionsEnded) -> None:
    stays = import_module(settings.SESSION_ENGINE).SessionStore(heard.but) if heard.but else {}
    actions.leave_other_browsers(heard.user, this_browser.of_session(stays))


@receiver(signals.authenticator_added)
def told_of_a_factor_added(user: User, authenticator: Any, **_: Any) -> None:
    _factor(user, authenticator, "was added to")


@receiver(signals.authenticator_removed)
def told_of_a_factor_removed(user: User, authenticator: Any, **_: Any) -> None:
    _factor(user, authenticator, "was removed from")


def _factor(user: User, authenticator: Any, deed: str) -> None:
    kinds = {"totp": "An authenticator app", "webauthn": "A passkey"}
    if authenticator.type in kinds:  # recovery codes come and go with the others
        words = (
            f"{kinds[authenticator.type]} {deed} your account. If that was not you, tell your security office at once."
        )
        about = f"officer:{user.username}"
        actions.happened(
            FACTOR.name, [actions.Telling([user], words, "/account", 2, about, "Your second factor changed")]
        )


@receiver(post_save, sender=User)
def forgotten_when_switched_off(instance: User, created: bool, **_: Any) -> None:
    if not created and not instance.is_active:
        actions.forget_account(instance)


@answers(LinkGiven)
def mail_the_link(heard: LinkGiven) -> None:
    """An invitation goes by mail where there is a mail server and the account has an address. It is never kept here."""
    set_ = outlet()
    if not (set_.mail.host and heard.user.email):
        return
    parts = urlsplit(heard.address)
    words = "You are invited to Bartizan" if heard.purpose == "invitation" else "A link to sign in to Bartizan again"
    words += f". The link works once, until {heard.expires_at:%d %b %Y %H:%M} UTC."
    item = Item(0, words, words, parts.path, 0, f"officer:{heard.user.username}", "", timezone.now())
    out = Outlet(set_.mail, set_.sending, f"{parts.scheme}://{parts.netloc}")
    result = mail.send(Message(str(uuid4()), "mail", heard.user.email, {}, [item]), out)
    if result.state == "sent":
        heard.mailed_to = heard.user.email
