"""Recording: packets into files as they came, and what is known of each file when it is closed."""

from bartizan.cameras.recording.files import Written, measured
from bartizan.cameras.recording.recorder import Plan, Recorder

__all__ = ["Plan", "Recorder", "Written", "measured"]
"""Not in here: recovery.py, which the parent alone needs."""
