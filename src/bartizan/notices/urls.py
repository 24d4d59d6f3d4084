"""Routes of notices: the list and its bell, one's own channels, what the office decides, and the push worker."""

from __future__ import annotations

from django.urls import include, path

from bartizan.core.preferences import Entry, page
from bartizan.notices import queries
from bartizan.web.palette import Found, deed
from bartizan.web.shell import frame

PAGES = ("listing", "own", "office")

frame(lambda user: {"unread": queries.unread(user)})
deed(Found("bell", "Your notices", "what you were told", "/notices"))
deed(Found("bell", "Channels and quiet hours", "how you are told", "/account/notices"))
page(
    Entry(
        "Notices",
        "What tells whom, who is on call, and webhooks",
        "bell",
        "/settings/notices",
        queries.CHANGE,
        order=32,
        state=lambda user: f"{n} not arriving" if (n := queries.unwell(user).count()) else "",
    )
)

urlpatterns = [path("", include(f"bartizan.notices.pages.{name}")) for name in PAGES]
