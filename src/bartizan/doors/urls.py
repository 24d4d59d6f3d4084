"""Routes of the doors: each page module declares its own."""

from __future__ import annotations

from django.urls import include, path

from bartizan.core.subjects import page_of
from bartizan.web.palette import Found, deed

PAGES: tuple[str, ...] = ("doors", "deeds", "visitors", "papers", "setup")

page_of("order", "/doors")
page_of("visitor", "/doors/visitors")
deed(Found("lockdown", "Lock down", "a zone, a floor, a site", "/doors#lock"), needs="work doors")
deed(Found("badge", "Visitor badge", "give one", "/doors/visitors/new"), needs="work doors")
deed(Found("print", "Who is inside", "to print", "/doors/inside"), needs="see people")

urlpatterns = [path("", include(f"bartizan.doors.pages.{page}")) for page in PAGES]
