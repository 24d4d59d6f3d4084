"""The list, the bell, one's own channels, and what the office decides: by the pages, with inputs that are wrong too."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import login
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client, RequestFactory
from django.utils import timezone

from bartizan.core.accounts.actions import end_other_sessions
from bartizan.core.models import AuditEntry, User
from bartizan.core.roles import Role
from bartizan.notices import actions
from bartizan.notices.models import Channel, Choice, Duty, Notice, QuietHours
from tests import world
from tests.notices.leaving import allow_private, set_mail
from tests.notices.peers import http_server, mail_server
from tests.served import free_port

pytestmark = pytest.mark.django_db
OWN, OFFICE = "/account/notices", "/settings/notices"


@pytest.fixture
def here() -> world.World:
    return world.build()


@pytest.fixture
def bob(here: world.World) -> User:
    here.bob.role = Role.SPECIALIST
    here.bob.save()
    return here.bob


@pytest.fixture
def as_alice(here: world.World, client: Client) -> Client:
    client.force_login(here.alice)
    return client


@pytest.fixture
def as_bob(bob: User) -> Client:
    client = Client()
    client.force_login(bob)
    return client


def test_the_bell_counts_what_is_unread_and_opening_a_notice_reads_it(here: world.World, as_alice: Client) -> None:
    [notice] = actions.tell([here.alice], "Door forced, Vault", "/cases", 3)
    assert b"Notices, 1 unread" in as_alice.get("/").content
    assert b"Door forced, Vault" in as_alice.get("/notices").content
    answer = as_alice.post(f"/notices/{notice.pk}/open")
    assert (answer.status_code, answer["Location"]) == (302, "/cases")
    assert as_alice.get("/notices/bell").json() == {"unread": 0, "newest": None}
    as_alice.post(f"/notices/{notice.pk}/unread", {"show": "all"})
    assert as_alice.get("/notices/bell").json()["newest"]["words"] == "Door forced, Vault"


def test_all_are_marked_read_that_the_page_has_shown(here: world.World, as_alice: Client) -> None:
    [first] = actions.tell([here.alice], "Shown")
    actions.tell([here.alice], "Came meanwhile")
    as_alice.post("/notices/read-all", {"until": first.pk})
    assert as_alice.get("/notices/bell").json()["unread"] == 1
    as_alice.post("/notices/read-all", {"until": "x"})
    assert as_alice.get("/notices/bell").json()["unread"] == 1


def test_the_list_is_filtered_by_words_and_level_and_has_more_pages(here: world.World, as_alice: Client) -> None:
    for n in range(120):
        actions.tell([here.alice], f"Notice {n}", level=n % 5)
    page = as_alice.get("/notices?show=all&q=Notice+11&level=4").content.decode()
    assert "Notice 114" in page
    assert "Notice 113" not in page
    first = as_alice.get("/notices?show=all")
    assert "Notice 20<" in first.content.decode()
    assert "Notice 19<" not in first.content.decode()
    older = first.context["older"]
    assert "Notice 19<" in as_alice.get(f"/notices?show=all&before={older}").content.decode()
    for wrong in ("level=99", "before=x", "show=nothing", "before=99999999999999999999"):
        assert as_alice.get(f"/notices?{wrong}").status_code == 200


def test_nobody_reads_another_s_notices_or_touches_his_channels(
    here: world.World, as_alice: Client, as_bob: Client
) -> None:
    [notice] = actions.tell([here.alice], "For Alice alone", level=3)
    channel = actions.add_channel(here.alice, "mail", "alice@keep.example")
    for client in (as_bob,):
        assert b"For Alice alone" not in client.get("/notices?show=all").content
        assert client.post(f"/notices/{notice.pk}/open").status_code == 404
        for deed in ("test", "remove", "save"):
            assert client.post(f"{OWN}/{channel.pk}/{deed}").status_code == 404
    assert Channel.objects.filter(pk=channel.pk).exists()


def test_an_officer_does_not_read_bob_s_notices_either(here: world.World, bob: User, as_alice: Client) -> None:
    [notice] = actions.tell([bob], "For Bob alone", level=3)
    assert b"For Bob alone" not in as_alice.get("/notices?show=all").content
    assert as_alice.post(f"/notices/{notice.pk}/open").status_code == 404


def test_a_notice_never_leads_away_from_the_console(here: world.World, as_alice: Client) -> None:
    for url in ("//evil.example/", "https://evil.example/", "/\\evil.example"):
        [notice] = actions.tell([here.alice], "Door", url)
        assert as_alice.post(f"/notices/{notice.pk}/open")["Location"] == "/"


def test_the_test_button_says_what_the_mail_server_answered(here: world.World, as_alice: Client) -> None:
    as_alice.post(f"{OWN}/add/mail", {"address": "alice@keep.example"})
    channel = Channel.objects.get()
    with mail_server() as server:
        set_mail(server.port)
        as_alice.post(f"{OWN}/{channel.pk}/test")
        page = as_alice.get(OWN).content.decode()
    assert f"Sent to the mail server at 127.0.0.1:{server.port}, which accepted it: 250 OK" in page
    assert "Arrives" in page
    assert server.taken[0]["Subject"] == "A test from Bartizan, asked for by Alice Archer"
    set_mail(free_port())
    as_alice.post(f"{OWN}/{channel.pk}/test")
    page = as_alice.get(OWN).content.decode()
    assert "connection refused" in page
    assert "Does not arrive" in page
    assert "1 not arriving" in as_alice.get("/settings").content.decode()


@pytest.mark.parametrize(
    "address", ["", "alice", "alice@", "a b@keep.example", "älice@keep.example", "a@b\r\nBcc: c@d.example"]
)
def test_what_is_no_mail_address_is_refused_beside_its_field(as_alice: Client, address: str) -> None:
    answer = as_alice.post(f"{OWN}/add/mail", {"address": address})
    assert answer.status_code == 422
    assert b'class="wrong"' in answer.content
    assert not Channel.objects.exists()


def test_the_same_address_is_not_added_twice_and_twenty_channels_are_enough(as_alice: Client) -> None:
    for n in range(20):
        as_alice.post(f"{OWN}/add/mail", {"address": f"alice{n}@keep.example"})
    assert b"in the list already" in as_alice.post(f"{OWN}/add/mail", {"address": "alice0@keep.example"}).content
    assert b"20 channels are the most" in as_alice.post(f"{OWN}/add/mail", {"address": "more@keep.example"}).content


def test_a_channel_is_changed_and_removed(as_alice: Client, here: world.World) -> None:
    channel = actions.add_channel(here.alice, "mail", "alice@keep.example")
    as_alice.post(f"{OWN}/{channel.pk}/save", {"least": "3"})
    channel.refresh_from_db()
    assert (channel.least, channel.is_on) == (3, False)
    assert as_alice.post(f"{OWN}/{channel.pk}/save", {"least": "9"}).status_code == 422
    assert as_alice.post(f"{OWN}/{channel.pk}/nothing").status_code == 404
    as_alice.post(f"{OWN}/{channel.pk}/remove")
    assert not Channel.objects.exists()
    kept = AuditEntry.objects.filter(verb__contains="channel").values_list("detail", flat=True)
    assert "alice@" not in str(list(kept))


def test_quiet_hours_are_in_the_site_s_zone_and_wrong_ones_are_refused(as_alice: Client, here: world.World) -> None:
    right = {"starts": "22:00", "ends": "07:00", "days": ["0", "4"], "breaks": "4", "is_on": "on"}
    as_alice.post(f"{OWN}/quiet", right)
    kept = QuietHours.objects.get(user=here.alice)
    assert (kept.zone, kept.days, kept.is_on) == ("Europe/Amsterdam", [0, 4], True)
    for wrong in ({"starts": "25:00"}, {"ends": ""}, {"days": ["9"]}, {"days": []}, {"breaks": "x"}, {"breaks": "9"}):
        answer = as_alice.post(f"{OWN}/quiet", right | wrong)
        assert answer.status_code == 422, wrong
    assert QuietHours.objects.get(user=here.alice).days == [0, 4]


def test_only_who_may_change_settings_opens_the_office_s_page(as_alice: Client, as_bob: Client) -> None:
    assert as_alice.get(OFFICE).status_code == 200
    assert as_bob.get(OFFICE).status_code == 403
    for url in (f"{OFFICE}/choose", f"{OFFICE}/webhooks", f"{OFFICE}/on-call", f"{OFFICE}/webhooks/1/test"):
        assert as_bob.post(url, {"name": "x"}).status_code == 403
    assert b"/settings/notices" not in as_bob.get("/settings").content


def test_the_table_keeps_what_was_chosen_and_only_that(as_alice: Client) -> None:
    page = as_alice.get(OFFICE)
    form: dict[str, object] = {}
    for row in page.context["rows"]:
        name = row.trigger.name
        form |= {f"{name}-on": "on", f"{name}-least": str(row.choice.least), f"{name}-mail": "on", f"{name}-push": "on"}
    as_alice.post(f"{OFFICE}/choose", form)
    assert not Choice.objects.exists(), "nothing was changed"
    del form["alarm-raised-push"], form["source-trouble-on"]
    as_alice.post(f"{OFFICE}/choose", form | {"alarm-raised-least": "4"})
    raised = Choice.objects.get(trigger="alarm-raised")
    assert (raised.least, raised.kinds, raised.is_on) == (4, ["mail"], True)
    assert not Choice.objects.get(trigger="source-trouble").is_on
    assert Choice.objects.count() == 2
    assert as_alice.post(f"{OFFICE}/choose", form | {"alarm-raised-least": "77"}).status_code == 422


def test_a_webhook_shows_its_secret_once_and_is_tested(as_alice: Client) -> None:
    allow_private()
    with http_server() as server:
        answer = as_alice.post(f"{OFFICE}/webhooks", {"name": "Chat of the guards", "address": server.url})
        assert answer.status_code == 201
        assert answer.context["secret"] in answer.content.decode()
        hook = Channel.objects.get()
        as_alice.post(f"{OFFICE}/webhooks/{hook.pk}/test")
        page = as_alice.get(OFFICE).content.decode()
        assert "Sent to the webhook, which answered 204 No Content." in page
        assert answer.context["secret"] not in page
        assert len(server.received) == 1
    as_alice.post(f"{OFFICE}/webhooks/{hook.pk}/off")
    assert not Channel.objects.get().is_on
    as_alice.post(f"{OFFICE}/webhooks/{hook.pk}/remove")
    assert not Channel.objects.exists()
    for wrong in ({"name": "", "address": "https://x.example"}, {"name": "x", "address": "ftp://x.example"}):
        answer = as_alice.post(f"{OFFICE}/webhooks", wrong)
        assert answer.status_code == 422
        assert b'class="wrong"' in answer.content


def test_people_are_put_on_call_in_the_site_s_time(as_alice: Client, bob: User) -> None:
    form = {"who": "bob", "starts_at": "2027-06-01T08:00", "ends_at": "2027-06-08T08:00", "place": "2", "least": "3"}
    as_alice.post(f"{OFFICE}/on-call", form)
    duty = Duty.objects.get()
    assert duty.starts_at.isoformat() == "2027-06-01T06:00:00+00:00"
    assert b"Tue 1 Jun 08:00 to Tue 8 Jun 08:00" in as_alice.get(OFFICE).content
    for wrong in ({"who": "carol"}, {"starts_at": "soon"}, {"ends_at": "2027-06-01T07:00"}, {"place": "0"},
                  {"place": "9999"}, {"least": "8"}):  # fmt: skip
        answer = as_alice.post(f"{OFFICE}/on-call", form | wrong)
        assert answer.status_code == 422, wrong
        assert b'class="wrong"' in answer.content, wrong
    as_alice.post(f"{OFFICE}/on-call/{duty.pk}/remove")
    assert not Duty.objects.exists()


def test_a_browser_subscribes_and_what_is_wrong_is_said(as_alice: Client, subscription: dict[str, str]) -> None:
    right = subscription
    for _ in range(2):
        assert as_alice.post(f"{OWN}/add/push", right).status_code == 204
    assert Channel.objects.count() == 1
    answer = as_alice.post(f"{OWN}/add/push", right | {"auth": "x"})
    assert (answer.status_code, answer.content) == (
        422,
        b"The browser's keys are not right; switch push off and on again.",
    )
    assert as_alice.post(f"{OWN}/add/pigeon", right).status_code == 404


@pytest.fixture
def subscription() -> dict[str, str]:
    from cryptography.hazmat.primitives.asymmetric import ec

    from bartizan.notices.push import encoded
    from tests.notices.test_push import AUTH, point

    keys = {"p256dh": encoded(point(ec.generate_private_key(ec.SECP256R1()))), "auth": encoded(AUTH)}
    return {"endpoint": "https://push.example/abc"} | keys


def test_signing_out_ends_push_to_this_browser_and_to_no_other(
    as_alice: Client, here: world.World, subscription: dict[str, str]
) -> None:
    actions.add_channel(here.alice, "push", "https://push.example/elsewhere")
    as_alice.post(f"{OWN}/add/push", subscription)
    as_alice.post("/sign-out")
    assert [channel.address for channel in Channel.objects.all()] == ["https://push.example/elsewhere"]


def test_signing_out_days_later_ends_push_to_this_browser_too(
    as_alice: Client, here: world.World, subscription: dict[str, str]
) -> None:
    as_alice.post(f"{OWN}/add/push", subscription)
    as_alice.session.flush()  # it ended by itself: push goes on, for that is what it is for
    assert Channel.objects.exists()
    as_alice.cookies.pop(settings.SESSION_COOKIE_NAME)
    as_alice.get("/sign-in")
    sign_in_with_cookies(as_alice, here.alice)
    assert Channel.objects.exists()
    as_alice.post("/sign-out")
    assert not Channel.objects.exists()


def test_somebody_else_who_signs_in_to_this_browser_is_not_shown_what_the_first_is_told(
    as_alice: Client, bob: User, subscription: dict[str, str]
) -> None:
    as_alice.post(f"{OWN}/add/push", subscription)
    as_alice.cookies.pop(settings.SESSION_COOKIE_NAME)
    sign_in_with_cookies(as_alice, bob)
    assert not Channel.objects.exists()


def test_a_browser_that_bob_subscribes_is_alice_s_no_longer(
    as_alice: Client, as_bob: Client, bob: User, subscription: dict[str, str]
) -> None:
    as_alice.post(f"{OWN}/add/push", subscription)
    as_bob.post(f"{OWN}/add/push", subscription)
    assert [channel.user for channel in Channel.objects.all()] == [bob]


def test_ending_the_other_sessions_ends_their_push_and_keeps_this_browser_s(
    as_alice: Client, here: world.World, subscription: dict[str, str]
) -> None:
    other = actions.add_channel(here.alice, "push", "https://push.example/elsewhere")
    as_alice.post(f"{OWN}/add/push", subscription)
    end_other_sessions(here.alice, as_alice.session.session_key)
    assert not Channel.objects.filter(pk=other.pk).exists()
    assert Channel.objects.get().address == subscription["endpoint"]


def test_a_new_password_ends_push_to_the_other_browsers(
    as_alice: Client, here: world.World, subscription: dict[str, str]
) -> None:
    other = actions.add_channel(here.alice, "push", "https://push.example/elsewhere")
    as_alice.post(f"{OWN}/add/push", subscription)
    phrase = {"new_password1": "the owl of the north tower", "new_password2": "the owl of the north tower"}
    here.alice.set_unusable_password()
    here.alice.save()
    as_alice.force_login(here.alice)
    assert as_alice.post("/password", phrase).status_code == 302
    assert not Channel.objects.filter(pk=other.pk).exists()


def sign_in_with_cookies(browser: Client, user: User) -> None:
    """As ``force_login``, in a request that brings the browser's cookies."""
    request = RequestFactory().get("/")
    request.COOKIES = {name: morsel.value for name, morsel in browser.cookies.items()}
    request.session = SessionStore()
    login(request, user, "django.contrib.auth.backends.ModelBackend")
    request.session.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key


@pytest.mark.parametrize(
    ("where", "form"),
    [
        (f"{OWN}/add/push", {"endpoint": "https://[::1"}),
        (f"{OWN}/quiet", {"starts": "22:00+01:00", "ends": "07:00", "days": ["0"], "breaks": "4"}),
        (f"{OFFICE}/on-call", {"who": "bob", "starts_at": "0001-01-01T00:00", "ends_at": "0001-01-02T00:00",
                               "place": "1", "least": "0"}),
        (f"{OFFICE}/on-call", {"who": "bob", "starts_at": "9999-12-31T00:00", "ends_at": "9999-12-31T23:59",
                               "place": "1", "least": "0"}),
        (f"{OFFICE}/webhooks", {"name": "Chat", "address": "https://[::1"}),
    ],
)  # fmt: skip
def test_what_cannot_be_is_answered_in_words(as_alice: Client, bob: User, where: str, form: dict[str, object]) -> None:
    answer = as_alice.post(where, form)
    assert answer.status_code == 422
    assert b'class="wrong"' in answer.content or where.endswith("push") or b'role="alert"' in answer.content


def test_a_webhook_that_cannot_be_is_chosen_for_nothing(as_alice: Client) -> None:
    answer = as_alice.post(f"{OFFICE}/choose", {"alarm-raised-on": "on", "alarm-raised-webhooks": "9" * 30})
    assert answer.status_code == 302


def test_the_audit_says_what_was_chosen_before(as_alice: Client, here: world.World) -> None:
    as_alice.post(f"{OFFICE}/choose", {"alarm-raised-on": "on", "alarm-raised-least": "4"})
    entry = AuditEntry.objects.get(subject="trigger:alarm-raised")
    assert (entry.detail["before"]["least"], entry.detail["after"]["least"]) == (3, 4)
    form = {"starts": "22:00", "ends": "07:00", "days": ["0"], "breaks": "4"}
    for ends in ("07:00", "08:00"):
        as_alice.post(f"{OWN}/quiet", form | {"ends": ends})
    detail = AuditEntry.objects.filter(verb="set quiet hours").order_by("-pk")[0].detail
    assert (detail["before"]["ends"], detail["after"]["ends"]) == ("07:00:00", "08:00:00")


def test_the_push_worker_is_served_at_the_root_with_the_strict_policy(as_alice: Client) -> None:
    answer = as_alice.get("/push-worker.js")
    assert answer["Content-Type"] == "text/javascript"
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert b"showNotification" in answer.content


def test_an_employee_has_notices_and_channels_too(here: world.World) -> None:
    person = world.officer("emma", "Emma", "East", "", Role.EMPLOYEE)
    client = Client()
    client.force_login(person)
    actions.tell([person], "Your badge was replaced")
    assert b"Your badge was replaced" in client.get("/notices").content
    assert client.get(OWN).status_code == 200


def test_an_empty_list_says_what_will_stand_here(as_alice: Client, here: world.World) -> None:
    assert b"Nothing was told to you yet" in as_alice.get("/notices").content
    [notice] = actions.tell([here.alice], "Door")
    actions.mark_read(here.alice, notice)
    assert b"You have read everything" in as_alice.get("/notices?show=unread").content
    assert b"No notice fits" in as_alice.get("/notices?q=zebra").content
    Notice.objects.update(at=timezone.now() - timedelta(days=3))
    assert as_alice.get("/notices?show=all").status_code == 200
