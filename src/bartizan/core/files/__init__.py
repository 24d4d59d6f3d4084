"""Files that belong to a record: kept in the vault, shown to whoever may see the record.

A file's subject is a reference such as ``case:2026-041``. A room whose records are in no register says who may see
which of them with ``subjects.shows``; the registers' records are known already.
"""

from bartizan.core.files.actions import add_file, forget_removed, remove_file
from bartizan.core.files.queries import file_of, files_of
from bartizan.core.files.subjects import Subject, keeps, shows, subject_of

__all__ = [
    "Subject",
    "add_file",
    "file_of",
    "files_of",
    "forget_removed",
    "keeps",
    "remove_file",
    "shows",
    "subject_of",
]
