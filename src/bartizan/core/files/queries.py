"""What people may read of files: those of records that they see."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from bartizan.core.files.subjects import subject_of
from bartizan.core.models import File


def files_of(user: Any, reference: str) -> QuerySet[File]:
    """The files of a record, the latest first; none of a record that the user may not see."""
    found = File.objects.filter(subject=reference, removed_at=None).select_related("by").order_by("-at", "-pk")
    return found if subject_of(user, reference) else found.none()


def file_of(user: Any, pk: int) -> File | None:
    """A file that was not removed, of a record that the user may see."""
    found = File.objects.filter(pk=pk, removed_at=None).select_related("by").first()
    return found if found and subject_of(user, found.subject) else None
