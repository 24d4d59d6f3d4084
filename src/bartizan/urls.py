"""Every room's pages and routes, in one map."""

from __future__ import annotations

from django.urls import include, path

from bartizan.api import api

urlpatterns = [
    path("", include("bartizan.web.urls")),
    path("", include("bartizan.core.urls")),
    path("", include("bartizan.notices.urls")),
    path("", include("bartizan.estate.urls")),
    path("", include("bartizan.watch.urls")),
    path("", include("bartizan.panels.urls")),
    path("", include("bartizan.doors.urls")),
    path("", include("bartizan.cameras.urls")),
    path("", include("bartizan.cases.urls")),
    path("", include("bartizan.setup.urls")),
    path("", include("bartizan.core.pages.settings")),  # last: a room's own page comes before a form of that name
    path("api/", api.urls),
]
