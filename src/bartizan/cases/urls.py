"""Routes of cases, and their place in the menu."""

from __future__ import annotations

from django.urls import path, re_path

from bartizan.cases import queries
from bartizan.cases.pages import deeds, listing, view
from bartizan.core.subjects import page_of
from bartizan.web import panels
from bartizan.web.palette import Found, deed
from bartizan.web.shell import Item, menu

menu(
    Item(
        "cases",
        "Cases",
        "case",
        order=40,
        go="c",
        count=lambda user: queries.open_cases(user).count(),
        on_phone=True,
        needs="see cases",
    )
)
panels.show(
    panels.Panel(
        "now",
        10,
        "cases/open_panel.html",
        lambda user: {"number": queries.open_cases(user).count(), "cases": queries.open_cases(user)[:6]},
        needs="see cases",
    )
)

deed(Found("case", "Open a case", "by hand", "/cases"), needs="work cases")
page_of("case", "/cases/{}")

_NUMBER = r"^cases/(?P<number>\d{4}-\d{3,8})"

urlpatterns = [
    path("cases", listing.cases, name="cases"),
    re_path(_NUMBER + r"$", view.case, name="case"),
    re_path(_NUMBER + rf"/(?P<tab>{'|'.join(view.TABS)})$", view.case, name="case-tab"),
    re_path(_NUMBER + r"/do/(?P<deed>[a-z]+)$", deeds.do, name="case-do"),
]
