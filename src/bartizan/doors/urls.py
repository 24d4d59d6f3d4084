"""Routes of the doors: each page module declares its own."""

from __future__ import annotations

from django.urls import include, path

PAGES: tuple[str, ...] = ()

urlpatterns = [path("", include(f"bartizan.doors.pages.{page}")) for page in PAGES]
