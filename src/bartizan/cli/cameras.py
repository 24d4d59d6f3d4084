"""cameras: the process itself, and verify, export, holds, release, discover, fetch-detector for people."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from bartizan.cli import main, open_records, start_django
from bartizan.cli.system import data_folder


@main.group(invoke_without_command=True)
@click.pass_context
def cameras(context: click.Context) -> None:
    """Recordings of cameras: prove them, take clips out, find cameras, fetch a detector."""
    if context.invoked_subcommand is None:
        _run()


def _run() -> None:
    """What the parent starts, like ``watch`` and ``judge``."""
    start_django()
    from importlib.util import find_spec

    if missing := [name for name in ("av", "cv2", "onnxruntime") if find_spec(name) is None]:
        _wait_without(missing)
        return
    from bartizan.cameras import process

    process.run()


def _wait_without(missing: list[str]) -> None:
    """A console without the extra ``cameras`` runs all the same; Health says what is missing."""
    import signal
    import threading

    from bartizan.cameras.models import Camera
    from bartizan.watch.actions import sources

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.is_set():
        if Camera.objects.filter(is_enabled=True).exists():
            words = f"Cameras need {', '.join(missing)}: install bartizan[cameras] and start Bartizan again."
            sources.note_trouble("cameras", words)
        stop.wait(60)


@cameras.command()
@click.option("--camera", "code", default="", help="Of this camera alone, by its code.")
def verify(code: str) -> None:
    """Read every recording and prove its digest. Says what is missing or was changed. Writes nothing."""
    open_records(makes=False)
    from bartizan.cameras.proving import prove

    found = prove(code)
    for words in found.troubles:
        click.echo(f"✕ {words}")
    click.echo(f"{found.files} recordings, {found.bytes / 1e9:.2f} GB, {found.sound} as they were recorded.")
    raise SystemExit(bool(found.troubles))


@cameras.command()
@click.argument("code")
@click.argument("since")
@click.argument("until")
@click.option("--why", required=True, help="What for; the audit keeps it.")
@click.option("--overlay", is_flag=True, help="And a copy with the time in the picture.")
def export(code: str, since: str, until: str, why: str, overlay: bool) -> None:
    """Take out what camera CODE recorded from SINCE to UNTIL (such as 2026-11-29T20:15, UTC unless a zone is named)."""
    open_records(makes=False)
    from django.core.exceptions import ValidationError

    from bartizan.cameras.actions.export import export_clip
    from bartizan.cameras.models import Camera

    camera = Camera.objects.filter(device__code=code).select_related("device__zone__site").first()
    if camera is None:
        raise click.ClickException(f"There is no camera {code}.")
    try:
        made = export_clip(camera, _moment(since), _moment(until), why=why, by=None, overlay=overlay)
    except ValidationError as error:
        raise click.ClickException(" ".join(error.messages)) from error
    click.echo(
        f"{made.path}\nSHA-256 {made.sha256}\nWhat it is and where it comes from: {made.path.with_suffix('.json')}"
    )


@cameras.command()
def holds() -> None:
    """List what is held: such recordings stay whatever their age."""
    open_records(makes=False)
    from bartizan.cameras.models import ClipHold

    held = list(ClipHold.objects.filter(released_at=None).select_related("camera__device").order_by("begun_at"))
    for one in held:
        case = f" (case {one.case})" if one.case else ""
        click.echo(f"{one.pk}  {one.camera.code}  {_told(one.begun_at)} to {_told(one.ended_at)}  {one.reason}{case}")
    click.echo(f"{len(held)} held." if held else "Nothing is held.")


def _told(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


@cameras.command()
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Why it may go; the audit keeps it.")
def release(number: int, reason: str) -> None:
    """Let a hold go by its NUMBER, as `bartizan cameras holds` lists it: from then on its age counts again."""
    open_records(makes=False)
    from django.core.exceptions import ValidationError

    from bartizan.cameras.actions.holds import release_hold
    from bartizan.cameras.models import ClipHold

    hold = ClipHold.objects.filter(pk=number).first()
    if hold is None:
        raise click.ClickException(f"There is no hold {number}; see `bartizan cameras holds`.")
    try:
        release_hold(hold, reason, None)
    except ValidationError as error:
        raise click.ClickException(" ".join(error.messages)) from error
    click.echo(f"Hold {number} of {hold.camera.code} is let go.")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.ClickException(f"“{text}” is no moment; write it as 2026-11-29T20:15.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@cameras.command()
@click.option("--seconds", default=3.0, show_default=True, help="How long to listen for answers.")
@click.option("--user", default="", help="Ask each that is found for its streams as this user.")
def discover(seconds: float, user: str) -> None:
    """Find cameras on this network by WS-Discovery (ONVIF). Asks the network once; changes nothing."""
    from bartizan.connectors import onvif

    try:
        found = onvif.discover(seconds)
    except OSError as error:
        raise click.ClickException(f"The network could not be asked: {error.strerror}.") from error
    password = click.prompt("Password", hide_input=True) if user and found else ""
    for camera in found:
        click.echo(f"{camera.address}  {camera.name} {camera.hardware}".rstrip())
        if user:
            _say_streams(camera.address, user, password)
    click.echo(
        f"{len(found)} answered." if found else "No camera answered; of other networks the address must be known."
    )


def _say_streams(address: str, user: str, password: str) -> None:
    from bartizan.connectors import onvif

    try:
        for profile in onvif.profiles(address, user, password):
            click.echo(f"  {profile.url}  {profile.codec} {profile.width}×{profile.height}, {profile.fps:g} a second")
    except onvif.OnvifError as error:
        click.echo(f"  {error}")


@cameras.command("fetch-detector")
@click.option("--url", default="", help="From elsewhere, such as a copy in the house; the digest must be the same.")
def fetch_detector(url: str) -> None:
    """Download the published detector for people and vehicles, prove its digest, and use it from then on."""
    open_records(makes=False)
    from bartizan.cameras.actions.detector import NotFetched, fetch, use
    from bartizan.engines.vision.detect import RELEASE_KIND, RELEASE_SHA256, RELEASE_URL

    folder = data_folder() / "models"
    try:
        file = fetch(url or RELEASE_URL, RELEASE_SHA256, folder)
    except NotFetched as error:
        raise click.ClickException(str(error)) from error
    use(file, RELEASE_SHA256, RELEASE_KIND, None)
    click.echo(f"{file} is there and whole (SHA-256 {RELEASE_SHA256}); cameras look for people with it within seconds.")
