"""What somebody drew on a camera's picture: zones, lines to count at, and masks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

# The same as in `planes`, which needs OpenCV: a console without cameras reads drawings too.
Polygon = Sequence[tuple[float, float]]
WAYS: Final = ("both", "in", "out")
_LABELS: Final = ("person", "vehicle")
_LEAST_CORNERS: Final = 3


class DrawingRefused(ValueError):
    """What was drawn cannot be used; the words say what to correct."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of the picture with what is to be told of it. A figure of 0 is not looked at."""

    name: str
    points: Polygon
    """Its corners, 0 to 1, x to the right and y downwards."""
    zone: str = ""
    """Code of the zone in the estate where somebody stands who stands there."""
    rule: str = ""
    """In words, for whoever looks at the picture."""
    nobody: bool = False
    """Nobody may be there."""
    loiter_seconds: float = 0.0
    left_seconds: float = 0.0
    """A thing that lies so long was left behind."""
    direction: tuple[float, float] | None = None
    """The way everybody has to go, to the right and downwards; None: any."""
    labels: tuple[str, ...] = _LABELS
    most: int = 0
    """More people than this are a crowd."""

    @property
    def place(self) -> str:
        return f"zone:{self.zone}" if self.zone else ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line to count at. *In* is over it to the right of somebody at its first point who looks to its second."""

    name: str
    points: Polygon
    """Its two ends, 0 to 1."""
    portal: str = ""
    """Code of the door in the estate that it stands for."""
    way: str = "both"
    """The ways that are allowed."""
    in_words: str = "in"
    out_words: str = "out"
    labels: tuple[str, ...] = _LABELS

    @property
    def place(self) -> str:
        return f"portal:{self.portal}" if self.portal else ""


@dataclass(frozen=True, slots=True)
class Mask:
    """A part that is not looked at (``motion``), not shown to most (``sealed``), or shown to nobody (``all``)."""

    name: str
    points: Polygon
    hides: str = "all"


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that is drawn on one camera's picture."""

    zones: tuple[Zone, ...] = ()
    lines: tuple[Line, ...] = ()
    masks: tuple[Mask, ...] = field(default=())

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Drawing:
        """From ``{"zones": […], "lines": […], "masks": […]}`` as the page keeps it; other keys are left alone.

        Raises :class:`DrawingRefused` with a sentence for whoever drew it.
        """
        return cls(
            tuple(_zone(one) for one in _listed(data, "zones")),
            tuple(_line(one) for one in _listed(data, "lines")),
            tuple(_mask(one) for one in _listed(data, "masks")),
        )

    def to_data(self) -> dict[str, list[dict[str, Any]]]:
        """The same as plain lists and words, as :meth:`from_data` takes it."""
        masks = [{"name": one.name, "points": _plain(one.points), "for": one.hides} for one in self.masks]
        zones, lines = [_kept(one) for one in self.zones], [_kept(one) for one in self.lines]
        return {"zones": zones, "lines": lines, "masks": masks}


def _listed(data: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    listed = data.get(key) or []
    if not isinstance(listed, list | tuple) or not all(isinstance(one, Mapping) for one in listed):
        raise DrawingRefused(f"The {key} of a drawing are a list of things, each with a name and points.")
    return listed


def _zone(one: Mapping[str, Any]) -> Zone:
    name = _name(one, "zone")
    return Zone(
        name,
        _points(one, name, least=_LEAST_CORNERS),
        zone=str(one.get("zone") or ""),
        rule=str(one.get("rule") or ""),
        nobody=bool(one.get("nobody", False)),
        loiter_seconds=_figure(one, name, "loiter_seconds"),
        left_seconds=_figure(one, name, "left_seconds"),
        direction=_direction(one, name),
        labels=_labels(one),
        most=int(_figure(one, name, "most")),
    )


def _line(one: Mapping[str, Any]) -> Line:
    name, way = _name(one, "line"), str(one.get("way") or "both")
    ends = _points(one, name, least=2)
    if len(ends) != 2 or ends[0] == ends[1]:
        raise DrawingRefused(f"The line {name} needs two ends that are apart.")
    if way not in WAYS:
        raise DrawingRefused(f"The line {name} goes {' or '.join(WAYS)}, not {way}.")
    words = {key: str(one.get(key) or key.partition("_")[0]) for key in ("in_words", "out_words")}
    return Line(name, ends, str(one.get("portal") or ""), way, **words, labels=_labels(one))


def _mask(one: Mapping[str, Any]) -> Mask:
    name = _name(one, "mask")
    return Mask(name, _points(one, name, least=_LEAST_CORNERS), str(one.get("for") or "all"))


def _name(one: Mapping[str, Any], what: str) -> str:
    name = str(one.get("name") or "").strip()
    if not name:
        raise DrawingRefused(f"Give every {what} a name.")
    return name


def _points(one: Mapping[str, Any], name: str, least: int) -> Polygon:
    try:
        points = tuple((float(x), float(y)) for x, y in one["points"])
    except (KeyError, TypeError, ValueError) as wrong:
        raise DrawingRefused(f"The points of {name} are pairs of figures from 0 to 1.") from wrong
    if not all(0 <= x <= 1 and 0 <= y <= 1 for x, y in points):
        raise DrawingRefused(f"A point of {name} lies outside of the picture.")
    if len(points) < least:
        raise DrawingRefused(f"{name} needs at least {least} points.")
    return points


def _figure(one: Mapping[str, Any], name: str, key: str) -> float:
    try:
        figure = float(one.get(key) or 0)
    except (TypeError, ValueError) as wrong:
        raise DrawingRefused(f"{key} of {name} is a figure, 0 for off.") from wrong
    if not 0 <= figure < 1e7:
        raise DrawingRefused(f"{key} of {name} is 0 for off, or more.")
    return figure


def _direction(one: Mapping[str, Any], name: str) -> tuple[float, float] | None:
    given = one.get("direction")
    if not given:
        return None
    try:
        across, down = (float(part) for part in given)
    except (TypeError, ValueError) as wrong:
        raise DrawingRefused(f"The direction of {name} is two figures: to the right, and downwards.") from wrong
    length = (across**2 + down**2) ** 0.5
    if not 0 < length < 1e9:
        raise DrawingRefused(f"The direction of {name} points nowhere.")
    return across / length, down / length


def _labels(one: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(label) for label in one.get("labels") or _LABELS)


def _plain(points: Polygon) -> list[list[float]]:
    return [list(point) for point in points]


def _kept(one: Zone | Line) -> dict[str, Any]:
    plain = asdict(one) | {"points": _plain(one.points), "labels": list(one.labels)}
    if isinstance(one, Zone):
        plain["direction"] = list(one.direction) if one.direction else None
    return plain
