"""The worker's part, turn by turn, on a clock that the test holds."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.utils import timezone

from bartizan.core.actions import decide
from bartizan.notices.decisions import Mail, Sending
from bartizan.notices.models import Channel, Delivery, Notice
from bartizan.notices.tasks import Post

SOON = timedelta(seconds=3)


def set_mail(port: int, **more: object) -> None:
    wanted = {"host": "127.0.0.1", "port": port, "security": "none", "sender": "bartizan@keep.example"} | more
    decide(None, Mail.model_validate(wanted))


def allow_private() -> None:
    decide(None, Sending(allows_private_addresses=True, console_address="https://console.keep.example"))


def turn(post: Post, at: datetime) -> int:
    """One turn of the worker at ``at``, and everything that it sent come back."""
    n = post.turn(at)
    for _, future in list(post.away.values()):
        future.result(timeout=70)
    post._settle()
    return n


def leave(at: datetime | None = None) -> int:
    """What is due at ``at`` (soon, by default) leaves."""
    post = Post()
    try:
        return turn(post, at or timezone.now() + SOON)
    finally:
        post.close()


def states(channel: Channel) -> list[str]:
    return list(Delivery.objects.filter(channel=channel).order_by("pk").values_list("state", flat=True))


def until(condition: object, seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def words_of(user: object) -> list[str]:
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("words", flat=True))
