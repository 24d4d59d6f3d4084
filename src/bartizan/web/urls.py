"""The shell's routes."""

from django.urls import path

from bartizan.web import pages

urlpatterns = [
    path("more", pages.more, name="more"),
    path("find", pages.find, name="find"),
    path("counts", pages.counts, name="counts"),
    path("go/<slug:name>", pages.go, name="go"),
]
