"""The files of a record, as a part of any page: ``{% load files %}{% files_of "case:2026-041" %}``."""

from __future__ import annotations

from typing import Any

from django import template

from bartizan.core import files, preferences
from bartizan.core.files.kinds import SHOWN
from bartizan.core.files.limits import Files

register = template.Library()


@register.inclusion_tag("core/_files.html", takes_context=True)
def files_of(context: dict[str, Any], reference: str, back: str = "") -> dict[str, Any]:
    """The list, and the form to add one for whoever may. ``back`` is where to return; otherwise this page."""
    request, user = context["request"], context["user"]
    subject = files.subject_of(user, reference)
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "zone": context.get("zone", "UTC"),
        "subject": reference,
        "back": back or request.get_full_path(),
        "files": [(file, file.media_type in SHOWN) for file in files.files_of(user, reference)],
        "may_change": bool(subject and subject.may_change),
        "largest": preferences.get(Files).largest_megabytes,
    }


@register.filter
def number_of_files(user: Any, reference: str) -> int:
    """``{{ user|number_of_files:reference }}``, for the tab."""
    return files.files_of(user, reference).count()
