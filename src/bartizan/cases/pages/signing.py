"""Signatures from a form: by whoever is signed in, by a colleague's password on the spot, or on paper."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from bartizan.cases.custody import Party, called, party_of, signed_by, signed_on_paper
from bartizan.cases.models import Case
from bartizan.cases.queries.case import seers
from bartizan.core.models import User
from bartizan.core.queries import officers
from bartizan.engines.custody import Signature

OUTSIDE = ""
"""What stands in a form for somebody who has no account."""


def colleagues(user: User, case: Case, seen_by: Iterable[User] | None = None) -> list[User]:
    """Accounts to whom something of the case can be given: they work cases, and see this one.

    ``seen_by``: who sees it, where the page has asked already.
    """
    inside = {one.pk for one in (seers(case) if seen_by is None else seen_by)}
    return [one for one in officers(user, "work cases") if one.pk in inside]


def party(request: HttpRequest, case: Case, prefix: str) -> Party:
    """Whom the form names. Raises ValidationError for an account that cannot be named here."""
    user = request.user
    assert isinstance(user, User)
    username = request.POST.get(f"{prefix}_who", OUTSIDE)
    if username == OUTSIDE:
        return Party(request.POST.get(f"{prefix}_outsider", "").strip())
    chosen = next((one for one in colleagues(user, case) if one.username == username), None)
    if chosen is None:
        raise ValidationError(f"The account “{username}” may not see this case, or is none: choose one from the list.")
    return party_of(chosen)


def signature(request: HttpRequest, prefix: str, who: Party, part: str) -> Signature:
    """The signature of ``who``. Raises ValidationError when it does not stand, in words that say what is missing."""
    user, typed = request.user, request.POST.get(f"{prefix}_name", "")
    assert isinstance(user, User)
    account = _account(who)
    if account is not None and account.pk == user.pk:
        return signed_by(user, part, typed)
    reference = request.POST.get(f"{prefix}_reference", "")
    password = request.POST.get(f"{prefix}_password", "")
    if account is None or (reference.strip() and not password):
        return signed_on_paper(who, part, reference, request.POST.get(f"{prefix}_shown", ""))
    if not password:
        raise ValidationError(f"{who.name} types the password here, or signs on paper: then give the paper's number.")
    return _by_password(request, account, part, typed, password)


def _account(who: Party) -> User | None:
    username = who.ref.partition(":")[2]
    return User.objects.filter(username=username).first() if username else None


def _by_password(request: HttpRequest, account: User, part: str, typed: str, password: str) -> Signature:
    """Wrong tries count as those of a sign-in do, and stand in the audit."""
    known = get_adapter(request).authenticate(request, username=account.username, password=password)
    if known is None or known.pk != account.pk:
        raise ValidationError(f"That is not the password of {called(account)}. Nothing was written.")
    return signed_by(account, part, typed, "password")
