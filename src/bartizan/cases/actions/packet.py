"""Facts are settled, and packets are made: once made, a packet is never changed."""

from __future__ import annotations

import re
import time
from collections.abc import Collection
from datetime import date, datetime
from typing import Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Max
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.cases import packet_file
from bartizan.cases.actions.exhibit import note_view
from bartizan.cases.actions.gate import give_aliases
from bartizan.cases.actions.proving import ask_authority
from bartizan.cases.custody import Evidence, certificate_text, signed_by
from bartizan.cases.dossier import Asked, gather, sealed_names, strictly
from bartizan.cases.exhibits_told import chain_of
from bartizan.cases.fact_sheet import TITLES
from bartizan.cases.models import Case, Exhibit, FactEntry, Packet
from bartizan.cases.models.packet import KINDS
from bartizan.cases.packet_paper import annex as annex_paper
from bartizan.cases.queries.gate import gate_of
from bartizan.cases.queries.masks import people_of, veil
from bartizan.cases.queries.packet import opens_annex
from bartizan.cases.queries.retention import kept_with
from bartizan.core import preferences
from bartizan.core.actions import record
from bartizan.core.files import add_file
from bartizan.core.models import File, User
from bartizan.core.typeset import TypesetError
from bartizan.engines.custody import Signature
from bartizan.engines.custody.stamp import StampError, read_stamp, request_of
from bartizan.engines.packets import Dossier, redacted
from bartizan.notices.outgoing import Refused, Unreached

MOST_WORDS: Final = 2000
_MASKED: Final = re.compile(r"P\d+\b|somebody\b", re.IGNORECASE)


@atomic
def settle_fact(case: Case, key: str, words: str, source: str, by: User) -> FactEntry:
    """An officer says a fact; empty words take back what was said, and the records count again."""
    if key not in TITLES:
        raise ValidationError("Choose the fact from the sheet.")
    words = " ".join(words.split())
    if len(words) > MOST_WORDS:
        raise ValidationError(f"A fact has at most {MOST_WORDS} letters: this has {len(words)}.")
    said = FactEntry.objects.filter(case=case, key=key).order_by("-number").first()
    if not words and (said is None or not said.words):
        raise ValidationError("Say the fact in words; nothing was said of it that could be taken back.")
    Case.objects.select_for_update().get(pk=case.pk)
    number = (case.fact_entries.aggregate(top=Max("number"))["top"] or 0) + 1
    told = {"key": key, "words": words, "source": " ".join(source.split())[:200], "by": by}
    made = FactEntry.objects.create(case=case, number=number, **told)
    verb = "settled a fact" if words else "took back a fact"
    record(by, verb, f"case:{case.number}", fact=key, entry=number)
    return made


def make_packet(
    case: Case, asked: Asked, by: User, signed: str = "", *, keep_until: date | None = None, validates: bool = True
) -> Packet:
    """A packet of the case as it is now. Raises ValidationError in words; then nothing is kept.

    ``keep_until``: without it, as long as the case's records of people. ``signed``: the maker's typed name, where the
    contents of exhibits are copied into it. ``validates``: the CASE graph is validated where case-utils is installed; a
    demo's practice is not.
    """
    began, made_at = time.monotonic(), timezone.now().replace(microsecond=0)
    _check(case, asked)
    if keep_until is not None and keep_until < made_at.date():
        raise ValidationError("The day until which the packet is kept is over already: name a later one.")
    copied = _copies(case, by, signed) if asked.with_contents else []
    if missing := veil(None, [case]).unnumbered(case, people_of(case)):
        give_aliases(case, missing)
    number = (case.packets.aggregate(top=Max("number"))["top"] or 0) + 1
    dossier, chain = _dossier(case, asked, number, made_at)
    try:
        parts = packet_file.parts_of(case, dossier, chain, validates=validates)
    except (packet_file.PacketError, TypesetError) as error:
        raise ValidationError(str(error)) from error
    token, stamped_at, trouble = _stamped(parts.manifest)
    sealed = _annex(case, asked, dossier, parts.digest) if asked.with_annex else b""
    with packet_file.zipped(parts, token, made_at) as pieces:
        file = add_file(by, f"packet:{case.number}", _name(dossier), pieces, "Packet")
    packet = _packet(case, asked, dossier)
    packet.digest, packet.pages, packet.file, packet.made_by = parts.digest, parts.pages, file, by
    packet.annex = _keep_annex(packet, sealed, by) if sealed else None
    packet.keep_until = keep_until or kept_with(case, made_at.date())
    packet.stamped_at, packet.trouble, packet.seconds = stamped_at, trouble[:400], time.monotonic() - began
    _keep(by, packet, copied)
    return packet


def _annex(case: Case, asked: Asked, dossier: Dossier, digest: str) -> bytes:
    names = sealed_names(case, asked)
    if not names:
        raise ValidationError("There is no witness whom an annex could name: list one, or make it without the annex.")
    try:
        return annex_paper(dossier, digest, names)
    except TypesetError as error:
        raise ValidationError(str(error)) from error


def _keep_annex(packet: Packet, content: bytes, by: User) -> File:
    """Its subject is shown by no page of files: only ``open_annex`` gives it out."""
    name = f"annex-{packet.case.number}-{packet.number}.pdf"
    return add_file(by, f"annex:{packet.case.number}", name, [content], "Sealed annex of a packet")


@atomic
def open_annex(packet: Packet, to: str, reason: str, by: User) -> File:
    """Each time is in the audit, with the prosecutor who gets it and why."""
    if not opens_annex(by, packet.case):
        raise ValidationError("The lead of the case or a chief security officer opens the sealed annex.")
    if packet.annex is None:
        raise ValidationError("The packet has no sealed annex.")
    if not to.strip():
        raise ValidationError("Say which prosecutor it is given to, by name and office.")
    if not reason.strip():
        raise ValidationError("Say why it is opened, such as the request and its number.")
    told = {"packet": packet.number, "to": to.strip()[:200], "reason": reason.strip()[:400]}
    record(by, "opened a sealed annex", f"case:{packet.case.number}", sha256=packet.annex.digest, **told)
    return packet.annex


def _packet(case: Case, asked: Asked, dossier: Dossier) -> Packet:
    return Packet(
        case=case,
        number=dossier.number,
        kind=asked.kind,
        level=dossier.level,
        for_whom=asked.for_whom.strip()[:200],
        copies=asked.copies,
        told=asked.as_json(),
        facts=dossier.facts_version,
        made_at=dossier.made_at,
    )


def _name(dossier: Dossier) -> str:
    return f"packet-{dossier.case}-{dossier.number}-{dossier.kind}.zip"


def _check(case: Case, asked: Asked) -> None:
    if asked.kind not in KINDS:
        raise ValidationError("Choose for whom the packet is made from the list.")
    if not asked.for_whom.strip():
        raise ValidationError("Say for whom it is made: the station, the authority, the person who asked for it.")
    if not asked.signers:
        raise ValidationError("Say who signs it: at least whoever led the inquiry.")
    if masked := [name for name, _ in asked.signers if _MASKED.match(name)]:
        raise ValidationError(f"{masked[0]} is a number in place of a name, and signs nothing: type the name.")
    if not 1 <= asked.copies <= 99:
        raise ValidationError("Say how many copies are made, from 1 to 99.")
    if asked.reported_says and not gate_of(case).is_open:
        raise ValidationError(
            "The gate names nobody, so nobody is reported and nobody's words can stand there: sign as second reader on "
            "the tab Pinpoint first, or leave what the person says empty."
        )
    if asked.with_annex and asked.level != "authority":
        raise ValidationError("A sealed annex goes with a packet for the police alone: make it without one.")
    if asked.with_contents and asked.level != "authority":
        raise ValidationError("Contents of exhibits go to the police alone: make it without them.")


def _copies(case: Case, by: User, signed: str) -> list[tuple[Exhibit, Signature]]:
    """The exhibits whose contents are copied, each with the maker's signature under that. Raises ValidationError."""
    rows = Exhibit.objects.filter(custody__case=case, form__in=("file", "events")).exclude(file=None).order_by("pk")
    if not rows:
        raise ValidationError("The case has no exhibit with content in the vault: make the packet without contents.")
    signature = signed_by(by, "does", signed)
    return [(row, signature) for row in rows]


def _dossier(case: Case, asked: Asked, number: int, made_at: datetime) -> tuple[Dossier, bytes]:
    """The redacted dossier and the custody's chain; no chain where it names somebody whom the level leaves out."""
    shown = veil(None, [case])
    whole = gather(case, asked, number, made_at)
    dossier = redacted(whole, asked.level, lambda text: strictly(case, text, shown))
    if dossier.level != "authority":
        return dossier, b""
    chain = chain_of(case)
    told = chain.decode()
    hidden = [one.name for one in whole.parties if one.part == "witness" and one.name]
    is_clean = shown.of(case, keeps_officers=True).text(told) == told and not any(name in told for name in hidden)
    return dossier, chain if is_clean else b""


def _stamped(manifest: bytes) -> tuple[bytes, datetime | None, str]:
    """The authority's answer over the manifest and its time, or nothing and why."""
    decided = preferences.get(Evidence)
    if not decided.authority:
        return b"", None, "No time-stamp authority is chosen under Settings, Evidence."
    try:
        trusted = certificate_text(decided.ca_file)
        token = ask_authority(decided.authority, request_of(manifest))
        return token, read_stamp(token, manifest, trusted).at, ""
    except (OSError, UnicodeDecodeError) as error:
        return b"", None, f"The certificate to trust cannot be read ({error}): see Settings, Evidence."
    except (Refused, Unreached, StampError) as error:
        return b"", None, str(error)


def _keep(by: User, packet: Packet, copied: list[tuple[Exhibit, Signature]]) -> None:
    """The record, its audit line, and each copy that leaves as a look at its exhibit: all of it or nothing."""
    try:
        with atomic():
            packet.save(force_insert=True)
            for row, signature in copied:
                note_view(row, f"copied into packet {packet.number} for {packet.for_whom}"[:400], [signature], by)
            told = {"packet": packet.number, "kind": packet.kind, "sha256": packet.digest, "facts": packet.facts}
            record(by, "made a packet", f"case:{packet.case.number}", **told)
    except (IntegrityError, ValidationError) as error:
        File.objects.filter(pk__in=[packet.file_id, packet.annex_id]).update(removed_at=timezone.now())
        if isinstance(error, ValidationError):
            raise
        raise ValidationError("Another packet of the case was made at the same moment: make yours again.") from error


def forget_packets(cases: Collection[int]) -> None:
    """A demo's packets go with its cases: their files are let go of."""
    files = {pk for pair in Packet.objects.filter(case__in=cases).values_list("file", "annex") for pk in pair if pk}
    File.objects.filter(pk__in=files).update(removed_at=timezone.now())
