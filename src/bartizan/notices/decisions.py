"""What the office decides about mail and notices."""

from __future__ import annotations

import json
from typing import Literal, Self

from django.conf import settings
from pydantic import BaseModel, Field, SecretStr, model_validator

from bartizan.core.preferences import Preference, declare, get
from bartizan.notices.outgoing import parts_of

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Mail(BaseModel):
    """Where mail is handed over. Without a host none leaves."""

    host: str = Field("", max_length=253, description="The mail server's name or address; empty: no mail leaves.")
    port: int = Field(587, ge=1, le=65535, description="587 with STARTTLS, 465 with TLS, 25 without.")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the connection is protected. “none” only for a server on this machine or network."
    )
    ca_file: str = Field(
        "", max_length=400, description="A PEM file to trust beside this machine's authorities, for a server of yours."
    )
    user: str = Field("", max_length=200, description="Empty: the server takes mail without signing in.")
    password: SecretStr = Field(SecretStr(""), description="Kept encrypted, never shown again.")
    sender: str = Field("", max_length=200, description="The From address, such as bartizan@example.org.")
    is_brief: bool = Field(
        False,
        title="Brief",
        description="Mail says only what kind of thing happened and where to read it: no names, no places.",
    )

    @model_validator(mode="after")
    def can_send(self) -> Self:
        self.host, self.sender = self.host.strip(), self.sender.strip()
        if not self.host:
            return self
        if "@" not in self.sender or not self.sender.isascii() or any(c.isspace() for c in self.sender):
            raise ValueError("A From address is needed, such as bartizan@example.org")
        if self.security == "none" and self.password.get_secret_value() and self.host not in LOOPBACK:
            raise ValueError("A password is sent over TLS alone: choose starttls or tls, or leave the password empty")
        return self


class Sending(BaseModel):
    """How notices leave."""

    console_address: str = Field(
        "",
        max_length=200,
        description="Where people open the console, such as https://bartizan.example.org; links in messages begin with "
        "it. Empty: the address that it was started with.",
    )
    pause_seconds: int = Field(
        60,
        title="Pause, seconds",
        ge=5,
        le=3600,
        description="Between two messages on one channel: what comes meanwhile leaves together. Critical ones wait at "
        "most ten seconds.",
    )
    allows_private_addresses: bool = Field(
        False,
        title="Private addresses",
        description="Whether webhooks and push may lead to this machine and to private networks.",
    )
    keep_days: int = Field(400, title="Kept for, days", ge=1, le=3660, description="Older notices are removed.")


class Outside(BaseModel):
    """How text messages leave, and how a contact's webhook knows that a message is ours."""

    sms_address: str = Field(
        "",
        title="Gateway",
        max_length=400,
        description="Where text messages are posted, such as https://sms.example.org/send; empty: none leaves.",
    )
    sms_body: str = Field(
        '{"to": "{to}", "text": "{text}"}',
        title="Body",
        max_length=2000,
        description="What is posted for each. {to} and {text} are filled in as the type needs it.",
    )
    sms_type: Literal["application/json", "application/x-www-form-urlencoded"] = Field(
        "application/json", title="Type", description="As the gateway expects it."
    )
    sms_header: str = Field(
        "Authorization",
        title="Header of the secret",
        max_length=60,
        pattern=r"^[A-Za-z0-9-]+$",
        description="The header in which the gateway looks for the secret.",
    )
    sms_secret: SecretStr = Field(
        SecretStr(""),
        title="Secret",
        description="What stands in that header, such as Bearer and a key. Kept encrypted, never shown again.",
    )
    webhook_secret: SecretStr = Field(
        SecretStr(""),
        title="Secret of webhooks",
        description="By which what goes to contacts' webhooks is signed. Kept encrypted, never shown again.",
    )

    @model_validator(mode="after")
    def can_post(self) -> Self:
        self.sms_address = self.sms_address.strip()
        if self.sms_address and parts_of(self.sms_address) is None:
            raise ValueError("The gateway's address looks like https://sms.example.org/send")
        if "{to}" not in self.sms_body or "{text}" not in self.sms_body:
            raise ValueError("The body needs {to} and {text}, where number and message are filled in")
        if self.sms_type == "application/json":
            try:
                json.loads(self.sms_body.replace("{to}", "0").replace("{text}", "0"))
            except ValueError:
                raise ValueError('The body is not JSON; write it like {"to": "{to}", "text": "{text}"}') from None
        if any(ord(c) < 32 for c in self.sms_secret.get_secret_value()):
            raise ValueError("The secret stands on one line")
        return self


declare(
    Preference(
        "mail",
        Mail,
        "Mail",
        "The server that sends notices by e-mail",
        icon="mail",
        order=30,
        state=lambda mail: mail.host or "not set",
        takes="The next mail uses it.",
    )
)
declare(
    Preference(
        "outside",
        Outside,
        "Text messages and contacts",
        "The gateway for text messages, and what signs webhooks to contacts",
        icon="talk",
        order=32,
        state=lambda outside: outside.sms_address or "no gateway",
        takes="The next message uses it.",
    )
)
declare(
    Preference("sending", Sending, "Sending notices", "Links, pauses, private networks and retention", "bell", order=31)
)


def console_address() -> str:
    """What links in messages begin with, without a slash at the end."""
    chosen = get(Sending).console_address.strip() or next(iter(settings.CSRF_TRUSTED_ORIGINS), "")
    return chosen.rstrip("/") or f"http://{settings.ADDRESS}:{settings.PORT}"
