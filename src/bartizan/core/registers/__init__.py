"""Registers: a room declares what its records show, and gets everything else from it; see docs/registers.md.

One topic a file: what is declared, what a model's fields say, the list, the form, what is changed, what lies around.
"""

from bartizan.core.registers.around import events_from, events_of, leads_to_people, people_of
from bartizan.core.registers.declared import (
    Column,
    Deed,
    Filter,
    Register,
    Section,
    add,
    chip,
    declaration_lines,
    forget,
    key_of,
    load,
    named,
    of_model,
    open_parts,
    registers,
)
from bartizan.core.registers.fields import field_at, label, manager_of, meta_of, models_along, reach
from bartizan.core.registers.listing import PAGE, Listing, cells, choices, filtered, searched, shown_columns, sorted_by

__all__ = [
    "PAGE",
    "Column",
    "Deed",
    "Filter",
    "Listing",
    "Register",
    "Section",
    "add",
    "cells",
    "chip",
    "choices",
    "declaration_lines",
    "events_from",
    "events_of",
    "field_at",
    "filtered",
    "forget",
    "key_of",
    "label",
    "leads_to_people",
    "load",
    "manager_of",
    "meta_of",
    "models_along",
    "named",
    "of_model",
    "open_parts",
    "people_of",
    "reach",
    "registers",
    "searched",
    "shown_columns",
    "sorted_by",
]
