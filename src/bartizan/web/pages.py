"""The shell's own pages: More (a phone's menu), and what the palette and the navigation ask for."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from bartizan.core.access import needs
from bartizan.web import palette, shell


@require_safe
@needs("")
def more(request: HttpRequest) -> HttpResponse:
    return render(request, "web/more.html", {"place": "more"})


@require_safe
@needs("")
def find(request: HttpRequest) -> HttpResponse:
    return JsonResponse(palette.find(request.user, request.GET.get("q", "")[:80]))


@require_safe
@needs("")
def counts(request: HttpRequest) -> HttpResponse:
    """The numbers of the navigation, asked again after each live message that changes one."""
    return JsonResponse(shell.counts(request.user))


@require_safe
@needs("")
def go(_request: HttpRequest, name: str) -> HttpResponse:
    if name not in {item.name for item in shell.items()}:
        raise Http404(f"There is no page called {name}.")
    return HttpResponseRedirect(reverse(name))
