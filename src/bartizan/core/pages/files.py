"""Files of a record: added, looked at and removed. A file leaves as a download; only a picture may be shown."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import path
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bartizan.core import vault
from bartizan.core.access import needs
from bartizan.core.files import add_file, file_of, remove_file, subject_of
from bartizan.core.files.actions import looked_at
from bartizan.core.files.kinds import SHOWN
from bartizan.core.files.subjects import Subject
from bartizan.core.models import File, User

POLICY = "default-src 'none'; sandbox"
"""Of a file: whatever it is, a browser runs nothing of it."""


@require_POST
@needs("")
def add(request: HttpRequest) -> HttpResponse:
    """A file for a record that the user may change."""
    user = request.user
    assert isinstance(user, User)
    subject = _changeable(user, request.POST.get("subject", ""))
    sent = request.FILES.get("file")
    if sent is None:
        return _refused(request, subject, ValidationError("Choose a file first."))
    try:
        add_file(user, subject.reference, sent.name or "file", sent.chunks(), request.POST.get("note", ""))
    except ValidationError as error:
        return _refused(request, subject, error)
    return HttpResponseRedirect(_back(request, subject))


@require_POST
@needs("")
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    file = _seen(user, pk)
    subject = _changeable(user, file.subject)
    try:
        remove_file(user, file, request.POST.get("reason", ""))
    except ValidationError as error:
        return _refused(request, subject, error)
    return HttpResponseRedirect(_back(request, subject))


@require_safe
@never_cache
@needs("")
def show(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The content under the name with which it came; that somebody looked at it is in the audit."""
    user = request.user
    assert isinstance(user, User)
    file = _seen(user, pk)
    try:
        content = vault.read(file.digest)
    except vault.VaultError as error:
        raise Http404(f"{file.name}: {error}") from error
    is_shown = "show" in request.GET and file.media_type in SHOWN
    if request.method == "GET":
        looked_at(user, file)
    answer = StreamingHttpResponse(
        _streamed(content), content_type=file.media_type if is_shown else "application/octet-stream"
    )
    answer["Content-Length"] = str(file.size)
    answer["Content-Disposition"] = content_disposition_header(not is_shown, file.name) or "attachment"
    answer["Content-Security-Policy"] = POLICY
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


async def _streamed(content: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Chunk by chunk: the server would gather the whole of a plain iterator before it sends the first byte."""
    following = sync_to_async(lambda: next(content, None))
    while (chunk := await following()) is not None:
        yield chunk


def _seen(user: User, pk: int) -> File:
    file = file_of(user, pk)
    if file is None:
        raise Http404("There is no such file, or it is not open to you.")
    return file


def _changeable(user: User, reference: str) -> Subject:
    subject = subject_of(user, reference)
    if subject is None:
        raise Http404("There is no such record, or it is not open to you.")
    if not subject.may_change:
        raise PermissionDenied("Your role does not allow this: to change this record's files.")
    return subject


def _back(request: HttpRequest, subject: Subject) -> str:
    """The page from which the form came; the record's own when that is no page of this console."""
    back = request.POST.get("back", "")
    return back if back.startswith("/") and url_has_allowed_host_and_scheme(back, None) else subject.url


def _refused(request: HttpRequest, subject: Subject, error: ValidationError) -> HttpResponse:
    context = {"subject": subject.reference, "title": subject.title, "back": _back(request, subject)}
    return render(request, "core/files.html", context | {"trouble": " ".join(error.messages)}, status=422)


urlpatterns = [
    path("files/add", add, name="file-add"),
    path("files/<int:pk>", show, name="file"),
    path("files/<int:pk>/remove", remove, name="file-remove"),
]
