"""Rules: what is looked for, how often it was found, and switching one off with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from bartizan.core.access import needs, visible_to
from bartizan.core.models import User
from bartizan.core.preferences import Entry, page
from bartizan.core.queries import audit_of
from bartizan.engines import detect
from bartizan.watch import actions, queries, rulebook, shown
from bartizan.watch.models import LEVELS, RuleSwitch

page(
    Entry(
        "Rules", "What is looked for, and switching a rule off with a reason", "rule", "/rules", "see sources", order=11
    )
)

SHOWN = 150
LEVEL_OF = {"informational": 0, "low": 1, "medium": 2, "high": 3, "critical": 4}
TEXT_LIMIT = 40_000


@dataclass(frozen=True, slots=True)
class Line:
    """A rule as the list shows it."""

    rule: detect.Rule
    pack: str
    level: int
    is_on: bool
    count: int
    last: Any
    switch: RuleSwitch | None


@lru_cache(maxsize=1)
def _read(stamp: str) -> tuple[Sequence[detect.Rule], Sequence[detect.Problem]]:
    """All rule files, read again when one of them changed (``stamp`` says so)."""
    return detect.load_rules([rulebook.OURS, rulebook.theirs()], Path(settings.DATA) / "cache")


@require_safe
@needs("see sources")
def rules(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(request: HttpRequest, *, trouble: str = "", uid: str = "") -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    found, problems = _read(rulebook.stamp())
    switches = {s.rule: s for s in visible_to(user, RuleSwitch.objects.all())}
    counts = _counts(user)
    lines = [_line(rule, switches, counts) for rule in found]
    uid = uid or request.GET.get("rule", "")
    chosen = next((line for line in lines if line.rule.uid == uid), None)
    context: dict[str, Any] = {"place": "settings", "trouble": trouble, "zone": shown.zone_of(user), "chosen": chosen}
    context["is_lost"] = bool(uid) and chosen is None
    if chosen:
        context |= _detail(user, chosen)
    if request.headers.get("X-Part") == "side":
        return render(request, "watch/rule.html", context)
    context |= _list(request, lines) | {"problems": problems}
    return render(request, "watch/rules.html", context, status=422 if trouble else 200)


def _counts(user: User) -> Mapping[str, tuple[int, Any]]:
    """Alarms of 30 days and the latest, by rule."""
    recent = queries.alarms(user).filter(raised_at__gte=timezone.now() - timedelta(days=30)).order_by()
    rows = recent.values("rule").annotate(n=Count("pk"), last=Max("last_at"))
    return {row["rule"]: (row["n"], row["last"]) for row in rows}


def _line(rule: detect.Rule, switches: Mapping[str, RuleSwitch], counts: Mapping[str, tuple[int, Any]]) -> Line:
    switch = switches.get(rule.uid)
    count, last = counts.get(rule.uid, (0, None))
    level = switch.level if switch and switch.level else LEVEL_OF.get(rule.level, 0)
    return Line(rule, rulebook.pack_of(rule), level, switch is None or switch.is_enabled, count, last, switch)


def _list(request: HttpRequest, lines: Sequence[Line]) -> dict[str, Any]:
    packs: dict[str, int] = {}
    for line in lines:
        packs[line.pack] = packs.get(line.pack, 0) + 1
    pack, words = request.GET.get("pack", ""), request.GET.get("q", "").strip()
    show = request.GET.get("show", "")
    kept = [line for line in lines if pack in ("", line.pack) and _says(line, words) and _is_shown(line, show)]
    kept.sort(key=lambda line: (-line.count, -line.level, line.rule.title))
    return {
        "packs": sorted(packs.items()),
        "pack": pack,
        "q": words,
        "show": show,
        "lines": kept[:SHOWN],
        "fits": len(kept),
        "total": len(lines),
        "off": sum(not line.is_on for line in lines),
    }


def _says(line: Line, words: str) -> bool:
    text = f"{line.rule.title} {' '.join(line.rule.tags)} {line.rule.description}".casefold()
    return all(word in text for word in words.casefold().split())


def _is_shown(line: Line, show: str) -> bool:
    return {"off": not line.is_on, "found": line.count > 0}.get(show, True)


def _detail(user: User, line: Line) -> dict[str, Any]:
    alarms = queries.alarms(user).filter(rule=line.rule.uid).order_by("-raised_at")[:6]
    text = _text(line.rule)
    return {
        "text": text[:TEXT_LIMIT],
        "is_cut": len(text) > TEXT_LIMIT,
        "alarms": alarms,
        "audit": audit_of(user, f"rule:{line.rule.uid}")[:5],
        "levels": LEVELS,
        "techniques": [tag.removeprefix("attack.") for tag in line.rule.tags],
    }


def _text(rule: detect.Rule) -> str:
    try:
        return Path(rule.path).read_text(errors="replace")
    except OSError as error:
        return f"The file {rule.path} cannot be read: {error.strerror}."


@require_POST
@needs("change rules")
def switch(request: HttpRequest) -> HttpResponse:
    """Switch a rule on or off, or give it another level."""
    user = request.user
    assert isinstance(user, User)
    uid = request.POST.get("rule", "")
    if uid not in {rule.uid for rule in _read(rulebook.stamp())[0]}:
        raise Http404("There is no such rule.")
    level = request.POST.get("level", "")
    try:
        actions.switch_rule(
            uid,
            on=request.POST.get("on") == "1",
            level=int(level) if level in {"1", "2", "3", "4"} else None,
            reason=request.POST.get("reason", ""),
            by=user,
        )
    except ValidationError as error:
        return _page(request, trouble=" ".join(error.messages), uid=uid)
    query = request.GET.copy()  # what the list was narrowed to
    query["rule"] = uid
    return HttpResponseRedirect(f"/rules?{query.urlencode()}")


urlpatterns = [path("rules", rules, name="rules"), path("rules/switch", switch, name="rule-switch")]
