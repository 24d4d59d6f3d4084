"""Routes of accounts, the live stream and the registers."""

from django.urls import include, path

from bartizan.core import account_urls, live, queries, registers, search
from bartizan.core.accounts.factors import lacks_factor
from bartizan.core.pages import (
    accounts,
    audit,
    register_bulk,
    register_cell,
    register_edit,
    register_export,
    register_import,
    register_views,
    roles,
    tokens,
)
from bartizan.core.pages import registers as pages
from bartizan.core.pages import search as search_page
from bartizan.core.subjects import page_of
from bartizan.web.palette import finder
from bartizan.web.shell import Item, frame, menu

registers.load()
finder(search.find)
frame(lambda _user: {"live_last": queries.last_live_id()})
frame(lambda user: {"lacks_factor": lacks_factor(user)})
menu(Item("registers", "Registers", "list", order=50, go="r", needs=("see places", "see people", "see property")))
page_of("setting", "/settings/{}")
page_of("file", "/files/{}")
page_of("register", "/registers/{}")
page_of("audit", "/audit")

urlpatterns = [
    *account_urls.urlpatterns,
    *audit.urlpatterns,
    *roles.urlpatterns,
    path("", include("bartizan.core.pages.files")),
    path("", include("bartizan.core.pages.backups")),
    path("healthz", accounts.healthz, name="healthz"),
    path("live", live.stream, name="live"),
    path("search", search_page.search, name="search"),
    *tokens.urlpatterns,
    *register_export.urlpatterns,
    *register_import.urlpatterns,
    *pages.urlpatterns,
    *register_edit.urlpatterns,
    *register_cell.urlpatterns,
    *register_bulk.urlpatterns,
    *register_views.urlpatterns,
]
