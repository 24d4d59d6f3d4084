"""Drawing zones, counting lines and masks on a camera's picture: with the pointer, or by typing the corners."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from bartizan.cameras import queries
from bartizan.cameras.actions.camera import change_camera
from bartizan.cameras.pages.asked import camera_of, note_live, user_of
from bartizan.cameras.pages.overlay import WIDTH, overlay_of
from bartizan.core.access import needs
from bartizan.engines.vision.scene_drawing import Drawing, DrawingRefused
from bartizan.estate import queries as estate

KINDS: Final = {"zones": "Zone", "lines": "Counting line", "masks": "Mask"}
MOST: Final = 40
HIDES: Final = ("all", "sealed", "motion")
_SHARE: Final = r"(0(?:\.\d*)?|\.\d+|1(?:\.0*)?)"
_CORNER: Final = re.compile(rf"\s*{_SHARE}\s*[ ;:/x]\s*{_SHARE}\s*")
_TEXTS: Final = {"zones": ("zone", "rule"), "lines": ("portal", "way", "in_words", "out_words"), "masks": ("for",)}
_FIGURES: Final = {"zones": ("loiter_seconds", "left_seconds", "most")}


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change registers")
def zones(request: HttpRequest, code: str) -> HttpResponse:
    camera, user = camera_of(request, code), user_of(request)
    drawn: dict[str, list[Any]] = {"zones": camera.zones, "lines": camera.lines, "masks": camera.masks}
    trouble = ""
    if request.method == "POST":
        try:
            drawn = read(request.POST, drawn)
            change_camera(camera, checked(drawn), user)
            return HttpResponseRedirect(f"{reverse('cameras')}?camera={code}")
        except (DrawingRefused, ValidationError) as error:
            trouble = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
    note_live(request, [code])
    context = {
        "place": "cameras",
        "tab": "wall",
        "camera": camera,
        "overlay": overlay_of(camera, queries.state_of(code)),
        "width": WIDTH,
        "drawn": [(kind, words, _listed(kind, drawn[kind])) for kind, words in KINDS.items()],
        "estate_zones": _named(estate.zones(user), drawn["zones"], "zone"),
        "portals": _named(estate.portals(user), drawn["lines"], "portal"),
        "trouble": trouble,
    }
    return render(request, "cameras/zones.html", context, status=422 if trouble else 200)


def _named(records: Iterable[Any], shapes: list[Any], key: str) -> list[tuple[str, str]]:
    """Codes and names to choose from. What a shape stands for already is among them, listed for this user or not: the
    form would take it away otherwise."""
    listed = {one.code: one.name for one in records}
    return list(({code: "" for shape in shapes if (code := shape.get(key))} | listed).items())


def _listed(kind: str, shapes: list[Any]) -> list[dict[str, Any]]:
    """Each with its corners as somebody would type them, and an empty one for a new shape."""
    made = [{"number": n, "shape": shape, "corners": typed(shape.get("points", ()))} for n, shape in enumerate(shapes)]
    return [*made, {"number": len(made), "shape": {}, "corners": "", "is_new": True}]


def typed(points: Any) -> str:
    return ", ".join(f"{round(x, 4):g} {round(y, 4):g}" for x, y in points)


def read(post: Mapping[str, str], before: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """The shapes of a form; one without a name and corners is gone. What the form does not ask for stays as it was.
    Raises ValidationError in words."""
    return {kind: [one for n in range(MOST) if (one := _shape(post, kind, n, before[kind]))] for kind in KINDS}


def _shape(post: Mapping[str, str], kind: str, n: int, before: list[Any]) -> dict[str, Any] | None:
    own = {name.partition(f"{kind}-{n}-")[2]: value for name, value in post.items() if name.startswith(f"{kind}-{n}-")}
    name, corners = own.get("name", "").strip(), own.get("points", "").strip()
    if own.get("gone") or not (name or corners):
        return None
    shape = dict(before[n]) if n < len(before) else {}
    shape |= {
        "name": name or f"{KINDS[kind]} {n + 1}",
        "points": corners_from(corners, name or f"{KINDS[kind]} {n + 1}"),
    }
    shape |= {key: own[key].strip()[:120] for key in _TEXTS[kind] if key in own}
    if kind == "masks" and shape.get("for", "all") not in HIDES:
        raise ValidationError(f"{shape['name']}: say whether it hides from everybody, from who may not export, or not.")
    for key in own.keys() & set(_FIGURES.get(kind, ())):
        figure = own[key].strip()
        if figure and not figure.isdecimal():
            raise ValidationError(f"{shape['name']}: write seconds and people as whole numbers.")
        shape[key] = int(figure[:6]) if figure else 0
    if kind == "zones":
        shape["nobody"] = bool(own.get("nobody"))
    return shape


def corners_from(text: str, name: str) -> list[list[float]]:
    """``0.1 0.2, 0.3 0.25, …``: shares of the picture's width and height. Raises ValidationError in words."""
    found = [_CORNER.fullmatch(part) for part in text.replace("\n", ",").split(",") if part.strip()]
    if not found or any(one is None for one in found):
        raise ValidationError(
            f"{name}: write its corners like 0.10 0.20, 0.35 0.20, 0.35 0.80 (to the right, then down; 0 to 1)."
        )
    return [[float(one[1]), float(one[2])] for one in found if one]


def checked(drawn: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """Raises DrawingRefused in words."""
    Drawing.from_data(drawn)
    return dict(drawn)


urlpatterns = [path("cameras/<str:code>/zones", zones, name="camera-zones")]
