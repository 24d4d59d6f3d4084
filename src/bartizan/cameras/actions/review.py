"""Ticking off what cameras saw: by whom, when, and what came of it. Each can be taken back."""

from __future__ import annotations

from typing import Final

from django.core.exceptions import ValidationError
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.cameras.models import Review
from bartizan.core.actions import publish_live, record
from bartizan.core.models import User

VERDICTS: Final = {"seen": "ticked off", "not a person": "called no person"}


@atomic
def tick_off(review: Review, verdict: str, by: User) -> None:
    """Raises ValidationError for a verdict that there is not, and when somebody else was faster."""
    if verdict not in VERDICTS:
        raise ValidationError("Tick it off, or say that it is not a person.")
    held = Review.objects.select_for_update().get(pk=review.pk)
    if held.ticked_at is not None:
        raise ValidationError("Somebody ticked it off already.")
    held.ticked_at, held.ticked_by, held.verdict = timezone.now(), by, verdict
    held.save(update_fields=["ticked_at", "ticked_by", "verdict"])
    record(by, VERDICTS[verdict], f"camera:{held.camera.code}", review=held.pk, what=held.words)
    publish_live("camera", {"code": held.camera.code, "review": held.pk})


@atomic
def take_back(review: Review, by: User) -> None:
    """It waits for review again."""
    held = Review.objects.select_for_update().get(pk=review.pk)
    if held.ticked_at is None:
        raise ValidationError("It waits for review already.")
    before = held.verdict
    held.ticked_at, held.ticked_by, held.verdict = None, None, ""
    held.save(update_fields=["ticked_at", "ticked_by", "verdict"])
    record(by, "took back a tick", f"camera:{held.camera.code}", review=held.pk, what=held.words, verdict=before)
    publish_live("camera", {"code": held.camera.code, "review": held.pk})
