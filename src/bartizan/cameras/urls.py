"""Routes of the cameras: each page module declares its own."""

from __future__ import annotations

from django.urls import include, path

PAGES: tuple[str, ...] = (
    *("wall", "live", "playback", "review", "clip_for", "search", "exports"),
    *("setup", "trying", "zones"),
)

urlpatterns = [path("", include(f"bartizan.cameras.pages.{page}")) for page in PAGES]
