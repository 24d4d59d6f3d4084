"""Routes of the watch: each page module declares its own, and its place in the menu."""

from __future__ import annotations

from django.urls import include, path

PAGES = ("now", "map", "timeline", "sources", "rules", "health", "entity", "audit")

urlpatterns = [path("", include(f"bartizan.watch.pages.{page}")) for page in PAGES]
