"""Every room's pages and routes, in one map."""

from __future__ import annotations

from django.urls import include, path

from bartizan.api import api

urlpatterns = [
    path("", include("bartizan.web.urls")),
    path("", include("bartizan.core.urls")),
    path("", include("bartizan.estate.urls")),
    path("", include("bartizan.watch.urls")),
    path("", include("bartizan.cases.urls")),
    path("api/", api.urls),
]
