"""Syslog over TLS, against openssl s_client and rsyslog with both of its TLS drivers; and rsyslog over TCP."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bartizan.connectors.syslog import Settings, Syslog
from tests.connectors.running import Running, free_port, running

OPENSSL = shutil.which("openssl")
RSYSLOG = shutil.which("rsyslogd") or shutil.which("/usr/sbin/rsyslogd")
LOGGER = shutil.which("logger")
DRIVERS = {"gtls": "rsyslog-gnutls", "ossl": "rsyslog-openssl"}

pytestmark = [
    pytest.mark.peer,
    pytest.mark.skipif(not OPENSSL, reason="Debian package openssl is not installed"),
]
FAILED = "Failed password for root from 203.0.113.58 port 38926 ssh2"


def driver_is_installed(driver: str) -> bool:
    return any(Path("/usr/lib").glob(f"*/rsyslog/lmnsd_{driver}.so"))


class Certificates:
    """An authority, a receiver and a sender, made by openssl."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = self._authority("authority")
        self.receiver = self._signed("localhost")
        self.sender = self._signed("gate-17")

    def key(self, certificate: Path) -> Path:
        return certificate.with_suffix(".key")

    def stranger(self) -> Path:
        return self._authority("stranger")

    def _authority(self, name: str) -> Path:
        file = self.folder / f"{name}.pem"
        self._openssl("req", "-x509", *self._new(name), "-days", "2", "-out", str(file))
        return file

    def _signed(self, name: str) -> Path:
        file, request, names = (self.folder / f"{name}.{end}" for end in ("pem", "csr", "ext"))
        names.write_text(f"subjectAltName=DNS:{name}\n")
        self._openssl("req", *self._new(name), "-out", str(request))
        signer = ["-CA", str(self.authority), "-CAkey", str(self.authority.with_suffix(".key")), "-CAcreateserial"]
        self._openssl(
            "x509", "-req", "-in", str(request), *signer, "-days", "2", "-extfile", str(names), "-out", str(file)
        )
        return file

    def _new(self, name: str) -> list[str]:
        key = str(self.folder / f"{name}.key")
        return ["-newkey", "rsa:2048", "-nodes", "-keyout", key, "-subj", f"/CN={name}"]

    def _openssl(self, *arguments: str) -> None:
        subprocess.run([str(OPENSSL), *arguments], check=True, capture_output=True, timeout=30)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def receiver(certificates: Certificates) -> Iterator[Running]:
    """A receiver that lets in only senders that show a certificate of the authority."""
    settings = Settings(
        udp_port=0,
        tcp_address="127.0.0.1",
        tcp_port=free_port(),
        tls_address="127.0.0.1",
        tls_port=free_port(),
        tls_certificate=certificates.receiver,
        tls_key=certificates.key(certificates.receiver),
        tls_client_authority=certificates.authority,
    )
    connector = Syslog("house", settings)
    assert connector.check() is None
    with running(connector) as run:
        run.until_health("ok")
        yield run


def settings_of(run: Running) -> Settings:
    assert isinstance(run.connector, Syslog)
    return run.connector.settings


def s_client(run: Running, certificates: Certificates, certificate: Path | None, text: str) -> None:
    mine = ["-cert", str(certificate), "-key", str(certificates.key(certificate))] if certificate else []
    where = ["-connect", f"127.0.0.1:{settings_of(run).tls_port}", "-CAfile", str(certificates.authority)]
    subprocess.run(
        [str(OPENSSL), "s_client", "-quiet", "-no_ign_eof", *where, *mine],
        input=text.encode(),
        capture_output=True,
        timeout=20,
        check=False,
    )


def test_a_sender_with_a_certificate_is_heard_and_named(receiver: Running, certificates: Certificates) -> None:
    message = f"<38>1 2024-05-01T10:00:00Z gate sshd 4 - - {FAILED}"
    s_client(receiver, certificates, certificates.sender, f"{len(message)} {message}" * 3)
    seen = receiver.count(3)[2]
    assert (seen.kind, seen.actor, seen.device) == ("login.failure", "user:root", "host:gate")
    assert seen.data["peer_certificate"] == "gate-17"


@pytest.mark.parametrize("who", ["nobody", "stranger"])
def test_a_sender_without_a_good_certificate_is_refused_and_said(
    receiver: Running, certificates: Certificates, who: str
) -> None:
    certificate = certificates.stranger() if who == "stranger" else None
    s_client(receiver, certificates, certificate, f"<38>Oct 11 22:14:15 gate sshd[4]: {FAILED}\n")
    words = receiver.until_health("trouble")
    assert "127.0.0.1 was refused" in words
    assert "certificate" in words
    assert not receiver.seen


def test_a_sender_that_speaks_no_tls_is_refused_and_said(receiver: Running) -> None:
    with socket.create_connection(("127.0.0.1", settings_of(receiver).tls_port), 5) as sender:
        sender.sendall(b"<38>Oct 11 22:14:15 gate sshd[4]: hello\n")
        assert "was refused" in receiver.until_health("trouble")


def test_a_certificate_without_its_key_is_found_before_the_start(certificates: Certificates) -> None:
    settings = Settings(
        tls_port=6514, tls_certificate=certificates.receiver, tls_key=certificates.key(certificates.sender)
    )
    assert "cannot be used" in (Syslog("house", settings).check() or "")


class Rsyslog:
    """An rsyslogd of our own that reads a socket in a folder and forwards what it hears."""

    def __init__(self, folder: Path, action: str, top: str = "") -> None:
        self.socket = folder / "log.sock"
        config = folder / "rsyslog.conf"
        config.write_text(
            f'global(workDirectory="{folder}")\n{top}\n'
            f'module(load="imuxsock" SysSock.Use="off")\ninput(type="imuxsock" Socket="{self.socket}")\n{action}\n'
        )
        command = [str(RSYSLOG), "-n", "-f", str(config), "-i", str(folder / "pid")]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 10
        while not self.socket.exists():
            assert time.monotonic() < end, "rsyslogd did not start"
            time.sleep(0.05)

    def say(self, text: str) -> None:
        command = [
            str(LOGGER),
            "--socket",
            str(self.socket),
            "--tag",
            "sshd",
            "--id=4711",
            "--priority",
            "auth.info",
            text,
        ]
        subprocess.run(command, check=True, timeout=10)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


needs_rsyslog = pytest.mark.skipif(not (RSYSLOG and LOGGER), reason="Debian package rsyslog is not installed")


@needs_rsyslog
@pytest.mark.parametrize("framing", ["traditional", "octet-counted"])
@pytest.mark.parametrize(
    "template", ["RSYSLOG_TraditionalForwardFormat", "RSYSLOG_ForwardFormat", "RSYSLOG_SyslogProtocol23Format"]
)
def test_rsyslog_forwards_over_tcp_in_each_of_its_formats(
    receiver: Running, tmp_path: Path, framing: str, template: str
) -> None:
    rsyslog = Rsyslog(
        tmp_path,
        f'action(type="omfwd" target="127.0.0.1" port="{settings_of(receiver).tcp_port}" protocol="tcp" '
        f'TCP_Framing="{framing}" template="{template}")',
    )
    try:
        rsyslog.say(FAILED)
        seen = receiver.until(lambda seen: any("Failed" in one.raw for one in seen))
    finally:
        rsyslog.stop()
    (login,) = [one for one in seen if "Failed" in one.raw]
    assert (login.kind, login.actor, login.data["program"], login.data["pid"]) == (
        "login.failure",
        "user:root",
        "sshd",
        "4711",
    )
    assert login.device == f"host:{socket.gethostname()}"


@needs_rsyslog
@pytest.mark.parametrize("driver", sorted(DRIVERS))
def test_rsyslog_forwards_over_tls_with_its_certificate(
    receiver: Running, certificates: Certificates, tmp_path: Path, driver: str
) -> None:
    if not driver_is_installed(driver):
        pytest.skip(f"Debian package {DRIVERS[driver]} is not installed")
    keys = (
        f'global(DefaultNetstreamDriver="{driver}" DefaultNetstreamDriverCAFile="{certificates.authority}" '
        f'DefaultNetstreamDriverCertFile="{certificates.sender}" '
        f'DefaultNetstreamDriverKeyFile="{certificates.key(certificates.sender)}")'
    )
    rsyslog = Rsyslog(
        tmp_path,
        f'action(type="omfwd" target="127.0.0.1" port="{settings_of(receiver).tls_port}" protocol="tcp" '
        f'TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format" StreamDriver="{driver}" '
        'StreamDriverMode="1" StreamDriverAuthMode="x509/name" StreamDriverPermittedPeers="localhost")',
        keys,
    )
    try:
        rsyslog.say(FAILED)
        seen = receiver.until(lambda seen: any("Failed" in one.raw for one in seen), 20)
    finally:
        rsyslog.stop()
    (login,) = [one for one in seen if "Failed" in one.raw]
    assert (login.kind, login.data["peer_certificate"]) == ("login.failure", "gate-17")
