"""Routes of the set-up, and its place under Settings."""

from bartizan.setup import pages

urlpatterns = pages.urlpatterns
