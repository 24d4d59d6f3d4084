"""What the estate adds to the frame: the organisation's name and the clock of its first site."""

from __future__ import annotations

from typing import Any

from bartizan.estate import queries
from bartizan.estate.pages import me
from bartizan.web.shell import frame


def facts(user: Any) -> dict[str, Any]:
    organisation, site = queries.organisation(user), queries.sites(user).order_by("pk").first()
    return {"organisation": organisation.name if organisation else "", "zone": site.timezone if site else "UTC"}


frame(facts)
urlpatterns = [*me.urlpatterns]
