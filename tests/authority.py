"""A time-stamp authority of one's own: ``openssl ts`` behind a small HTTP server on loopback, as a real peer."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

OPENSSL = shutil.which("openssl")
CONFIG = """
[tsa]
default_tsa = own
[own]
dir = {folder}
serial = $dir/serial
signer_cert = $dir/tsa.pem
signer_key = $dir/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[req]
distinguished_name = name
[name]
[stamps]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
basicConstraints = critical,CA:FALSE
[signs]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
"""


class Authority:
    """Its keys lie in ``folder``; ``root`` is the certificate to trust."""

    def __init__(self, folder: Path, name: str = "Keep Time") -> None:
        self.folder, self.root = folder, folder / "root.pem"
        self.config = folder / "tsa.cnf"
        self.config.write_text(CONFIG.format(folder=folder))
        (folder / "serial").write_text("01\n")
        own = ("-config", str(self.config), "-newkey", "rsa:2048", "-nodes")
        self._run("req", "-x509", *own, "-days", "9", "-subj", f"/CN={name} root", "-extensions", "signs",
                  "-keyout", "root.key", "-out", "root.pem")  # fmt: skip
        self._run("req", *own, "-subj", f"/CN={name}", "-keyout", "tsa.key", "-out", "tsa.csr")
        self._run("x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days",
                  "9", "-extfile", str(self.config), "-extensions", "stamps", "-out", "tsa.pem")  # fmt: skip

    def _run(self, *arguments: str) -> None:
        assert OPENSSL, "openssl is not installed"
        subprocess.run([OPENSSL, *arguments], cwd=self.folder, check=True, capture_output=True)

    def answer(self, request: bytes) -> bytes:
        """The answer to a request, in DER."""
        (self.folder / "query.tsq").write_bytes(request)
        self._run("ts", "-reply", "-config", str(self.config), "-queryfile", "query.tsq", "-out", "reply.tsr")
        return (self.folder / "reply.tsr").read_bytes()

    def confirms(self, message: bytes, token: bytes) -> bool:
        """What ``openssl ts -verify`` says, which anybody may ask."""
        (self.folder / "message").write_bytes(message)
        (self.folder / "token.tsr").write_bytes(token)
        command = ["ts", "-verify", "-data", "message", "-in", "token.tsr", "-CAfile", "root.pem"]
        assert OPENSSL, "openssl is not installed"
        done = subprocess.run([OPENSSL, *command], cwd=self.folder, check=False, capture_output=True, text=True)
        return "Verification: OK" in done.stdout + done.stderr


@contextmanager
def served(authority: Authority) -> Iterator[str]:
    """Its address, while it answers."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            token = authority.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(token)))
            self.end_headers()
            self.wfile.write(token)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/tsr"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
