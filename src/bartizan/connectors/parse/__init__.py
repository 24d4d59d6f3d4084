"""Parsers: text in, parts of an observation out. Pure functions, one module a topic."""

from bartizan.connectors.parse.line import Lines, decoded
from bartizan.connectors.parse.parts import Parts
from bartizan.connectors.parse.program import understand
from bartizan.connectors.parse.record import read_record
from bartizan.connectors.parse.stamp import Stamps, zone_of

__all__ = ["Lines", "Parts", "Stamps", "decoded", "read_record", "understand", "zone_of"]
