"""Routes of the watch: each page module declares its own, and its place in the menu."""

from __future__ import annotations

from django.urls import include, path

from bartizan.core.subjects import page_of
from bartizan.watch.pages.entity import REGISTERS

PAGES = ("now", "map", "map_edit", "map_picture", "timeline", "sources", "rules", "health", "entity")

urlpatterns = [path("", include(f"bartizan.watch.pages.{page}")) for page in PAGES]

for _kind, _address in {"source": "/sources/{}", "rule": "/rules?rule={}", "alarm": "/?alarm={}"}.items():
    page_of(_kind, _address)
for _kind in REGISTERS:
    page_of(_kind, f"/entity/{_kind}/{{}}")
