"""Routes of accounts, the live stream and the registers."""

from django.urls import path

from bartizan.core import live, queries, registers
from bartizan.core.pages import accounts
from bartizan.core.pages import registers as pages
from bartizan.web.palette import finder
from bartizan.web.shell import Item, frame, menu

registers.load()
finder(registers.find)
frame(lambda _user: {"live_last": queries.last_live_id()})
menu(Item("registers", "Registers", "list", order=50, go="r"))

urlpatterns = [
    path("sign-in", accounts.sign_in, name="sign-in"),
    path("sign-out", accounts.sign_out, name="sign-out"),
    path("welcome/<str:token>", accounts.welcome, name="welcome"),
    path("password", accounts.password, name="password"),
    path("theme", accounts.theme, name="theme"),
    path("healthz", accounts.healthz, name="healthz"),
    path("live", live.stream, name="live"),
    path("registers", pages.index, name="registers"),
    path("registers/<slug:name>", pages.listing, name="register"),
    path("registers/<slug:name>.csv", pages.export, name="register-export"),
    path("registers/<slug:name>/new", pages.edit, name="register-new"),
    path("registers/<slug:name>/<int:key>", pages.detail, name="register-record"),
    path("registers/<slug:name>/<int:key>/edit", pages.edit, name="register-edit"),
]
