"""What is done to one record: the form, removal with its undo, and the register's own deeds."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from bartizan.core import registers
from bartizan.core.access import needs, require
from bartizan.core.models import AuditEntry
from bartizan.core.pages.register_parts import beside, list_url, opened, record_url, row_of
from bartizan.core.pages.registers import show_detail
from bartizan.core.registers import Deed, Listing, actions, seen
from bartizan.core.registers.form import form_for, problems_of
from bartizan.core.values import is_number
from bartizan.web.shell import zone_of
from bartizan.web.templatetags.bz import as_zone


@needs("")
def edit(request: HttpRequest, name: str, key: int | None = None) -> HttpResponse:
    """The form, in the detail's place. Its times are on the site's clock."""
    register = opened(request, name, to_change=True)
    row = None if key is None else row_of(register, request.user, key)
    shown = Listing(register, request.user, request.GET)
    with timezone.override(as_zone(zone_of(request.user))):
        if request.method != "POST":
            form = form_for(register, request.user, None, row, initial=_prefilled(shown) if row is None else None)
            was = seen.seen_of(row, list(form.fields)) if row else ""
            return _show_form(request, shown, row, form, was)
        return _saved(request, shown, row)


def _saved(request: HttpRequest, shown: Listing, row: Any) -> HttpResponse:
    register, was = shown.register, request.POST.get(seen.NAME, "")
    form = form_for(register, request.user, request.POST, row)
    try:
        if not problems_of(register, form):
            saved = actions.save(request.user, register, form, was)  # type: ignore[arg-type]  # signed in
            return HttpResponseRedirect(_parent_url(shown, saved) or record_url(shown, saved.pk))
    except seen.Stale as stale:
        return _show_stale(request, shown, form, stale)
    except ValidationError as error:
        form.add_error(None, error)
    return _show_form(request, shown, row, form, was, status=422)


def _show_form(
    request: HttpRequest, shown: Listing, row: Any, form: Any, was: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    register = shown.register
    kept = registers.manager_of(register.model).get(pk=row.pk) if row else None  # a form fills in its own copy
    parent = _parent_url(shown, None)
    context = {
        "form": form,
        "row": kept,
        "name": register.called(kept) if kept else f"New {register.one}",
        "seen": was,
        "close_url": parent or (record_url(shown, row.pk) if row else list_url(shown)),
        "refreshed_url": "" if parent else list_url(shown),
        **more,
    }
    return beside(request, register, "core/_register_form.html", context, status)


def _show_stale(request: HttpRequest, shown: Listing, form: Any, stale: seen.Stale) -> HttpResponse:
    """The form again: what one typed stays, the rest is as the other saved it, and both values are shown."""
    register, user, key = shown.register, request.user, form.instance.pk
    mine = seen.typed(form, request.POST.get(seen.NAME, ""))
    filled = request.POST.copy()
    for bound in form_for(register, user, None, row_of(register, user, key)):
        if bound.name not in mine:
            fill(filled, bound)
    again = form_for(register, user, filled, row_of(register, user, key))
    told = {name: (words or "nothing", name in mine) for name, words in stale.theirs.items() if name in again.fields}
    theirs = [(again.fields[name].label, words, both) for name, (words, both) in told.items()]
    row = row_of(register, user, key)
    was = seen.seen_of(row, list(again.fields))
    return _show_form(request, shown, row, again, was, status=409, stale=stale.messages[0], theirs=theirs)


def fill(filled: QueryDict, bound: Any) -> None:
    """Put a field's present value where a form would have sent it."""
    filled.pop(bound.name, None)
    value = bound.value()
    if isinstance(value, bool):
        if value:
            filled[bound.name] = "on"
        return
    sent = bound.field.widget.format_value(value)
    filled.setlist(bound.name, [str(one) for one in (sent if isinstance(sent, list) else [sent]) if one is not None])


def _prefilled(shown: Listing) -> dict[str, Any]:
    """What a link to a new record already says, such as whose copy it is."""
    register = shown.register
    given = [(name, str(value)) for name, value in shown.asked.items() if name in register.fields]
    return {
        name: int(value) if register.field(name).is_relation and is_number(value) else value
        for name, value in given
        if name not in _asked(shown)
    }


def _asked(shown: Listing) -> set[str]:
    """Filters of the list that have a field's name are not meant for the form, unless the link says so."""
    return set() if shown.asked.get("by") else {each.name for each in shown.register.all_filters}


def _parent_url(shown: Listing, saved: Any) -> str:
    """Where one goes back to from a child's form: to the record under whose title it was added."""
    by = shown.asked.get("by", "")
    if by not in shown.register.fields or not shown.register.field(by).is_relation:
        return ""
    parent = registers.of_model(shown.register.field(by).related_model)  # type: ignore[arg-type]  # a relation has one
    key = getattr(saved, f"{by}_id", None) or shown.asked.get(by, "")
    if parent is None or not is_number(str(key)):
        return ""
    return reverse("register-record", args=[parent.name, key])


@require_POST
@needs("")
def remove(request: HttpRequest, name: str, key: int) -> HttpResponse:
    register = opened(request, name, to_change=True)
    row = row_of(register, request.user, key)
    called = register.called(row)
    try:
        entry = actions.remove(request.user, register, [row], request.POST.get("reason", ""))  # type: ignore[arg-type]  # signed in
    except ValidationError as error:
        again = row_of(register, request.user, key)
        typed = {"remove_error": error.messages, "reason": request.POST.get("reason")}
        return show_detail(request, register, again, 422, **typed)
    shown = Listing(register, request.user, request.GET)
    if request.headers.get("X-Part") != "side":
        return HttpResponseRedirect(list_url(shown))
    said = {"said": f"{called} was removed", "undo": reverse("register-undo", args=[name, entry.pk]) if entry else ""}
    return render(request, "core/_register_said.html", said | {"list_url": list_url(shown)})


@require_POST
@needs("")
def undo(request: HttpRequest, name: str, entry: int) -> HttpResponse:
    """Bring back what one removed oneself."""
    register = opened(request, name, to_change=True)
    kept = get_object_or_404(AuditEntry, pk=entry, by=request.user, verb="removed", detail__has_key="record")
    if not kept.detail["record"].startswith(f'[{{"model": "{registers.meta_of(register.model).label_lower}"'):
        raise Http404("This was removed from another register.")
    shown = Listing(register, request.user, request.GET)
    try:
        row = actions.bring_back(request.user, register, kept)  # type: ignore[arg-type]  # signed in
    except ValidationError as error:
        return render(request, "core/_register_said.html", {"said": error.messages[0]}, status=422)
    return HttpResponseRedirect(record_url(shown, row.pk))


@require_POST
@needs("")
def do(request: HttpRequest, name: str, key: int, deed: str) -> HttpResponse:
    """One of the register's own deeds, such as revoking a badge."""
    register = opened(request, name)
    row = row_of(register, request.user, key)
    found = next((each for each in register.deeds if each.name == deed and each.applies(row)), None)
    if found is None:
        raise Http404(f"This cannot be done to {register.called(row)} now.")
    if found.permission:
        require(request.user, found.permission)
    else:
        opened(request, name, to_change=True)
    reason, asked = (request.POST.get(name, "").strip() for name in ("reason", "asked"))
    try:
        _do(found, row, request.user, asked, reason)
    except ValidationError as error:
        again = row_of(register, request.user, key)
        failed = {"deed_failed": found.name, "deed_errors": error.messages, "typed": reason, "typed_asked": asked}
        return show_detail(request, register, again, 422, **failed)
    return HttpResponseRedirect(record_url(Listing(register, request.user, request.GET), key))


def _do(deed: Deed, row: Any, user: Any, asked: str, reason: str) -> None:
    if deed.asks and not asked:
        raise ValidationError(f"Fill in “{deed.asks}”.")
    if deed.asks_reason and not reason:
        raise ValidationError("Write why: it is kept in the audit.")
    deed.do(row, user, *([asked] if deed.asks else []), reason)


urlpatterns = [
    path("registers/<slug:name>/new", edit, name="register-new"),
    path("registers/<slug:name>/<int:key>/edit", edit, name="register-edit"),
    path("registers/<slug:name>/<int:key>/remove", remove, name="register-remove"),
    path("registers/<slug:name>/undo/<int:entry>", undo, name="register-undo"),
    path("registers/<slug:name>/<int:key>/do/<slug:deed>", do, name="register-do"),
]
