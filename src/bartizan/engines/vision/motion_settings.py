"""What can be set about finding movement, with what has proved right for cameras of every kind."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Levels are steps of luma (0 to 255), shares are of the picture, the rest is in seconds."""

    rows: int = 90
    """About how many rows the small plane has."""
    least_level: float = 6.0
    """A pixel that is nearer to the scene than this has not changed, however quiet the camera is."""
    noise_factor: float = 3.0
    """And it must differ by this many times its own noise, besides."""
    sure_factor: float = 2.5
    """Somewhere in a region a pixel must have changed by this much more than what was just enough."""
    least_share: float = 0.0017
    """A region covers at least this much of the picture."""
    learning_time: float = 12.0
    """How fast the scene follows what changes slowly."""
    still_time: float = 60.0
    """Something that was put down and does not stir is part of the scene after this long."""
    sudden_share: float = 0.06
    """So much that changes between two frames is looked at as a change of light first."""
    flood_share: float = 0.2
    """So much of a plain scene that changes between two frames is light."""
    scene_share: float = 0.35
    """Nothing that comes into the picture covers so much of it between two frames: it is a new scene."""
    forget: float = 60.0
    """After a gap this long the scene is learned anew."""
