"""API tokens: one's own, and everybody's for those who manage accounts."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from bartizan.core import registers
from bartizan.core.access import may, needs, visible_to
from bartizan.core.models import ApiToken, User
from bartizan.core.preferences import Entry
from bartizan.core.preferences import page as settings_page
from bartizan.core.tokens import LIVES, READ, WRITE
from bartizan.core.tokens.actions import end_token, make_token

MANAGE = "manage accounts"


def _state(user: Any) -> str:
    count = visible_to(user, ApiToken.objects.filter(ended_at=None, expires_at__gt=timezone.now())).count()
    return f"{count} open" if count else "none"


settings_page(
    Entry(
        title="API tokens",
        words="With which programs read and change the registers, and for whom they act",
        icon="link",
        url="/account/tokens?whose=all",
        permission=MANAGE,
        order=25,
        state=_state,
    )
)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("")
@never_cache
def tokens(request: HttpRequest) -> HttpResponse:
    """What there is; a new one's secret is shown in the answer to making it, and never again."""
    if request.method != "POST":
        return _page(request)
    user = request.user
    assert isinstance(user, User)
    asked = request.POST
    try:
        token, secret = make_token(user, asked.get("name", ""), asked.getlist("scopes"), asked.get("days", ""))
    except ValidationError as error:
        told = {name: words[0] for name, words in error.message_dict.items()}
        return _page(request, status=422, wrong=told, asked=asked, chosen=asked.getlist("scopes"))
    return _page(request, made=token, secret=secret, address=request.build_absolute_uri("/api/registers"))


@require_POST
@needs("")
def end(request: HttpRequest, key: int) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    open_to = visible_to(user, ApiToken.objects.all())
    end_token(user, get_object_or_404(open_to, pk=key))
    return HttpResponseRedirect(reverse("tokens") + ("?whose=all" if request.POST.get("whose") == "all" else ""))


def _page(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    is_all = request.GET.get("whose") == "all" and may(request.user, MANAGE)
    found = visible_to(request.user, ApiToken.objects.select_related("user").order_by("ended_at", "-made_at"))
    context = {
        "place": "settings" if is_all else "account",
        "tokens": [*(found if is_all else found.filter(user=request.user.pk or 0))],
        "is_all": is_all,
        "may_see_all": may(request.user, MANAGE),
        "lives": LIVES.items(),
        "scopes": _offered(request.user),
        "now": timezone.now(),
        **more,
    }
    return render(request, "core/tokens.html", context, status=status)


def _offered(user: Any) -> list[tuple[str, str, str]]:
    """Every register that the user may read, with the scope to read and, if the user may, to change it."""
    open_to = [each for each in registers.registers() if each.is_open_to(user)]
    return [
        ("All registers", f"registers:{READ}", f"registers:{WRITE}"),
        *((r.title, f"{r.name}:{READ}", f"{r.name}:{WRITE}" if r.may_change(user) else "") for r in open_to),
    ]


urlpatterns = [
    path("account/tokens", tokens, name="tokens"),
    path("account/tokens/<int:key>/end", end, name="token-end"),
]
