"""The picture under a floor's plan: uploaded, drawn, taken down."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from bartizan.core import vault
from bartizan.core.access import needs
from bartizan.estate import queries as estate
from bartizan.estate.actions import hang_picture, take_down_picture


@require_safe
@needs("see places")
def show(request: HttpRequest, code: str) -> HttpResponseBase:
    """Part of a plan that is on the screen all day: not in the audit, as a file that somebody opens is."""
    floor = get_object_or_404(estate.floors(request.user), code=code)
    if floor.picture is None:
        raise Http404("No picture lies under this plan.")
    try:
        content = vault.read(floor.picture.digest)
    except vault.VaultError as error:
        raise Http404(str(error)) from error
    answer = StreamingHttpResponse(content, content_type=floor.picture.media_type)
    answer["Cache-Control"] = "private, max-age=86400"  # another picture has another address
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_POST
@needs("change registers")
def change(request: HttpRequest, code: str) -> HttpResponse:
    floor = get_object_or_404(estate.floors(request.user), code=code)
    user: Any = request.user
    try:
        if request.POST.get("do") == "remove":
            take_down_picture(floor, user)
        elif sent := request.FILES.get("picture"):
            hang_picture(floor, sent, user)
        else:
            raise ValidationError("Choose a picture first, a PNG or a JPEG.")  # noqa: TRY301
    except ValidationError as error:
        floor.refresh_from_db()
        context = {"place": "map", "floor": floor, "trouble_picture": " ".join(error.messages)}
        return render(request, "watch/map_picture.html", context, status=422)
    return redirect("map-edit", floor.code)


urlpatterns = [
    path("map/<str:code>/picture", show, name="map-picture"),
    path("map/<str:code>/picture/change", change, name="map-picture-change"),
]
