"""Webhooks: the notices as JSON, signed so that the receiver knows who sent them and when."""

from __future__ import annotations

import hmac
import json
import time
from typing import Any

from bartizan.notices.message import LEVEL_WORDS, Message, Outlet, Result
from bartizan.notices.outgoing import Refused, Unreached, post

VERSION = 1
GONE = 410


def send(message: Message, outlet: Outlet, now: float | None = None) -> Result:
    """POST it once. What is answered with 2xx has arrived."""
    body = json.dumps(payload(message, outlet.console), separators=(",", ":"), ensure_ascii=False).encode()
    stamp = int(time.time() if now is None else now)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Bartizan",
        "Bartizan-Delivery": message.batch,
        "Bartizan-Timestamp": str(stamp),
        "Bartizan-Signature": f"v1={signature(message.keys.get('secret', ''), stamp, body)}",
    }
    try:
        answer = post(message.address, body, headers, allows_private=outlet.sending.allows_private_addresses)
    except (Refused, Unreached) as error:
        return Result("later", str(error))
    if 200 <= answer.status < 300:
        return Result("sent", f"Sent to the webhook, which answered {answer.words}.")
    if answer.status == GONE:
        return Result("never", "The webhook answered 410 Gone: it does not exist any more.", is_gone=True)
    if 300 <= answer.status < 400:
        words = f"The webhook answered {answer.words} and points elsewhere, which is not followed. Enter that address."
        return Result("later", words)
    said = f": {answer.body}" if answer.body else ""
    return Result("later", f"The webhook answered {answer.words}{said}", answer.after)


def signature(secret: str, stamp: int, body: bytes) -> str:
    """HMAC-SHA256 in hexadecimal (RFC 2104) over the time stamp, a full stop and the body."""
    return hmac.new(secret.encode(), f"{stamp}.".encode() + body, "sha256").hexdigest()


def payload(message: Message, console: str) -> dict[str, Any]:
    """As docs/notices.md describes it. The same at every try, so that its digest is too."""
    return {
        "version": VERSION,
        "delivery": message.batch,
        "headline": message.headline(is_brief=False),
        "level": message.level,
        "notices": [
            {
                "id": item.pk,
                "at": item.at.isoformat(timespec="milliseconds"),
                "level": item.level,
                "level_word": LEVEL_WORDS[item.level],
                "words": item.words,
                "url": console + item.url,
                "about": item.about,
                "trigger": item.trigger,
            }
            for item in message.items
        ],
    }
