"""Import of foreign files: badge logs, staff and zone lists, Windows event logs.

A mapping file (:mod:`.mapping`) says how a file's columns are to be understood; docs/importing.md explains it to
somebody who has never seen the code.
"""

from bartizan.connectors.imports.files import FileError
from bartizan.connectors.imports.load import MappingError, load_mapping, parse_mapping
from bartizan.connectors.imports.mapping import Mapping
from bartizan.connectors.imports.results import Batch, EstateRow, Preview, Problem, Report, RowResult
from bartizan.connectors.imports.run import built_in, check_file, read_file, rows
from bartizan.connectors.imports.suggest import suggest_mapping
from bartizan.connectors.imports.targets import TARGETS

__all__ = [
    "TARGETS",
    "Batch",
    "EstateRow",
    "FileError",
    "Mapping",
    "MappingError",
    "Preview",
    "Problem",
    "Report",
    "RowResult",
    "built_in",
    "check_file",
    "load_mapping",
    "parse_mapping",
    "read_file",
    "rows",
    "suggest_mapping",
]
