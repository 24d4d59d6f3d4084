"""What matters of what cameras saw, to be ticked off with the keyboard."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from bartizan.cameras import pictures, queries
from bartizan.cameras.actions.review import take_back, tick_off
from bartizan.cameras.models import Review
from bartizan.cameras.pages.asked import jpeg, lasted, note_pictures, user_of
from bartizan.core.access import needs, visible_to
from bartizan.core.values import is_number
from bartizan.watch import queries as watch

MOST: Final = 40
TICKED: Final = 30
PERSON_KINDS: Final = frozenset(
    ("camera.person", "camera.loitering", "camera.crossed", "camera.entered", "camera.against", "camera.crowded")
)
WORDS: Final = {"seen": "ticked off", "not a person": "is no person"}


def review_context(request: HttpRequest, focus: int | None = None, trouble: str = "") -> dict[str, Any]:
    user = user_of(request)
    waiting = queries.reviews(user).filter(ticked_at=None).order_by("-severity", "-begun_at")
    ticked = queries.reviews(user).exclude(ticked_at=None).order_by("-ticked_at")
    shown = list(waiting[:MOST])
    since = timezone.now() - timedelta(hours=24)
    for one in shown:
        one.visible_cases = _cases_of(user, one)  # type: ignore[attr-defined]  # for the template
        one.length = lasted(one.begun_at, one.ended_at) if one.ended_at else ""  # type: ignore[attr-defined]
    waiting_n = waiting.count()
    return {
        "waiting": shown,
        "waiting_n": waiting_n,
        "more": max(0, waiting_n - MOST),
        "ticked": list(ticked.filter(ticked_at__gte=since)[:TICKED]),
        "ticked_n": ticked.filter(ticked_at__gte=since).count(),
        "focused": next((one.pk for one in shown if one.pk == focus), shown[0].pk if shown else None),
        "others": _others(user, since),
        "review_trouble": trouble,
        "person_kinds": PERSON_KINDS,
    }


def _cases_of(user: Any, review: Review) -> list[Any]:
    """Cases that hold the alarm of this, as far as they are open to ``user``."""
    if review.alarm_id is None:
        return []
    alarm = watch.alarms(user).filter(pk=review.alarm_id).first()
    return [] if alarm is None else list(visible_to(user, alarm.cases.all())[:2])


def _others(user: Any, since: datetime) -> int:
    """How much else moved, of which nothing had to be looked at."""
    return queries.sightings(user).filter(kind="motion", begun_at__gte=since).count()


@require_safe
@needs("see cameras")
def listing(request: HttpRequest) -> HttpResponse:
    wanted = request.GET.get("review", "")
    return render(request, "cameras/_review.html", review_context(request, int(wanted) if is_number(wanted) else None))


@require_POST
@needs("see cameras")
def do(request: HttpRequest, key: int, deed: str) -> HttpResponse:
    """``seen``, ``nobody`` or ``undo``; the row after it has the focus then."""
    user = user_of(request)
    review = get_object_or_404(queries.reviews(user), pk=key)
    onward, trouble, said = _after(user, review), "", ""
    try:
        if deed == "undo":
            take_back(review, user)
            onward = review.pk
        elif deed in ("seen", "nobody"):
            verdict = "not a person" if deed == "nobody" else "seen"
            tick_off(review, verdict, user)
            said = f"{review.words} {WORDS[verdict]}"
        else:
            raise Http404(f"Nothing called {deed} can be done with it.")
    except ValidationError as error:
        trouble = " ".join(error.messages)
    context = review_context(request, onward, trouble) | {"said": said, "undo": review.pk}
    return render(request, "cameras/_review.html", context, status=422 if trouble else 200)


def _after(user: Any, review: Review) -> int | None:
    waiting = list(
        queries.reviews(user).filter(ticked_at=None).order_by("-severity", "-begun_at").values_list("pk", flat=True)
    )
    if review.pk not in waiting:
        return None
    at = waiting.index(review.pk)
    return next(iter(waiting[at + 1 :]), waiting[at - 1] if at else None)


@require_safe
@needs("see cameras")
def thumb(request: HttpRequest, key: int) -> HttpResponse:
    """The small picture of a row."""
    review = get_object_or_404(queries.reviews(user_of(request)), pk=key)
    note_pictures(request, review.camera.code)
    return jpeg(pictures.thumbnail(review.thumbnail), "There is no picture of it.")


urlpatterns = [
    path("cameras/review", listing, name="camera-reviews"),
    path("cameras/review/<int:key>/picture", thumb, name="camera-review-picture"),
    path("cameras/review/<int:key>/do/<slug:deed>", do, name="camera-review-do"),
]
