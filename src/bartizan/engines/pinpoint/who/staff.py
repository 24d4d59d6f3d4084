"""Who on a staff list is of the house, and who only comes to work in it."""

from __future__ import annotations

from typing import Final

_NOT_STAFF: Final = ("contract", "extern", "visitor", "agency", "temp", "third", "leas", "supplier", "vendor")
"""What departments of people are called who are not of the house."""


def is_contractor(department: str, *, has_end: bool) -> bool:
    """As far as a staff list tells: a department of contractors, or a last day that is already known."""
    return has_end or any(word in department.lower() for word in _NOT_STAFF)
