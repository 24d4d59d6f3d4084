"""Masks that somebody drew: parts of the picture that hide something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def for_all(masks: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those behind which nobody may look, whatever the role."""
    return [mask for mask in masks if mask.get("for", "all") == "all"]


def for_some(masks: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those and the sealed ones, behind which some may look."""
    return [mask for mask in masks if mask.get("for", "all") in {"all", "sealed"}]


def polygons(masks: Sequence[Mapping[str, Any]]) -> list[list[tuple[float, float]]]:
    """Their corners, 0 to 1."""
    return [[(float(x), float(y)) for x, y in mask["points"]] for mask in masks]
