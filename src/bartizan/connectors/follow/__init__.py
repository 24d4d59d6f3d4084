"""Follow a file: its lines as they are written, through rotations and restarts."""

from bartizan.connectors.follow.connector import Follow
from bartizan.connectors.follow.settings import Settings

__all__ = ["Follow", "Settings"]
