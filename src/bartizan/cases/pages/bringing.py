"""A new exhibit from its form: a thing, an upload, a file of the case, events, or a disk image by reference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from bartizan.cases.actions import content
from bartizan.cases.actions.exhibit import take_in as taken_in
from bartizan.cases.custody import Content, Description, Step, party_of
from bartizan.cases.models import Case, Exhibit
from bartizan.cases.pages.deeds import local_time
from bartizan.cases.pages.signing import party, signature
from bartizan.core.files import files_of
from bartizan.core.models import User
from bartizan.core.values import is_number
from bartizan.watch.lake import LakeError, Window
from bartizan.watch.lake.slices import every
from bartizan.watch.queries import lake_of
from bartizan.watch.shown import zone_of

FORMS: Final = {
    "thing": "A thing",
    "upload": "An upload",
    "kept": "A file of the case",
    "events": "Events",
    "image": "A disk image",
}


def take_in(request: HttpRequest, case: Case, user: User) -> Exhibit:
    """Raises ValidationError, and then nothing is kept."""
    post = request.POST
    form = post.get("new", "")
    if form not in _BRINGS:
        raise ValidationError("Say what kind of exhibit it is.")
    zone = zone_of(user, case.site)
    told = Description(
        post.get("name", "") or _name_of(request, case, user),
        post.get("what", ""),
        local_time(post.get("found_at", ""), zone),
        post.get("found_where", ""),
        post.get("found_by", ""),
    )
    place = {"thing": post.get("place", ""), "image": "where it lies, by reference"}.get(form, "vault")
    why, how, at = post.get("why", ""), post.get("how", "").strip(), local_time(post.get("at", ""), zone)
    step = Step(why, how, place, at, seal_left=post.get("seal_left", "") if form == "thing" else "")
    signed = [signature(request, "from", party_of(user), "takes")]
    witness = party(request, case, "to")
    if witness.name:
        signed.append(signature(request, "to", witness, "witnesses"))
    return taken_in(case, told, step, signed, user, lambda: _BRINGS[form](request, case, user))


def _name_of(request: HttpRequest, case: Case, user: User) -> str:
    """What an upload, or a file of the case, is called when nobody called it anything."""
    if sent := request.FILES.get("file"):
        return sent.name or ""
    chosen = request.POST.get("kept", "")
    file = files_of(user, f"case:{case.number}").filter(pk=chosen).first() if is_number(chosen) else None
    return file.name if file else ""


def _thing(_request: HttpRequest, _case: Case, _user: User) -> Content:
    return Content()


def _upload(request: HttpRequest, case: Case, user: User) -> Content:
    sent = request.FILES.get("file")
    if sent is None:
        raise ValidationError("Choose a file first.")
    return content.upload(case, sent.name or "file", sent.chunks(), user)


def _kept(request: HttpRequest, case: Case, user: User) -> Content:
    chosen = request.POST.get("kept", "")
    if not is_number(chosen):
        raise ValidationError("Choose one of the case's files.")
    return content.kept_file(case, get_object_or_404(files_of(user, f"case:{case.number}"), pk=chosen), user)


def _events(request: HttpRequest, case: Case, user: User) -> Content:
    zone: Any = zone_of(user, case.site)
    since, until = (local_time(request.POST.get(name, ""), zone) for name in ("since", "until"))
    if since is None or until is None or until <= since:
        raise ValidationError("Say from when to when: both times, the later one second.")
    is_whole = request.POST.get("of") == "all"
    references = [] if is_whole else [one.reference for one in case.entities.all()]
    if not is_whole and not references:
        raise ValidationError("The case has no people, things or places yet: take all events of that time.")
    of = "everything" if is_whole else "of the case's people, things and places"
    words = f"{of}, {since.astimezone(zone):%Y-%m-%d %H:%M} to {until.astimezone(zone):%Y-%m-%d %H:%M %Z}"
    name = f"events-{case.number}-{since:%Y%m%dT%H%M}.jsonl"
    try:
        return content.events(case, name, every(lake_of(user), Window(since, until), references), words, user)
    except LakeError as error:
        raise ValidationError(str(error)) from error


def _image(request: HttpRequest, _case: Case, _user: User) -> Content:
    size = request.POST.get("size", "").replace(",", "").replace(" ", "")
    if size and not is_number(size):
        raise ValidationError("The size is a number of bytes; leave it out when it is not known.")
    path, digest = request.POST.get("path", "").strip(), request.POST.get("digest", "").strip().lower()
    return content.image(path, digest, int(size) if size else None)


_BRINGS: Final[dict[str, Callable[[HttpRequest, Case, User], Content]]] = {
    "thing": _thing,
    "upload": _upload,
    "kept": _kept,
    "events": _events,
    "image": _image,
}
