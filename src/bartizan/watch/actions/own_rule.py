"""A rule of the office's own is kept in the rule book; the judge takes it up within seconds."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db.transaction import atomic

from bartizan.core.actions import record
from bartizan.core.models import User
from bartizan.engines import detect
from bartizan.watch import own_rules


@atomic
def keep_own_rule(text: str, by: User, reason: str) -> detect.Rule:
    """Write it into the pack of the office's own rules. Raises ValidationError in words, with nothing written."""
    try:
        rule = own_rules.read(text)
        uuid.UUID(rule.uid)
    except own_rules.RuleError as error:
        raise ValidationError(str(error)) from error
    except ValueError as error:
        raise ValidationError("The rule needs an id of its own, a UUID; leave the one that was made for it.") from error
    if own_rules.is_taken(rule.uid):
        raise ValidationError("A rule with this id is in the rule book already; make another from the event.")
    record(by, "kept a rule", f"rule:{rule.uid}", title=rule.title, level=rule.level, reason=reason)
    path = own_rules.file_of(rule)
    try:
        _write(path, text)
    except OSError as error:
        raise ValidationError(
            f"The rule could not be written to {path}: {error.strerror}. Nothing was kept."
        ) from error
    return rule


def _write(path: Path, text: str) -> None:
    """Whole or not at all: the judge may read at any moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
