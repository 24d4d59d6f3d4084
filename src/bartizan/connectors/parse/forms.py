r"""Tables of line shapes, for programs that log in sentences.

The names of a pattern's groups are the names in ``data``. Some say more: ``user`` is the actor, ``target_user`` the
user account acted upon, ``rhost`` an address or a host name, and ``src_port`` a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from bartizan.connectors.parse.parts import Parts, is_address, port

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Form(NamedTuple):
    pattern: re.Pattern[str]
    kind: str
    outcome: str = ""
    also: Mapping[str, Any] = _NOTHING
    """Further fields that this shape implies."""


def form(pattern: str, kind: str, outcome: str = "", **also: Any) -> Form:
    return Form(re.compile(pattern, re.DOTALL), kind, outcome, also)


def first_match(forms: Iterable[Form], message: str) -> Parts | None:
    """What the first fitting shape makes of ``message``; nothing when none fits."""
    for shape in forms:
        found = shape.pattern.match(message)
        if found:
            return fill(shape, found)
    return None


def fill(shape: Form, found: re.Match[str]) -> Parts:
    data: dict[str, Any] = {name: value for name, value in found.groupdict().items() if value}
    if shape.also:
        data.update(shape.also)
    name_origin(data)
    user, target = data.get("user"), data.get("target_user")
    address = data.get("src_ip")
    actor = f"user:{user}" if user else f"ip:{address}" if address else ""
    return Parts(shape.kind, data, actor, f"user:{target}" if target else "", shape.outcome)


def name_origin(data: dict[str, Any]) -> None:
    """Give the remote end its plain names: ``src_ip`` or ``src_host``, and a numeric ``src_port``."""
    remote = data.get("rhost")
    if remote:
        data["src_ip" if is_address(remote) else "src_host"] = remote
    if "src_port" in data:
        data["src_port"] = port(data["src_port"])
