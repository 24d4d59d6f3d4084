"""Mail: one message to one address, handed to the office's own server (RFC 5321, STARTTLS RFC 3207)."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from django.template.loader import render_to_string

from bartizan.notices.decisions import Mail
from bartizan.notices.message import LEVEL_WORDS, Message, Outlet, Result
from bartizan.notices.outgoing import cut_after, reason

TIMEOUT = 20.0
LONGEST = 60.0
"""Of the whole conversation: a server that answers drop by drop is left."""
LISTED = 25
PLAIN = SMTP.clone(cte_type="7bit")
"""Every server takes it, also one without 8BITMIME."""


class _Never(Exception):
    """The server will not take this mail whatever the settings; the words say which part of it."""


class _Later(Exception):
    """Not now, or not with these settings."""


def send(message: Message, outlet: Outlet) -> Result:
    return deliver(message.address, lambda: written(message, outlet), outlet.mail)


def deliver(address: str, content: Callable[[], bytes], mail: Mail) -> Result:
    """One mail to one address, once. ``content`` is asked for when there is a server to take it."""
    if not mail.host:
        return Result("later", "No mail server is set. Whoever may change settings enters one under Settings, Mail.")
    where = f"{mail.host}:{mail.port}"
    try:
        with _in_words(where):
            said = _hand_over(address, content(), mail)
    except _Never as error:
        return Result("never", str(error))
    except _Later as error:
        return Result("later", str(error))
    return Result("sent", f"Sent to the mail server at {where}, which accepted it: {said}")


def written(message: Message, outlet: Outlet) -> bytes:
    """The mail as it travels: plain text, and the same as simple HTML."""
    is_brief, sender = outlet.mail.is_brief, outlet.mail.sender
    mark = f"[{LEVEL_WORDS[message.level]}] " if message.level else ""
    mail = EmailMessage(policy=PLAIN)
    mail["Subject"] = mark + message.headline(is_brief=is_brief)
    mail["From"], mail["To"] = sender, message.address
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = f"<{message.batch}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    shown = [
        {
            "level": LEVEL_WORDS[item.level] if item.level else "",
            "words": item.masked if is_brief else item.words,
            "url": outlet.console + item.url,
            "at": f"{item.at.astimezone(UTC):%d %b %Y %H:%M} UTC",
        }
        for item in message.items[:LISTED]
    ]
    facts = {"items": shown, "more": max(0, len(message.items) - LISTED), "console": outlet.console}
    mail.set_content(render_to_string("notices/mail.txt", facts))
    mail.add_alternative(render_to_string("notices/mail.html", facts), subtype="html")
    return mail.as_bytes()


def _hand_over(address: str, content: bytes, mail: Mail) -> str:
    """What the server said when it took the mail."""
    with _client(mail) as client, cut_after(client.sock, LONGEST):  # type: ignore[arg-type]  # it is connected by now
        client.ehlo()
        if mail.security == "starttls":
            client.starttls(context=_context(mail))
            client.ehlo()
        if mail.user:
            client.login(mail.user, mail.password.get_secret_value())
        code, said = client.mail(mail.sender)
        if code >= 400:
            raise _Later(
                f"The mail server refused the sender {mail.sender}: {_said(code, said)}. Check Settings, Mail."
            )
        code, said = client.rcpt(address)
        if code >= 400:
            raise (_Never if code >= 500 else _Later)(
                f"The mail server refused the recipient {address}: {_said(code, said)}"
            )
        code, said = client.data(content)
        if code >= 400:
            raise (_Never if code >= 500 else _Later)(f"The mail server refused the message: {_said(code, said)}")
        with suppress(smtplib.SMTPException, OSError):  # it has the mail; how it says goodbye does not matter
            client.quit()
        return _said(code, said)


def _client(mail: Mail) -> smtplib.SMTP:
    # Its own name is given, because to ask the network for it may take many seconds.
    own = mail.sender.rpartition("@")[2]
    if mail.security == "tls":
        return smtplib.SMTP_SSL(mail.host, mail.port, own, timeout=TIMEOUT, context=_context(mail))
    return smtplib.SMTP(mail.host, mail.port, own, timeout=TIMEOUT)


def _context(mail: Mail) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if mail.ca_file:
        try:
            context.load_verify_locations(mail.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise _Later(
                f"The CA file {mail.ca_file} cannot be read ({reason(error)}). Check Settings, Mail."
            ) from error
    return context


def _said(code: int, said: bytes | str) -> str:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(words.split())[:200]}"


@contextmanager
def _in_words(where: str) -> Iterator[None]:
    """Whatever goes wrong, in words to whoever set the server."""
    try:
        yield
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise _Later(_trouble(error, where)) from error


def _trouble(error: Exception, where: str) -> str:
    server = f"The mail server at {where}"
    if isinstance(error, smtplib.SMTPException):
        return _refusal(error, server)
    if isinstance(error, ssl.SSLError):
        return _mistrust(error, where)
    if isinstance(error, TimeoutError):
        return f"{server} did not answer within {TIMEOUT:g} seconds."
    if isinstance(error, ConnectionRefusedError):
        return f"Nothing answers at {where} (connection refused). Check host and port."
    if isinstance(error, socket.gaierror):
        return f"The mail server's name in {where} is not known ({reason(error)}). Check the host."
    return f"{server} could not be used: {reason(error)}."


def _mistrust(error: ssl.SSLError, where: str) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate of {where} is not trusted: {error.verify_message}. Check Settings, Mail."
    return f"{where} does not speak TLS as set ({reason(error)}). Check port and security."


def _refusal(error: smtplib.SMTPException, server: str) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"{server} refused the user name and password: {_said(error.smtp_code, error.smtp_error)}"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return f"{server} does not offer what is set: {error} Check Settings, Mail."
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{server} answered {_said(error.smtp_code, error.smtp_error)}"
    if "timed out" in str(error):  # smtplib takes it for the end of the connection
        return f"{server} did not answer within {TIMEOUT:g} seconds."
    return f"{server} ended the conversation: {error}."
