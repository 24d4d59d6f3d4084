"""What has no value comes first, as SQLite orders it: lists show open things before ended ones on either database.

A column of the table itself that always has a value is left alone, so that PostgreSQL can go along its index.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import compiler
from django.db.models.expressions import Col, OrderBy

SQLAggregateCompiler, SQLDeleteCompiler = compiler.SQLAggregateCompiler, compiler.SQLDeleteCompiler
SQLInsertCompiler, SQLUpdateCompiler = compiler.SQLInsertCompiler, compiler.SQLUpdateCompiler


class SQLCompiler(compiler.SQLCompiler):
    def compile(self, node: Any) -> Any:
        if isinstance(node, OrderBy) and not (node.nulls_first or node.nulls_last) and self._may_lack(node.expression):
            node = node.copy()
            node.nulls_first, node.nulls_last = (None, True) if node.descending else (True, None)
        return super().compile(node)

    def _may_lack(self, expression: Any) -> bool:
        is_own = isinstance(expression, Col) and expression.alias == self.query.base_table
        return not is_own or bool(expression.target.null)
