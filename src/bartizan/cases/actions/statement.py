"""An account becomes a statement: versions that are never changed, read back, and signed or not."""

from __future__ import annotations

import hashlib

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.cases.actions.interview import take, tell
from bartizan.cases.custody import signed_by
from bartizan.cases.models import Interview, StatementSignature, StatementVersion
from bartizan.cases.queries import interview as queries
from bartizan.core.models import User


@atomic
def make_version(interview: Interview, what: str, text: str, by: User) -> StatementVersion:
    """Of the person's own words, or without any of the notes as they were spoken."""
    found = take(interview, "version", by)
    text = text.strip() or as_spoken(found)
    made = StatementVersion.objects.create(
        interview=found,
        number=(found.versions.aggregate(top=Max("number"))["top"] or 0) + 1,
        what=what.strip()[:200] or "as spoken",
        text=text,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        lines=found.notes.count(),
        by=by,
    )
    tell(found, "made a version of a statement", by)
    return made


def as_spoken(interview: Interview) -> str:
    """The notes, one line each, with nothing changed."""
    rows = interview.notes.order_by("number").values_list("who", "words", "mark")
    return "\n".join(f"[{words}]" if mark == "break" else f"{who}: {words}" for who, words, mark in rows)


@atomic
def read_back(interview: Interview, how: str, by: User) -> None:
    """The newest version, as it stands. What is corrected makes another one."""
    found = take(interview, "readback", by)
    if not how.strip():
        raise ValidationError("Say how it was read back, such as “aloud, page by page”.")
    version = queries.newest_version(found)
    assert version is not None
    version.read_back_at, version.read_back_by, version.read_back_how = timezone.now(), by, how.strip()[:200]
    version.save(update_fields=["read_back_at", "read_back_by", "read_back_how"])
    tell(found, "read a statement back", by)


@atomic
def sign(interview: Interview, part: str, name: str, how: str, by: User) -> StatementSignature:
    """The interviewer signs by typing the own name, anybody else on paper: ``how`` says on which."""
    found = take(interview, "sign", by, part=part)
    if part == "interviewer":
        if by.pk != found.asks_id:
            raise ValidationError(f"The interviewer signs: {found.asks.get_full_name() or found.asks.username}.")
        name, how = signed_by(by, "does", name).name, "with the own account"
    if part == "heard":
        name = queries.called(found)
    if not name.strip() or not how.strip():
        raise ValidationError("Say who signed, and on which paper and where it is kept.")
    made = _under(found, part, name, how, by)
    tell(found, "noted a signature under a statement", by)
    return made


@atomic
def refuse(interview: Interview, words: str, by: User) -> StatementSignature:
    """Whoever was heard would not sign, with the reason as it was given. It weighs nothing."""
    found = take(interview, "refuse", by)
    made = _under(found, "heard", queries.called(found), words.strip() or "no reason given", by, is_refusal=True)
    tell(found, "noted that signing was refused", by)
    return made


def _under(
    interview: Interview, part: str, name: str, how: str, by: User, *, is_refusal: bool = False
) -> StatementSignature:
    version = queries.newest_version(interview)
    assert version is not None
    told = {"name": name.strip()[:120], "how": how.strip()[:300], "digest": version.digest, "is_refusal": is_refusal}
    return StatementSignature.objects.create(version=version, part=part, by=by, **told)
