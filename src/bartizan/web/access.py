"""Everything asks for a signed-in person, but the routes under /api/, which ask for a token themselves.

And the audit is told from which address a request came.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

from asgiref.sync import iscoroutinefunction
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.decorators import sync_and_async_middleware
from django.utils.deprecation import MiddlewareMixin

from bartizan.core.access import origin
from bartizan.core.chain import AuditBrokenError

log = logging.getLogger(__name__)
REFUSED: Final = (
    "A value that was given holds a sign that no record can hold, or a number that is too large. "
    "It was not done; go back and correct it."
)


class SignInRequired(LoginRequiredMiddleware):
    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        if request.path.startswith("/api/"):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)


class AuditWhole(MiddlewareMixin):
    """What cannot be recorded is not done, and the page says why."""

    async_capable = True

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, AuditBrokenError):
            return None
        log.error("%s", exception)
        return render(request, "503.html", {"trouble": str(exception)}, status=503)


class WhatRecordsTake(MiddlewareMixin):
    """What PostgreSQL keeps in no text (NUL, which nobody types) is refused in words; in SQLite it finds nothing."""

    async_capable = True

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DataError):
            return None
        log.warning("%s was refused: %s", request.path, exception)
        if request.path.startswith("/api/"):
            return JsonResponse({"detail": REFUSED}, status=422)
        return render(request, "422.html", {"trouble": REFUSED}, status=422)


@sync_and_async_middleware
def Origin(  # noqa: N802  a middleware is named like a class in settings
    get_response: Callable[[HttpRequest], HttpResponse] | Callable[[HttpRequest], Awaitable[HttpResponse]],
) -> Callable[[HttpRequest], HttpResponse | Awaitable[HttpResponse]]:
    """While a request is answered, its address is where deeds come from. Behind a proxy on this machine the server has
    put the address there that the proxy names."""
    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> HttpResponse:
            token = origin.set(request.META.get("REMOTE_ADDR", ""))
            try:
                response: HttpResponse = await get_response(request)
                return response
            finally:
                origin.reset(token)

        return answer_async

    def answer(request: HttpRequest) -> HttpResponse:
        token = origin.set(request.META.get("REMOTE_ADDR", ""))
        try:
            return get_response(request)  # type: ignore[return-value]
        finally:
            origin.reset(token)

    return answer
