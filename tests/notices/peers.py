"""The other ends, real ones on this machine: a mail server (aiosmtpd) and an HTTP server that does as it is told."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.served import free_port


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate of its own authority for 127.0.0.1: the file to trust, and the server's side of it."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test mail server")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(private, SHA256())
    )
    public, secret = folder / "server.pem", folder / "server.key"
    public.write_bytes(made.public_bytes(Encoding.PEM))
    secret.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(public, secret)
    return public, context


@dataclass
class MailServer:
    """What it took, and how it behaves."""

    port: int
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    refuses: str = ""
    """The answer to the recipient; empty: it takes everybody."""
    answers: str = "250 OK"
    """The answer to the message."""
    waits: float = 0.0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        import asyncio

        await asyncio.sleep(self.waits)
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        self.recipients.extend(envelope.rcpt_tos)
        self.secured.append(session.ssl is not None)
        return self.answers

    def check(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        is_right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"bartizan", b"open sesame")
        if is_right:
            self.users.append(data.login.decode())
        return AuthResult(success=is_right, handled=False)


@contextmanager
def mail_server(
    context: ssl.SSLContext | None = None, *, asks_password: bool = False, **how: Any
) -> Iterator[MailServer]:
    server = MailServer(free_port(), **how)

    class Kept(Controller):
        def factory(self) -> SMTP:
            return SMTP(
                server,
                tls_context=context,
                require_starttls=context is not None,
                authenticator=server.check,
                auth_required=asks_password,
                auth_require_tls=asks_password,
            )

    running = Kept(server, hostname="127.0.0.1", port=server.port)
    running.start()
    try:
        yield server
    finally:
        running.stop()


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class HttpServer:
    url: str
    received: list[Received] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """One a request; the last holds for all further ones."""
    waits: float = 0.0


@contextmanager
def http_server(*answers: tuple[int, dict[str, str]], waits: float = 0.0, says: bytes = b"") -> Iterator[HttpServer]:
    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            served.received.append(Received(self.path, dict(self.headers.items()), body))
            time.sleep(served.waits)
            status, headers = served.answers.pop(0) if len(served.answers) > 1 else served.answers[0]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(says)))
            self.end_headers()
            self.wfile.write(says)

        def log_message(self, *_: object) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    served = HttpServer(f"http://127.0.0.1:{running.server_port}", answers=list(answers) or [(204, {})], waits=waits)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        running.shutdown()
        running.server_close()
        thread.join()
