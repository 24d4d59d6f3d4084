"""A message to somebody who has no account here, or on the way that was chosen for it: one try, and what became of it.

By mail, to a webhook or as a text message. No records are read or written: it may run in threads.
"""

from __future__ import annotations

import json
import logging
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any, Final, Literal
from urllib.parse import quote_plus

from bartizan.core.preferences import get
from bartizan.notices import mail
from bartizan.notices.decisions import Mail, Outside, Sending
from bartizan.notices.message import Result
from bartizan.notices.outgoing import Answer, Refused, Unreached, post
from bartizan.notices.webhook import signature

Way = Literal["mail", "sms", "webhook"]
WAYS: Final[tuple[Way, ...]] = ("mail", "sms", "webhook")
GONE: Final = 410
_HOLE: Final = re.compile(r"\{(to|text)\}")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    name: str
    """The same at every try, so that a receiver can tell."""
    way: Way
    address: str
    subject: str
    words: str


@dataclass(frozen=True, slots=True)
class Post:
    """What the office decided, read before a letter is handed to a thread."""

    mail: Mail
    sending: Sending
    outside: Outside


def office() -> Post:
    return Post(get(Mail), get(Sending), get(Outside))


def send(letter: Letter, office: Post) -> Result:
    """One try. It never raises: what nobody foresaw is logged and said."""
    try:
        return _CARRIERS[letter.way](letter, office)
    except Exception as error:
        log.exception("A %s message could not be sent", letter.way)
        return Result("later", f"It could not be sent: {error}. The log says more.")


def _mail(letter: Letter, office: Post) -> Result:
    return mail.deliver(letter.address, lambda: _written(letter, office.mail), office.mail)


def _written(letter: Letter, chosen: Mail) -> bytes:
    made = EmailMessage(policy=mail.PLAIN)
    made["Subject"] = " ".join(letter.subject.split())
    made["From"], made["To"] = chosen.sender, letter.address
    made["Date"] = format_datetime(datetime.now(UTC))
    made["Message-ID"] = f"<{letter.name}@{chosen.sender.rpartition('@')[2]}>"
    made.set_content(letter.words)
    return made.as_bytes()


def _webhook(letter: Letter, office: Post) -> Result:
    told = {"version": 1, "delivery": letter.name, "subject": letter.subject, "words": letter.words}
    body = json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()
    stamp = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Bartizan",
        "Bartizan-Delivery": letter.name,
        "Bartizan-Timestamp": str(stamp),
    }
    if secret := office.outside.webhook_secret.get_secret_value():
        headers["Bartizan-Signature"] = f"v1={signature(secret, stamp, body)}"
    return _posted("The webhook", letter.address, body, headers, office)


def _sms(letter: Letter, office: Post) -> Result:
    gateway = office.outside
    if not gateway.sms_address:
        words = "No gateway for text messages is set. Whoever may change settings enters one under Settings."
        return Result("later", words)
    headers = {"Content-Type": gateway.sms_type, "User-Agent": "Bartizan", "Bartizan-Delivery": letter.name}
    if secret := gateway.sms_secret.get_secret_value():
        headers[gateway.sms_header] = secret
    body = _filled(gateway, {"to": letter.address, "text": letter.words})
    return _posted("The gateway for text messages", gateway.sms_address, body.encode(), headers, office)


def _filled(gateway: Outside, told: dict[str, str]) -> str:
    """The body with number and words in it, each written so that it cannot become anything else."""
    if gateway.sms_type == "application/json":
        return json.dumps(_in_place(json.loads(gateway.sms_body), told), ensure_ascii=False)
    return _HOLE.sub(lambda hole: quote_plus(told[hole[1]]), gateway.sms_body)


def _in_place(part: Any, told: dict[str, str]) -> Any:
    if isinstance(part, str):
        return _HOLE.sub(lambda hole: told[hole[1]], part)
    if isinstance(part, dict):
        return {key: _in_place(value, told) for key, value in part.items()}
    return [_in_place(one, told) for one in part] if isinstance(part, list) else part


def _posted(who: str, url: str, body: bytes, headers: dict[str, str], office: Post) -> Result:
    try:
        answer = post(url, body, headers, allows_private=office.sending.allows_private_addresses)
    except (Refused, Unreached) as error:
        return Result("later", str(error))
    return _became(who, answer)


def _became(who: str, answer: Answer) -> Result:
    said = f": {answer.body}" if answer.body else ""
    if 200 <= answer.status < 300:
        return Result("sent", f"{who} answered {answer.words}{said}")
    if answer.status == GONE:
        return Result("never", f"{who} answered 410 Gone: it does not exist any more.", is_gone=True)
    return Result("later", f"{who} answered {answer.words}{said}", answer.after)


_CARRIERS: Final = {"mail": _mail, "sms": _sms, "webhook": _webhook}
