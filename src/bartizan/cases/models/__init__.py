"""The records of the room."""

from bartizan.cases.models.case import Case, CaseEntity, Note, Task

__all__ = ["Case", "CaseEntity", "Note", "Task"]
