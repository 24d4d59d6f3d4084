"""What the clock does for evidence: time stamps are asked for, contents are read again, a demo's are let go of."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import asdict

from django.core.exceptions import ValidationError
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.cases.actions.exhibit import locked, reseal
from bartizan.cases.custody import Evidence, certificate_text
from bartizan.cases.models import Case, Custody, CustodyCheck, Exhibit, TimeStamp
from bartizan.cases.proofs import prove
from bartizan.core import preferences
from bartizan.core.actions import record
from bartizan.core.audit import audit_key
from bartizan.core.models import File, User
from bartizan.engines import custody as engine
from bartizan.engines.custody.stamp import ANSWER_TYPE, REQUEST_TYPE
from bartizan.notices.decisions import Sending
from bartizan.notices.outgoing import Refused, Unreached, post

LARGEST_ANSWER = 1 << 20


def stamp(custody: Custody) -> TimeStamp | None:
    """Ask the authority to stamp the chain as it is. Nothing when it gave no answer that holds: that is noted, and it
    is asked again later."""
    decided = preferences.get(Evidence)
    case, number, digest = custody.case.number, custody.number, custody.digest
    try:
        trusted = certificate_text(decided.ca_file)
        token = ask_authority(decided.authority, engine.request_for(case, number, digest))
        stamped = engine.read_token(token, case, number, digest, trusted)
    except (OSError, UnicodeDecodeError) as error:
        _not_stamped(custody, f"The certificate to trust cannot be read ({error}): see Settings, Evidence.")
    except (Refused, Unreached, engine.StampError) as error:
        _not_stamped(custody, str(error))
    else:
        return _keep(custody, engine.Stamp(number, digest, stamped.at, token, trusted, ""), decided.authority)
    return None


def ask_authority(authority: str, request: bytes) -> bytes:
    """The whole answer of a time-stamp authority. Raises Refused or Unreached in words."""
    headers = {"Content-Type": REQUEST_TYPE, "Accept": ANSWER_TYPE, "User-Agent": "Bartizan"}
    allows = preferences.get(Sending).allows_private_addresses
    answer = post(authority, request, headers, allows_private=allows, reads=LARGEST_ANSWER)
    if answer.status != 200:
        raise Unreached(f"The authority answered {answer.words}.")
    return answer.content


def _not_stamped(custody: Custody, words: str) -> None:
    Custody.objects.filter(pk=custody.pk).update(tried_at=timezone.now(), trouble=words[:400])


@atomic
def _keep(custody: Custody, got: engine.Stamp, authority: str) -> TimeStamp:
    """The chain may be longer by now: the stamp stands for what it was, and the rest is stamped next."""
    own = locked(custody.case)
    sealed = engine.seal_of_stamp(audit_key(), own.case.number, got)
    told = {"number": got.number, "digest": got.digest, "at": got.at, "token": got.token, "trusted": got.trusted}
    made = TimeStamp.objects.create(custody=own, authority=authority[:200], seal=sealed, **told)
    own.stamps += 1
    reseal(own)
    Custody.objects.filter(pk=own.pk).update(tried_at=None, trouble="")
    record(None, "stamped the time of custody", f"case:{own.case.number}", links=got.number, at=got.at.isoformat())
    return made


@atomic
def ask_check(case: Case, by: User | None) -> CustodyCheck:
    """The worker examines all evidence of the case, its contents included, as soon as it can."""
    custody = Custody.objects.filter(case=case).first()
    if custody is None:
        raise ValidationError("The case has no evidence to verify.")
    waiting = custody.checks.filter(ended_at=None).first()
    if waiting is not None:
        return waiting
    if by is not None:
        record(by, "asked to verify the evidence", f"case:{case.number}")
    return CustodyCheck.objects.create(custody=custody, by=by)


def check(asked: CustodyCheck) -> CustodyCheck:
    """Do what was asked; what is found wrong is kept, and told under Health until a later check finds all well."""
    began = time.monotonic()
    proof = prove(asked.custody.case)
    asked.seconds = time.monotonic() - began
    asked.ended_at, asked.links = timezone.now(), proof.links
    asked.faults, asked.contents = [asdict(one) for one in proof.faults], dict(proof.contents)
    with atomic():
        asked.save(update_fields=["seconds", "ended_at", "links", "faults", "contents"])
        if proof.faults:
            words = [one.words for one in proof.faults][:5]
            record(None, "found the evidence not whole", f"case:{asked.custody.case.number}", faults=words)
    return asked


@atomic
def start_practice(case: Case) -> Custody:
    """A custody for a demo: everything works, and all of it may be removed again."""
    custody = Custody(case=case, digest=engine.FIRST, is_practice=True)
    told = (case.number, custody.number, custody.digest, custody.stamps)
    custody.seal = engine.seal_of_head(audit_key(), *told, is_practice=True)
    custody.save(force_insert=True)
    return custody


def forget_practice(cases: Collection[int]) -> None:
    """Remove the practised custody of these cases; the database refuses it for any other."""
    found = Custody.objects.filter(case__in=cases, is_practice=True)
    files = set(Exhibit.objects.filter(custody__in=found).exclude(file=None).values_list("file", flat=True))
    found.delete()
    File.objects.filter(pk__in=files).update(removed_at=timezone.now())
