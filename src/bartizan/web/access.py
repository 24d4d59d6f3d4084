"""Everything asks for a signed-in person, but the routes under /api/, which ask for a token themselves.

And the audit is told from which address a request came.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from bartizan.core.access import origin


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
