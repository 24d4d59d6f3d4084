"""Records of people and packets end on their day: the content goes and a line stays, or the lead is told why not."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import OperationalError
from django.db.transaction import atomic

from bartizan.cases import records_told
from bartizan.cases.models import Case, Charge, Interview, Packet, PastSanction
from bartizan.cases.queries.retention import Record, over, why_kept
from bartizan.cases.queries.sanction import as_comparable, log_of
from bartizan.core.actions import record
from bartizan.core.files import remove_file
from bartizan.engines import sanctions

log = logging.getLogger(__name__)
WHY = "its record was deleted under its retention day"


def end_records(now: datetime) -> int:
    """In the worker, once a day: how many records were deleted."""
    gone = 0
    models: tuple[type[Record], ...] = (Interview, Charge, Packet)
    for one in (one for model in models for one in over(model, now.date())):
        try:
            gone += end_record(one, now)
        except OperationalError:  # the records are busy: the worker tries again in a moment
            raise
        except Exception:  # one record must not hold up the others
            log.exception("A record of case %s is over its day and was not looked at; tomorrow again.", one.case.number)
    return gone


@atomic
def end_record(one: Record, now: datetime) -> bool:
    """Delete it unless the case still needs it; then tell the lead why, once. Whether it was deleted."""
    Case.objects.select_for_update().get(pk=one.case_id)
    one.refresh_from_db()
    if why := why_kept(one, now):
        _tell_once(one, why, now)
        return False
    if isinstance(one, Interview):
        _empty_interview(one, now)
    elif isinstance(one, Charge):
        _empty_charge(one, now)
    else:
        _empty_packet(one, now)
    return True


def _tell_once(one: Record, why: str, now: datetime) -> None:
    if one.over_told_at is None:
        records_told.kept_over(one, why)
        one.over_told_at = now
        one.save(update_fields=["over_told_at"])


def _empty_interview(one: Interview, now: datetime) -> None:
    """Who asked and who noted stay: they can still not decide on a sanction. Exhibits stay in custody."""
    for part in (one.steps, one.rights, one.questions, one.held, one.notes, one.claims, one.versions, one.recordings):
        part.all().delete()
    one.person = one.outsider = one.interpreter = one.place = one.companion = one.consent_how = ""
    one.purpose = one.legal_basis = ""
    one.before, one.emptied_at = {}, now
    one.save()
    told = {"interview": one.number, "kept_until": one.keep_until.isoformat()}
    record(None, "deleted an interview under its retention day", f"case:{one.case.number}", **told)


def _empty_charge(one: Charge, now: datetime) -> None:
    """What it came to stays among the outcomes of earlier years, which name nobody."""
    _keep_outcome(one)
    for file in filter(None, (one.letter_pdf, one.letter_docx)):
        remove_file(None, file, WHY)
    one.steps.all().delete()
    one.measures.all().delete()
    one.person = one.purpose = one.legal_basis = ""
    one.letter_pdf = one.letter_docx = None
    one.emptied_at = now
    one.save()
    told = {"charge": one.number, "kept_until": one.keep_until.isoformat()}
    record(None, "deleted a charge under its retention day", f"case:{one.case.number}", **told)


def _keep_outcome(one: Charge) -> None:
    steps = log_of(one)
    decision = sanctions.standing(steps).decision
    if decision is None:
        return
    past = as_comparable(one, steps)
    told = {"rule": past.rule, "kind": past.kind, "level": past.level, "is_meant": past.is_meant}
    told |= {"is_repeated": past.is_repeated, "outcome": past.outcome, "appeal": past.appeal}
    told |= {"what": past.kind.capitalize(), "decided_on": decision.at.date()}
    PastSanction.objects.get_or_create(number=past.number, defaults=told)


def _empty_packet(one: Packet, now: datetime) -> None:
    """Its digest stays, so that whoever got it can still be answered whether it is the one that was made."""
    for file in filter(None, (one.file, one.annex)):
        remove_file(None, file, WHY)
    one.told, one.for_whom, one.trouble = {}, "", ""
    one.file = one.annex = None
    one.emptied_at = now
    one.save()
    told = {"packet": one.number, "kept_until": one.keep_until.isoformat(), "sha256": one.digest}
    record(None, "deleted a packet under its retention day", f"case:{one.case.number}", **told)
