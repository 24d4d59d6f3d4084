"""Routes of the panels: each page module declares its own."""

from __future__ import annotations

from django.urls import include, path

PAGES: tuple[str, ...] = ("board", "deeds", "nuisances", "history", "setup")

urlpatterns = [path("", include(f"bartizan.panels.pages.{page}")) for page in PAGES]
