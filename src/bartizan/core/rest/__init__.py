"""Every register over HTTP, as JSON: see docs/api.md."""

from bartizan.core.rest.answers import Refused, refused
from bartizan.core.rest.routes import router
from bartizan.core.rest.schemas import typed

__all__ = ["Refused", "refused", "router", "typed"]
