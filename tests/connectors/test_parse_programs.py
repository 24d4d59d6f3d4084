"""What each kind of message tells: lines as the programs write them, in the public formats' words."""

# ruff: noqa: E501, Q003  a log line stands here as its program writes it

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bartizan.connectors.parse import Parts, understand

AUDIT = "msg=audit(1714557600.123:4242):"


def read(program: str, message: str) -> Parts:
    parts = understand(program, message)
    assert parts, f"{program} is not understood: {message}"
    return parts


# Program, message, kind, actor, asset, outcome.
SENTENCES: list[tuple[str, str, str, str, str, str]] = [
    ("sshd", "Accepted password for alice from 10.0.0.9 port 50022 ssh2", "login.success", "user:alice", "", "success"),
    ("sshd", "Accepted publickey for root from fe80::1%eth0 port 50022 ssh2: ED25519 SHA256:9b1", "login.success", "user:root", "", "success"),
    ("sshd", "Failed password for root from 10.0.0.9 port 50022 ssh2", "login.failure", "user:root", "", "failure"),
    ("sshd", "Failed none for invalid user  0101 from 5.188.10.180 port 4 ssh2", "login.failure", "user: 0101", "", "failure"),
    ("sshd", "Failed publickey for alice from 10.0.0.9 port 5 ssh2: RSA SHA256:x", "login.failure", "user:alice", "", "failure"),
    ("sshd-session", "Invalid user oracle from 10.0.0.9 port 5", "login.failure", "user:oracle", "", "failure"),
    ("sshd", "User bob from 10.0.0.9 not allowed because not listed in AllowUsers", "login.failure", "user:bob", "", "failure"),
    ("sshd", "ROOT LOGIN REFUSED FROM 10.0.0.9 port 5", "login.failure", "user:root", "", "failure"),
    ("sshd", "error: maximum authentication attempts exceeded for root from 10.0.0.9 port 5 ssh2 [preauth]", "login.failure", "user:root", "", "failure"),
    ("sshd", "Disconnected from user alice 10.0.0.9 port 5", "login.logout", "user:alice", "", "success"),
    ("sshd", "Connection closed by authenticating user root 10.0.0.9 port 5 [preauth]", "host.log", "user:root", "", "failure"),
    ("sshd", "Received disconnect from 10.0.0.9 port 5:11: disconnected by user", "host.log", "ip:10.0.0.9", "", ""),
    ("sshd", "Unable to negotiate with 10.0.0.9 port 5: no matching cipher found. Their offer: x [preauth]", "host.log", "ip:10.0.0.9", "", "failure"),
    ("sshd", "message repeated 3 times: [ Failed password for root from 10.0.0.9 port 5 ssh2]", "login.failure", "user:root", "", "failure"),
    ("sshd", "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=10.0.0.9  user=root", "host.log", "user:root", "", "failure"),
    ("sshd", "pam_unix(sshd:session): session opened for user alice(uid=1000) by (uid=0)", "host.log", "user:alice", "", "success"),
    ("sshd", "pam_unix(sshd:session): session closed for user alice", "login.logout", "user:alice", "", ""),
    ("sshd(pam_unix)", "authentication failure; logname= uid=0 euid=0 tty=NODEVssh ruser= rhost=10.0.0.9 ", "login.failure", "ip:10.0.0.9", "", "failure"),
    ("gdm-password]", "pam_unix(gdm-password:session): session opened for user alice(uid=1000) by (uid=0)", "login.success", "user:alice", "", "success"),
    ("CRON", "pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)", "host.log", "user:root", "", "success"),
    ("dovecot", "pam_unix(dovecot:auth): authentication failure; logname= uid=0 euid=0 tty=dovecot ruser=bob rhost=10.0.0.9  user=bob", "login.failure", "user:bob", "", "failure"),
    ("su", "pam_unix(su:session): session opened for user root(uid=0) by alice(uid=1000)", "login.privilege", "user:alice", "user:root", "success"),
    ("sudo", "   alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/cat /etc/shadow ; x", "login.privilege", "user:alice", "user:root", "success"),
    ("sudo", "mallory : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh", "login.privilege", "user:mallory", "user:root", "failure"),
    ("sudo", "alice : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh", "login.privilege", "user:alice", "user:root", "failure"),
    ("su", "(to root) alice on pts/0", "login.privilege", "user:alice", "user:root", "success"),
    ("su", "FAILED SU (to root) alice on pts/0", "login.privilege", "user:alice", "user:root", "failure"),
    ("login", "FAILED LOGIN (1) on '/dev/tty1' FOR 'root', Authentication failure", "login.failure", "user:root", "", "failure"),
    ("login", "ROOT LOGIN  on '/dev/tty1'", "login.success", "user:root", "", "success"),
    ("useradd", "new user: name=eve, UID=1001, GID=1001, home=/home/eve, shell=/bin/bash, from=/dev/pts/0", "account.changed", "", "user:eve", "success"),
    ("usermod", "add 'eve' to group 'sudo'", "account.changed", "", "user:eve", "success"),
    ("userdel", "delete user 'eve'", "account.changed", "", "user:eve", "success"),
    ("passwd", "pam_unix(passwd:chauthtok): password changed for eve", "account.changed", "", "user:eve", "success"),
    ("gpasswd", "user eve added by root to group sudo", "account.changed", "user:root", "user:eve", "success"),
    ("groupadd", "new group: name=vault, GID=1002", "account.changed", "", "", "success"),
    ("CRON", "(root) CMD (   cd / && run-parts --report /etc/cron.hourly)", "host.process", "user:root", "", ""),
    ("crontab", "(alice) REPLACE (alice)", "host.service", "user:alice", "", ""),
    ("systemd", "Started nginx.service - A high performance web server.", "host.service", "", "", ""),
    ("systemd", "clamav.service: Failed with result 'exit-code'.", "host.service", "", "", "failure"),
    ("systemd-logind", "New session 5 of user alice.", "host.log", "user:alice", "", "success"),
    ("kernel", "[12345.678901] usb 1-1: New USB device found, idVendor=0781, idProduct=5581, bcdDevice= 1.00", "host.usb", "", "", ""),
    ("kernel", "usb-storage 1-1:1.0: USB Mass Storage device detected", "host.usb", "", "", ""),
    ("kernel", "[99.1] usb 1-1: USB disconnect, device number 5", "host.usbremoved", "", "", ""),
    ("kernel", "Linux version 6.1.0", "host.log", "", "", ""),
]  # fmt: skip


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda sentence: f"{sentence[0]} {sentence[1][:40]}")
def test_a_sentence_of_a_unix_program_is_understood(sentence: tuple[str, str, str, str, str, str]) -> None:
    program, message, *expected = sentence
    parts = read(program, message)
    assert [parts.kind, parts.actor, parts.asset, parts.outcome] == expected


def test_a_user_name_cannot_forge_where_the_login_came_from() -> None:
    parts = read("sshd", "Failed password for invalid user a from 10.0.0.1 port 1 ssh2 from 203.0.113.58 port 9 ssh2")
    assert parts.data["src_ip"] == "203.0.113.58"
    assert parts.data["user"] == "a from 10.0.0.1 port 1 ssh2"


def test_sudo_keeps_its_own_names_and_the_command_to_its_end() -> None:
    data = read("sudo", "alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/bin/sh -c a ; USER=bob").data
    assert (data["USER"], data["PWD"], data["CommandLine"]) == ("root", "/home/alice", "/bin/sh -c a ; USER=bob")


# Record, kind, actor, asset, outcome, some of its data.
RECORDS: list[tuple[str, str, str, str, str, dict[str, Any]]] = [
    (f"type=USER_LOGIN {AUDIT} pid=1 uid=0 auid=1000 ses=3 msg='op=login acct=\"alice\" exe=\"/usr/sbin/sshd\" hostname=? addr=10.0.0.9 terminal=ssh res=success'",
     "login.success", "user:alice", "", "success", {"src_ip": "10.0.0.9", "type": "USER_LOGIN"}),
    (f"type=USER_LOGIN {AUDIT} pid=1 uid=0 auid=4294967295 msg='op=login acct=28696E76616C6964207573657229 exe=\"/usr/sbin/sshd\" addr=10.0.0.9 res=failed'",
     "login.failure", "user:(invalid user)", "", "failure", {}),
    (f"type=USER_AUTH {AUDIT} pid=1 uid=1000 auid=1000 msg='op=PAM:authentication acct=\"root\" exe=\"/usr/bin/su\" addr=? res=failed'",
     "login.failure", "user:root", "", "failure", {}),
    (f"type=EXECVE {AUDIT} argc=3 a0=\"cat\" a1=\"-n\" a2=2F6574632F7061737377642061",
     "host.process", "", "", "", {"a2": "/etc/passwd a", "CommandLine": "cat -n /etc/passwd a"}),
    (f"type=SYSCALL {AUDIT} arch=c000003e syscall=59 success=yes exit=0 a0=7ffd a1=5 auid=1000 uid=0 comm=\"cat\" exe=\"/usr/bin/cat\" key=\"rootcmd\"",
     "host.process", "user:uid-1000", "", "success", {"SYSCALL": "execve", "Image": "/usr/bin/cat", "a0": "7ffd", "key": "rootcmd"}),
    (f"type=SYSCALL {AUDIT} arch=c000003e syscall=257 success=no auid=1000 comm=\"cat\" exe=\"/usr/bin/cat\" key=(null)\x1dARCH=x86_64 SYSCALL=openat AUID=\"alice\" UID=\"root\"",
     "host.audit", "user:alice", "", "failure", {"SYSCALL": "openat", "key": ""}),
    (f"type=PATH {AUDIT} item=0 name=\"/etc/shadow\" inode=1 nametype=NORMAL",
     "host.audit", "", "file:/etc/shadow", "", {"TargetFilename": "/etc/shadow", "nametype": "NORMAL"}),
    (f"type=ADD_USER {AUDIT} pid=1 uid=0 auid=1000 msg='op=add-user acct=\"eve\" exe=\"/usr/sbin/useradd\" res=success'",
     "account.changed", "user:uid-1000", "user:eve", "success", {}),
    (f"type=ANOM_PROMISCUOUS {AUDIT} dev=eth0 prom=256 old_prom=0 auid=1000 uid=0",
     "finding", "user:uid-1000", "", "", {"dev": "eth0"}),
    (f"type=SERVICE_STOP {AUDIT} pid=1 uid=0 auid=4294967295 msg='unit=auditd comm=\"systemd\" res=success'",
     "host.service", "user:root", "", "success", {"unit": "auditd"}),
    (f"type=SOCKADDR {AUDIT} saddr=020001BBC63364070000000000000000",
     "host.audit", "", "", "", {"DestinationIp": "198.51.100.7", "DestinationPort": 443}),
]  # fmt: skip


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record[0].split()[0])
def test_an_audit_record_keeps_its_names_and_reads_its_hexadecimal(
    record: tuple[str, str, str, str, str, dict[str, Any]],
) -> None:
    line, kind, actor, asset, outcome, data = record
    parts = read("", line)
    assert (parts.kind, parts.actor, parts.asset, parts.outcome) == (kind, actor, asset, outcome)
    assert data.items() <= parts.data.items()
    assert parts.at == datetime.fromtimestamp(1714557600, UTC).replace(microsecond=123_000)


def test_audit_records_come_by_forwarders_and_the_kernel_as_well() -> None:
    assert (
        read("audisp-syslog", f"node=gate type=USER_LOGIN {AUDIT} msg='acct=\"a\" res=success'").device == "host:gate"
    )
    assert read("kernel", f'audit: type=1400 {AUDIT.removeprefix("msg=")} apparmor="DENIED"').data["type"] == "AVC"


FILTERLOG = {
    "tcp": "5,,,1000000103,em0,match,block,in,4,0x0,,64,1234,0,DF,6,tcp,60,203.0.113.58,10.0.0.5,51234,22,0,S,12345,,64240,,mss;sackOK",
    "udp": "7,,,02f4bab031b57d1e30553ce08e0ec131,igb1,match,pass,out,4,0x0,,127,0,0,none,17,udp,76,10.0.0.5,198.51.100.7,123,123,56",
    "icmp": "9,,,1000002761,em1,match,block,in,4,0x0,,64,5,0,none,1,icmp,84,203.0.113.58,10.0.0.5,request,4,17",
    "tcp6": "5,,,1000000105,em0,match,block,in,6,0x00,0x00000,255,tcp,6,40,2001:db8::1,2001:db8::2,40000,443,0,S,1,,65535,,mss",
    "icmp6": "5,,,1000000105,em0,match,pass,in,6,0x00,0x00000,255,ICMPv6,58,32,fe80::1,ff02::1",
}  # fmt: skip


@pytest.mark.parametrize(
    ("form", "kind", "source", "target", "port"),
    [
        ("tcp", "network.blocked", "203.0.113.58", "10.0.0.5", 22),
        ("udp", "network.allowed", "10.0.0.5", "198.51.100.7", 123),
        ("icmp", "network.blocked", "203.0.113.58", "10.0.0.5", None),
        ("tcp6", "network.blocked", "2001:db8::1", "2001:db8::2", 443),
        ("icmp6", "network.allowed", "fe80::1", "ff02::1", None),
    ],
)
def test_pfsense_and_opnsense_say_what_they_let_through(
    form: str, kind: str, source: str, target: str, port: int | None
) -> None:
    parts = read("filterlog", FILTERLOG[form])
    assert (parts.kind, parts.actor, parts.asset) == (kind, f"ip:{source}", f"ip:{target}")
    assert (parts.data["src_ip"], parts.data["dst_ip"], parts.data.get("dst_port")) == (source, target, port)


@pytest.mark.parametrize(
    ("prefix", "kind"),
    [
        ("[UFW BLOCK] ", "network.blocked"),
        ("IPT-DROP: ", "network.blocked"),
        ("fw accept ", "network.allowed"),
        ("seen: ", "network.flow"),
    ],
)
def test_netfilter_is_told_by_its_prefix(prefix: str, kind: str) -> None:
    parts = read(
        "kernel",
        f"[123.456] {prefix}IN=eth0 OUT= MAC=00:11 SRC=203.0.113.58 DST=10.0.0.5 LEN=40 TTL=245 ID=1 DF PROTO=TCP "
        "SPT=51234 DPT=22 WINDOW=1024 RES=0x00 SYN URGP=0",
    )
    assert (parts.kind, parts.actor, parts.asset) == (kind, "ip:203.0.113.58", "ip:10.0.0.5")
    assert (parts.data["DPT"], parts.data["dst_port"], parts.data["flags"]) == ("22", 22, ["DF", "SYN"])


def test_the_packet_inside_an_icmp_error_is_not_the_packet() -> None:
    inner = "[SRC=10.0.0.5 DST=192.0.2.1 PROTO=UDP SPT=1 DPT=2 ]"
    parts = read("kernel", f"DROP IN=eth0 OUT= SRC=203.0.113.58 DST=10.0.0.5 PROTO=ICMP TYPE=3 CODE=1 {inner}")
    assert (parts.actor, parts.data["PROTO"]) == ("ip:203.0.113.58", "ICMP")
    assert "DPT" not in parts.data


COMBINED = (
    '203.0.113.58 - alice [01/May/2024:12:00:00 +0200] "GET /a/b.php?id=1%27 HTTP/1.1" 404 12 "https://x/" "sqlmap/1.7"'
)


def test_a_web_request_has_the_names_that_sigma_uses() -> None:
    parts = read("", COMBINED)
    assert (parts.kind, parts.actor, parts.outcome) == ("network.web", "user:alice", "failure")
    assert parts.at == datetime(2024, 5, 1, 10, tzinfo=UTC)
    expected = {
        "cs-method": "GET",
        "cs-uri-stem": "/a/b.php",
        "cs-uri-query": "/a/b.php?id=1%27",
        "sc-status": 404,
        "cs-user-agent": "sqlmap/1.7",
        "cs-referer": "https://x/",
        "src_ip": "203.0.113.58",
    }
    assert expected.items() <= parts.data.items()


@pytest.mark.parametrize(
    "line",
    [
        '10.0.0.9 - - [01/May/2024:12:00:00 +0000] "GET / HTTP/1.0" 200 -',
        'www.example.org:443 10.0.0.9 - - [01/May/2024:12:00:00 +0000] "GET / HTTP/2.0" 200 5 "-" "-"',
        '10.0.0.9 - - [01/May/2024:12:00:00 +0000] "\\x16\\x03\\x01" 400 226 "-" "-"',
        '10.0.0.9 - - [01/May/2024:12:00:00 +0000] "-" 408 -',
    ],
)
def test_every_form_of_access_line_is_a_web_request(line: str) -> None:
    parts = read("", line)
    assert (parts.kind, parts.data["src_ip"]) == ("network.web", "10.0.0.9")


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("[Sun Dec 04 05:15:09 2005] [error] [client 222.166.160.184] Directory index forbidden by rule: /", "222.166.160.184"),
        ("[Fri Sep 09 10:42:29.902022 2011] [core:error] [pid 35708:tid 43] [client 72.15.99.187:1234] File does not exist", "72.15.99.187"),
        ("2024/05/01 12:00:00 [error] 77#77: *5 open() failed, client: 10.0.0.9, server: _, request: \"GET / HTTP/1.1\"", "10.0.0.9"),
    ],
)  # fmt: skip
def test_a_web_servers_error_is_host_log_with_its_client(line: str, address: str) -> None:
    parts = read("", line)
    assert (parts.kind, parts.actor) == ("host.log", f"ip:{address}")


def test_cef_is_read_with_its_escapes() -> None:
    parts = read(
        "",
        r"CEF:0|Acme \| Co|Fire wall|1.0|100|Denied \\ inbound|7|src=203.0.113.58 dst=10.0.0.5 spt=4 dpt=22 act=blocked "
        r"msg=a \= b and more cs1Label=Rule cs1=deny all",
    )
    assert (parts.kind, parts.actor, parts.asset) == ("network.blocked", "ip:203.0.113.58", "ip:10.0.0.5")
    assert (parts.data["vendor"], parts.data["msg"], parts.data["cs1"]) == ("Acme | Co", "a = b and more", "deny all")
    assert read("CEF", "0|Acme|Scanner|1|9|Virus|9|suser=bob fname=x.exe").asset == "file:x.exe"


def test_what_nobody_understands_stays_so() -> None:
    assert understand("coffee", "brewing") is None
    assert understand("", "{not json") is None
