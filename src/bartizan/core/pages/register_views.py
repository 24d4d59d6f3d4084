"""Saved views of a list: kept, renamed and removed. A view is the list's own address under a name."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from bartizan.core.access import may, needs
from bartizan.core.models import SavedView
from bartizan.core.pages.register_parts import opened, with_list
from bartizan.core.registers import Listing, actions


@require_POST
@needs("")
def keep(request: HttpRequest, name: str) -> HttpResponse:
    register = opened(request, name)
    shown = Listing(register, request.user, QueryDict(request.POST.get("query", "")))
    is_shared = bool(request.POST.get("is_shared"))
    try:
        view = actions.keep_view(  # what the address says beyond the list's own parameters is left out
            request.user,  # type: ignore[arg-type]  # signed in
            register,
            request.POST.get("name", ""),
            shown.view_query,
            is_shared=is_shared,
        )
    except ValidationError as error:
        return render(request, "core/register.html", with_list(shown, view_error=error.messages[0]), status=422)
    return HttpResponseRedirect(f"{reverse('register', args=[name])}?{view.query}")


@require_POST
@needs("")
def change(request: HttpRequest, name: str, view: int) -> HttpResponse:
    """Rename or remove one's own view; whoever manages accounts may remove what others share."""
    register = opened(request, name)
    kept = get_object_or_404(SavedView, pk=view, register=register.name)
    is_own = kept.user_id == request.user.pk
    if not is_own and not (kept.is_shared and may(request.user, "manage accounts")):
        raise PermissionDenied("This view belongs to somebody else.")
    shown = Listing(register, request.user, QueryDict(kept.query))
    if "remove" in request.POST:
        actions.remove_view(request.user, kept)  # type: ignore[arg-type]  # signed in
        return HttpResponseRedirect(reverse("register", args=[name]))
    try:
        actions.rename_view(request.user, kept, request.POST.get("name", ""))  # type: ignore[arg-type]  # signed in
    except ValidationError as error:
        return render(request, "core/register.html", with_list(shown, view_error=error.messages[0]), status=422)
    return HttpResponseRedirect(f"{reverse('register', args=[name])}?{kept.query}")


urlpatterns = [
    path("registers/<slug:name>/views", keep, name="register-views"),
    path("registers/<slug:name>/views/<int:view>", change, name="register-view"),
]
