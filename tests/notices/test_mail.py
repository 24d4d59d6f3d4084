"""Mail to a real server: plain, STARTTLS, signing in, and everything that a server may say against it."""

from __future__ import annotations

import socket
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pydantic import ValidationError

from bartizan.core.models import AuditEntry, User
from bartizan.notices import actions, mail
from bartizan.notices.decisions import Mail
from bartizan.notices.models import Channel, Delivery, Notice
from bartizan.notices.trial import trial
from tests.notices.leaving import leave, set_mail, states, words_of
from tests.notices.peers import certificate, mail_server
from tests.served import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(alice: User) -> Channel:
    return actions.add_channel(alice, "mail", "alice@keep.example")


def test_a_notice_arrives_as_text_and_as_html_with_a_link_to_the_console(alice: User, channel: Channel) -> None:
    with mail_server() as server:
        set_mail(server.port)
        actions.tell([alice], "Door forced <b>, Vault", "/?alarm=12", 3, "alarm:12")
        assert leave() == 1
        [arrived] = server.taken
    assert arrived["Subject"] == "[High] Door forced <b>, Vault"
    assert (arrived["From"], arrived["To"]) == ("bartizan@keep.example", "alice@keep.example")
    assert arrived["Message-ID"] == f"<{Delivery.objects.get().batch}@keep.example>"
    text, html = (arrived.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert "Door forced <b>, Vault" in text.get_content()
    assert "http://127.0.0.1:8000/?alarm=12" in text.get_content()
    assert "Door forced &lt;b&gt;, Vault" in html.get_content()
    assert states(channel) == ["sent"]
    channel.refresh_from_db()
    assert channel.said == f"Sent to the mail server at 127.0.0.1:{server.port}, which accepted it: 250 OK"


def test_with_starttls_and_a_password_it_signs_in_over_tls(alice: User, channel: Channel, tmp_path: Path) -> None:
    trusted, context = certificate(tmp_path)
    secure = {"security": "starttls", "ca_file": str(trusted), "user": "bartizan"}
    with mail_server(context, asks_password=True) as server:
        set_mail(server.port, **secure, password="open sesame")
        assert trial(channel, alice).state == "sent"
        assert (server.secured, server.users) == ([True], ["bartizan"])
        set_mail(server.port, **secure, password="open barley")
        refused = trial(channel, alice)
    assert refused.state == "later"
    assert "refused the user name and password: 535" in refused.words
    assert len(server.taken) == 1


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(alice: User, channel: Channel, tmp_path: Path) -> None:
    _, context = certificate(tmp_path)
    with mail_server(context) as server:
        set_mail(server.port, security="starttls")
        said = trial(channel, alice)
    assert said.words.startswith(f"The certificate of 127.0.0.1:{server.port} is not trusted: self-signed certificate")
    assert server.taken == []


def test_a_server_without_starttls_gets_no_mail_in_the_clear(alice: User, channel: Channel) -> None:
    with mail_server() as server:
        set_mail(server.port, security="starttls")
        assert "does not offer what is set" in trial(channel, alice).words
    assert server.taken == []


def test_a_recipient_who_is_refused_is_not_tried_again_and_alice_reads_why(alice: User, channel: Channel) -> None:
    with mail_server(refuses="550 No such user here") as server:
        set_mail(server.port)
        actions.tell([alice], "Door forced", level=3)
        leave()
        leave(timezone.now() + timedelta(hours=2))
    assert states(channel) == ["failed"]
    assert Delivery.objects.get(channel=channel).tries == 1
    assert server.taken == []
    [_, told] = words_of(alice)
    assert told.startswith("Notices do not arrive on alice@keep.example: The mail server refused the recipient")
    assert "550 No such user here" in told


def test_what_is_refused_for_now_is_tried_again_under_the_same_message_id(alice: User, channel: Channel) -> None:
    now = timezone.now()
    with mail_server(answers="451 Try again later") as server:
        set_mail(server.port)
        actions.tell([alice], "Door forced", level=3)
        leave()
        assert states(channel) == ["waiting"]
        assert leave(now + timedelta(seconds=4)) == 0, "it waits first"
        server.answers = "250 OK"
        leave(now + timedelta(minutes=2))
    assert states(channel) == ["sent"]
    assert len({message["Message-ID"] for message in server.taken}) == 1
    assert len(server.taken) == 2


def test_after_a_day_it_is_given_up_and_said(alice: User, channel: Channel) -> None:
    set_mail(free_port())
    actions.tell([alice], "Door forced", level=3)
    leave()
    assert states(channel) == ["waiting"]
    Delivery.objects.update(made_at=timezone.now() - timedelta(days=1, seconds=1))
    leave(timezone.now() + timedelta(hours=2))
    assert states(channel) == ["failed"]
    assert "connection refused" in words_of(alice)[-1]


def test_a_server_that_hangs_is_left_after_its_time(
    alice: User, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "TIMEOUT", 0.3)
    with mail_server(waits=3) as server:
        set_mail(server.port)
        assert "did not answer within 0.3 seconds" in trial(channel, alice).words


def test_a_name_that_is_not_known_and_a_port_that_is_closed_are_said_in_words(alice: User, channel: Channel) -> None:
    assert trial(channel, alice).words.startswith("No mail server is set.")
    set_mail(free_port())
    assert "Nothing answers at 127.0.0.1" in trial(channel, alice).words
    set_mail(25, host="mail.invalid")
    assert "The mail server's name in mail.invalid:25 is not known" in trial(channel, alice).words


def test_something_that_is_no_mail_server_is_said_to_be_none(alice: User, channel: Channel) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        set_mail(server.getsockname()[1])
        import threading

        def answer() -> None:
            taken, _ = server.accept()
            taken.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            taken.close()

        threading.Thread(target=answer, daemon=True).start()
        assert trial(channel, alice).state == "later"


def test_brief_mail_names_nobody_and_no_place(alice: User, channel: Channel) -> None:
    with mail_server() as server:
        set_mail(server.port, is_brief=True)
        actions.tell([alice], "Carol Cole in the Vault", "/?alarm=12", 3, "alarm:12", "Door forced")
        leave()
    assert "Carol" not in server.taken[0].as_string()
    assert server.taken[0]["Subject"] == "[High] Door forced"


def test_words_with_line_breaks_cannot_add_a_header(alice: User, channel: Channel) -> None:
    with mail_server() as server:
        set_mail(server.port)
        actions.tell([alice], "Door\r\nBcc: mallory@example.org", level=1)
        leave()
    assert server.taken[0]["Bcc"] is None
    assert server.recipients == ["alice@keep.example"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"host": "mail.example"}, "A From address is needed"),
        ({"host": "mail.example", "sender": "b@x.example", "security": "none", "password": "x"}, "over TLS alone"),
        ({"port": 0}, "greater than or equal to 1"),
        ({"security": "ssl"}, "starttls"),
    ],
)
def test_mail_settings_that_cannot_work_are_refused(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Mail.model_validate(wrong)


def test_the_test_button_is_in_the_audit_without_the_address(alice: User, channel: Channel) -> None:
    trial(channel, alice)
    entry = AuditEntry.objects.get(verb="tested a channel")
    assert entry.detail == {"address": "a•••@keep.example", "result": "later"}
    assert not Notice.objects.exists()
