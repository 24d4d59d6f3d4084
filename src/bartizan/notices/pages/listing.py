"""One's notices: the list, reading, and what the bell asks for."""

from __future__ import annotations

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bartizan.core.access import needs
from bartizan.core.models import User
from bartizan.core.values import is_number
from bartizan.notices import actions, queries
from bartizan.notices.models import LEVELS

SHOWN = 100
VIEWS = {"unread": "Unread", "all": "All"}


@require_safe
@needs("")
@never_cache
def notices(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    mine = queries.own_notices(user)
    numbers = {"unread": mine.filter(read_at=None).count(), "all": mine.count()}
    chosen = request.GET.get("show", "unread" if numbers["unread"] else "all")
    found = mine.filter(read_at=None) if chosen == "unread" else mine
    if words := request.GET.get("q", "").strip():
        found = found.filter(words__icontains=words)
    least = request.GET.get("level", "")
    if least in {str(level) for level, _ in LEVELS}:
        found = found.filter(level__gte=int(least))
    before = request.GET.get("before", "")
    if is_number(before):
        found = found.filter(pk__lt=int(before))
    rows = list(found[: SHOWN + 1])
    context = {
        "place": "notices",
        "notices": rows[:SHOWN],
        "older": rows[SHOWN - 1].pk if rows[SHOWN:] else 0,
        "newest": mine.values_list("pk", flat=True).first() or 0,
        "views": [(name, word, numbers[name]) for name, word in VIEWS.items()],
        "chosen": chosen if chosen in VIEWS else "all",
        "levels": LEVELS[2:],
        "least": least,
        "q": words,
        "is_filtered": bool(words or least or before),
    }
    part = "notices/_list.html" if request.headers.get("X-Part") == "list" else "notices/notices.html"
    return render(request, part, context)


@require_POST
@needs("")
def read(request: HttpRequest, key: int, deed: str) -> HttpResponse:
    """Open what it is about, or only mark it; another person's is not found."""
    user = request.user
    assert isinstance(user, User)
    notice = get_object_or_404(queries.own_notices(user), pk=key)
    if deed not in ("open", "read", "unread"):
        raise Http404("A notice is opened, or marked read or unread.")
    actions.mark_read(user, notice, is_read=deed != "unread")
    if deed != "open":
        return HttpResponseRedirect(_back(request))
    is_ours = notice.url.startswith("/") and not notice.url.startswith(("//", "/\\"))
    return HttpResponseRedirect(notice.url if is_ours else "/")


@require_POST
@needs("")
def read_all(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    until = request.POST.get("until", "")
    if is_number(until):
        actions.mark_all_read(user, int(until))
    return HttpResponseRedirect("/notices")


def _back(request: HttpRequest) -> str:
    shown = request.POST.get("show", "")
    return f"/notices?show={shown}" if shown in VIEWS else "/notices"


@require_safe
@needs("")
@never_cache
def bell(request: HttpRequest) -> HttpResponse:
    """The number unread, and the newest of them for a toast."""
    unread = queries.own_notices(request.user).filter(read_at=None)
    newest = unread.first()
    told = {"id": newest.pk, "words": newest.words, "level": newest.level, "url": newest.url} if newest else None
    return JsonResponse({"unread": unread.count(), "newest": told})


@require_safe
@needs("")
def push_worker(_request: HttpRequest) -> HttpResponse:
    """Served at the root, because a worker reaches no further than the folder that it comes from."""
    found = finders.find("bz/push-worker.js")
    if not isinstance(found, str):
        raise Http404("The push worker is missing from this installation.")
    with open(found, encoding="utf-8") as file:  # noqa: PTH123  one line
        return HttpResponse(file.read(), content_type="text/javascript", headers={"Cache-Control": "no-cache"})


urlpatterns = [
    path("notices", notices, name="notices"),
    path("notices/bell", bell, name="notices-bell"),
    path("notices/read-all", read_all, name="notices-read-all"),
    path("notices/<int:key>/<slug:deed>", read, name="notice-read"),
    path("push-worker.js", push_worker, name="push-worker"),
]
