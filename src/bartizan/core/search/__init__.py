"""Search over everything that the reader may see; see docs/search.md.

Rooms declare in their ``search.py`` what is found beside the registers' records: ``index`` for records, ``listed`` for
other things. ``refresh`` follows every write that sends no signals.
"""

from bartizan.core.search.found import COUNTED, Group, Hit, find, groups, search
from bartizan.core.search.fresh import follow, follow_change, start
from bartizan.core.search.kept import Unavailable, counts, is_as_declared, is_kept, rebuild, refresh
from bartizan.core.search.kinds import Kind, Listing, Thing, index, kinds, listed, listings

__all__ = [
    "COUNTED",
    "Group",
    "Hit",
    "Kind",
    "Listing",
    "Thing",
    "Unavailable",
    "counts",
    "find",
    "follow",
    "follow_change",
    "groups",
    "index",
    "is_as_declared",
    "is_kept",
    "kinds",
    "listed",
    "listings",
    "rebuild",
    "refresh",
    "search",
    "start",
]
