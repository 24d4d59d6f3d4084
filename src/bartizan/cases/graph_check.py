"""``case_validate`` as a program of its own: python -m bartizan.cases.graph_check FILE; its exit code is the answer.

It asks the same few queries of every node, and reading a query anew takes most of its time. A query that was read is
used again here (rdflib's own prepared queries are made for that): what is asked, and the answer, are the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from case_utils.case_validate import main
from rdflib.plugins.sparql import processor
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery

_ask = processor.SPARQLProcessor.query
_read: dict[Any, Any] = {}


def _asked(
    self: Any,
    asked: Any,
    initBindings: Any = None,  # noqa: N803  rdflib's names
    initNs: Mapping[str, Any] | None = None,  # noqa: N803
    base: Any = None,
    DEBUG: bool = False,  # noqa: N803
) -> Any:
    if isinstance(asked, str):
        key = asked, base, frozenset((name, str(space)) for name, space in (initNs or {}).items())
        if key not in _read:
            _read[key] = translateQuery(parseQuery(asked), base, initNs)
        asked = _read[key]
    return _ask(self, asked, initBindings, initNs, base, DEBUG)


if __name__ == "__main__":
    processor.SPARQLProcessor.query = _asked  # type: ignore[assignment, method-assign]
    main()
