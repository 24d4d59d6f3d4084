"""Setting cameras up: found in the network or by their address, tried before they are kept, changed later."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from bartizan.cameras import queries
from bartizan.cameras.actions.camera import change_camera, remove_camera, switch_camera
from bartizan.cameras.actions.setup import set_up
from bartizan.cameras.pages.asked import camera_of, user_of
from bartizan.cameras.pages.setup_form import FIRST, RETYPE, SettingsForm, initial_of, is_its_own
from bartizan.cameras.tiles import tile_of
from bartizan.core.access import needs
from bartizan.estate import queries as estate


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change registers")
def setup(request: HttpRequest) -> HttpResponse:
    """The cameras that there are, and the form of a new one."""
    user = user_of(request)
    form = SettingsForm(user, request.POST or None, initial=initial_of(None) | _prefilled(request))
    trouble = ""
    if request.method == "POST" and form.is_valid():
        try:
            zone = estate.zones(user).filter(code=request.POST.get("zone", "")).first()
            made = set_up(request.POST, zone, form.values(), user)
            return HttpResponseRedirect(f"{reverse('cameras')}?camera={made.code}")
        except ValidationError as error:
            trouble = " ".join(error.messages)
    now = timezone.now()
    context = {
        "place": "cameras",
        "tab": "setup",
        "form": form,
        "first": [form[name] for name in FIRST],
        "more": [form[name] for name in form.fields if name not in FIRST],
        "tiles": [tile_of(one, queries.state_of(one.code), now) for one in queries.cameras(user)],
        "zones": list(estate.zones(user)),
        "free": [one for one in estate.devices(user).filter(kind="camera") if not hasattr(one, "camera")],
        "typed": request.POST,
        "trouble": trouble,
    }
    return render(request, "cameras/setup.html", context, status=422 if trouble or form.errors else 200)


def _prefilled(request: HttpRequest) -> dict[str, Any]:
    return {name: request.GET[name][:400] for name in ("main_url", "onvif_url") if name in request.GET}


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change registers")
def change(request: HttpRequest, code: str) -> HttpResponse:
    camera, user = camera_of(request, code), user_of(request)
    keeps = request.method == "POST" and request.POST.get("do", "keep") == "keep"  # other buttons send no settings
    form = SettingsForm(user, request.POST if keeps else None, initial=initial_of(camera))
    trouble = ""
    if request.method == "POST":
        try:
            if _done(request, camera, form):
                return HttpResponseRedirect(reverse("cameras-setup"))
        except ValidationError as error:
            trouble = " ".join(error.messages)
    context = {
        "place": "cameras",
        "tab": "setup",
        "camera": camera,
        "form": form,
        "fields": list(form),
        "has_password": bool(camera.secret),
        "trouble": trouble,
    }
    return render(request, "cameras/change.html", context, status=422 if trouble or form.errors else 200)


def _done(request: HttpRequest, camera: Any, form: SettingsForm) -> bool:
    """What the button that was pressed says: keep, switch on or off, remove."""
    user, deed = user_of(request), request.POST.get("do", "keep")
    if deed == "remove":
        if request.POST.get("sure", "").strip() != camera.code:
            raise ValidationError(f"Type {camera.code} to remove it from here; its device stays in the register.")
        remove_camera(camera, user)
        return True
    if deed in ("on", "off"):
        switch_camera(camera, deed == "on", user)
        return True
    if form.is_valid():
        told = form.values()
        if camera.secret and "password" not in told and not is_its_own(camera, told):
            raise ValidationError(RETYPE)
        change_camera(camera, told, user)
        return True
    return False


urlpatterns = [
    path("cameras/setup", setup, name="cameras-setup"),
    path("cameras/<str:code>/setup", change, name="camera-change"),
]
