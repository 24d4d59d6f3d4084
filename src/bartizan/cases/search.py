"""What is found of the cases: they themselves, their notes, tasks and exhibits."""

from __future__ import annotations

from bartizan.cases.models import Case, Exhibit, Note, Task
from bartizan.cases.queries.masks import for_anybody
from bartizan.core.search import index

index(
    Case,
    name="cases",
    title="Cases",
    icon="case",
    code=("number",),
    called=("headline",),
    body=("zone", "site", "closed_because"),
    shown=lambda case: f"Case {case.number}",
    about=lambda case: f"{for_anybody(case, case.headline)}, {case.get_state_display().lower()}",
    url=lambda case: f"/cases/{case.number}",
    is_latest_first=True,
)

index(
    Note,
    name="notes",
    title="Notes of cases",
    icon="note",
    called=(),
    body=("words",),
    select=("case",),
    shown=lambda note: f"Note in case {note.case.number}",
    about=lambda note: for_anybody(note.case, note.words[:160]),
    url=lambda note: f"/cases/{note.case.number}",
    is_latest_first=True,
)

index(
    Task,
    name="tasks",
    title="Tasks of cases",
    icon="check",
    called=("words",),
    body=("who",),
    select=("case",),
    shown=lambda task: for_anybody(task.case, task.words),
    about=lambda task: ", ".join(filter(None, (f"task in case {task.case.number}", task.who))),
    url=lambda task: f"/cases/{task.case.number}",
    is_latest_first=True,
)

index(
    Exhibit,
    name="exhibits",
    title="Exhibits",
    icon="seal",
    code=("number", "custody__case__number"),
    called=("name",),
    body=("what", "found_where", "place", "seal", "digest"),
    select=("custody__case",),
    shown=lambda exhibit: f"{exhibit.number}, {exhibit.name}",
    about=lambda exhibit: f"exhibit of case {exhibit.case.number}, {exhibit.place}",
    url=lambda exhibit: f"/cases/{exhibit.case.number}/evidence/{exhibit.number}",
    is_latest_first=True,
)
