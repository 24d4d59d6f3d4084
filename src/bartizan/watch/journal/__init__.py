"""The journal: what was received is on the disk before its sender hears "received".

Each writer (a process that takes observations in) owns one folder of numbered segments that only ever grow. Two
promises carry the rest:

* ``Writer.write`` returns only after the records are on the disk; one flush serves all callers that arrived meanwhile.
* No byte position is ever used twice. After a failed write the segment is cut back to its last acknowledged record and
  closed for good, so that a reader's cursor never points into the middle of something newer.
"""

from bartizan.watch.journal.bell import Bell
from bartizan.watch.journal.frames import (
    RECORD_BYTES,
    Cursor,
    Damage,
    JournalError,
    JournalFull,
    JournalTaken,
    RecordTooLarge,
)
from bartizan.watch.journal.places import forget_place, keep_place
from bartizan.watch.journal.reader import Reader
from bartizan.watch.journal.writer import Writer

__all__ = [
    "RECORD_BYTES",
    "Bell",
    "Cursor",
    "Damage",
    "JournalError",
    "JournalFull",
    "JournalTaken",
    "Reader",
    "RecordTooLarge",
    "Writer",
    "forget_place",
    "keep_place",
]
