"""Evidence is taken in, sealed, handed over, looked at and given back: each deed is one link that stays for ever."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.transaction import atomic
from django.utils import timezone

from bartizan.cases.custody import Content, Description, Party, Step, as_json, called, party_of
from bartizan.cases.models import Case, Custody, Exhibit, Handover, MissingThing
from bartizan.cases.queries.exhibit import VERBS, as_link, fields_of, is_ended, links_of, open_break
from bartizan.core.actions import record
from bartizan.core.audit import audit_key
from bartizan.core.models import File, User
from bartizan.engines import custody as engine
from bartizan.engines.custody import Signature

Signed = Sequence[Signature]


def take_in(
    case: Case, told: Description, step: Step, signed: Signed, by: User, content: Callable[[], Content] = Content
) -> Exhibit:
    """A thing, or what ``content`` brings, becomes an exhibit of the case with its first link; ``by`` holds it.

    ``content`` is called when everything else is right: it may take long, and nobody waits for it.
    """
    _check_description(case, told, step)
    _check_signed(signed, "takes", f"officer:{by.username}")
    brought = content()
    try:
        with atomic():
            return _taken_in(case, told, step, brought, signed, by)
    except BaseException:
        _drop(brought.file)
        raise


def _check_description(case: Case, told: Description, step: Step) -> None:
    if not told.name.strip():
        raise ValidationError("Say in a few words what the exhibit is.")
    if not step.why.strip():
        raise ValidationError("Say why it is taken in.")
    if not step.place.strip():
        raise ValidationError("Say where it is kept now.")
    if case.state == "closed":
        raise ValidationError("The case is closed: open it again before evidence is taken in.")
    if told.found_at and told.found_at > timezone.now():
        raise ValidationError("It cannot have been found in the future.")


def _drop(file: File | None) -> None:
    """Content that became no exhibit is let go of like a removed file."""
    if file is not None:
        File.objects.filter(pk=file.pk).update(removed_at=timezone.now())


def _taken_in(case: Case, told: Description, step: Step, brought: Content, signed: Signed, by: User) -> Exhibit:
    custody = locked(case)
    holder = party_of(by)
    exhibit = Exhibit.objects.create(
        custody=custody,
        number=f"E-{custody.exhibits.count() + 1:02d}",
        form=brought.form,
        name=told.name.strip()[:200],
        what=told.what.strip()[:1000],
        found_at=told.found_at,
        found_where=told.found_where.strip()[:200],
        found_by=told.found_by.strip()[:120],
        file=brought.file,
        path=brought.path,
        source=brought.source[:400],
        digest=brought.digest,
        size=brought.size,
        holder=holder.name[:120],
        holder_ref=holder.ref,
        place=step.place.strip()[:200],
    )
    giver = Party(told.found_by.strip() or holder.name, "" if told.found_by.strip() else holder.ref)
    _append(exhibit, "taken in", step, (giver, holder), signed, by)
    return exhibit


@atomic
def seal(exhibit: Exhibit, step: Step, signed: Signed, by: User) -> Handover:
    """A seal is put on, or a new one in the place of the old. After a seal that differed a witness signs too."""
    if not (step.seal_left or "").strip():
        raise ValidationError("Say the number of the seal that is put on.")
    _check_thing(exhibit)
    _check_signed(signed, "does", f"officer:{by.username}")
    if open_break(links_of(exhibit)) and not any(one.part == "witnesses" for one in signed):
        raise ValidationError("The seal was not as it was left: a second person must see it sealed again, and sign.")
    return _stays(exhibit, "sealed", step, signed, by)


@atomic
def check_seal(exhibit: Exhibit, step: Step, signed: Signed, by: User) -> Handover:
    """Somebody reads the seal. What is written down is what was read, whatever the record says."""
    _check_thing(exhibit)
    if step.seal_state not in ("whole", "broken"):
        raise ValidationError("Say whether the seal was whole or broken.")
    if not step.seal_found.strip():
        raise ValidationError("Say the number that stands on the seal.")
    _check_signed(signed, "does", f"officer:{by.username}")
    return _stays(exhibit, "seal read", step, signed, by)


@atomic
def note_view(exhibit: Exhibit, why: str, signed: Signed, by: User) -> Handover:
    """Somebody looks at it. Looking never alters: content is shown from a vault that is only read."""
    if not why.strip():
        raise ValidationError("Say why you look at it; the reason stays in its custody.")
    _check_signed(signed, "does", f"officer:{by.username}")
    return _stays(exhibit, "looked at", Step(why), signed, by)


@atomic
def give_copy(exhibit: Exhibit, to: Party, step: Step, signed: Signed, by: User) -> Handover:
    """A copy of digital content leaves; what is in the vault stays there."""
    if not exhibit.is_digital:
        raise ValidationError("A thing has no copy: hand it over.")
    _check_signed(signed, "gives", f"officer:{by.username}")
    _check_signed(signed, "takes", to.ref, to.name)
    told = Step(step.why, f"copy to {to.name}" + (f"; {step.how}" if step.how else ""), "", step.at)
    return _stays(exhibit, "copy given", told, signed, by)


@atomic
def hand_over(exhibit: Exhibit, to: Party, step: Step, signed: Signed, by: User) -> Handover:
    """From whoever holds it to somebody else; both sign."""
    return _passed_on(exhibit, "handed over", to, step, signed, by)


@atomic
def return_exhibit(exhibit: Exhibit, to: Party, step: Step, signed: Signed, by: User) -> Handover:
    """It comes back into the house from somebody outside."""
    if not exhibit.is_outside:
        raise ValidationError(f"{exhibit} is in the house already, with {exhibit.holder}.")
    if not to.ref:
        raise ValidationError("Say which account of the console takes it back.")
    return _passed_on(exhibit, "returned", to, step, signed, by)


@atomic
def give_back(exhibit: Exhibit, to: Party, step: Step, signed: Signed, by: User) -> Handover:
    """To its owner, for good: its custody ends here."""
    return _passed_on(exhibit, "given back", to, step, signed, by)


def _passed_on(exhibit: Exhibit, deed: str, to: Party, step: Step, signed: Signed, by: User) -> Handover:
    _check_thing(exhibit)
    giver = Party(exhibit.holder, exhibit.holder_ref)
    if (to.ref or to.name.casefold()) == (giver.ref or giver.name.casefold()):
        raise ValidationError(f"{to.name} has it already.")
    if not to.name.strip():
        raise ValidationError("Say who takes it.")
    if not step.place.strip():
        raise ValidationError("Say where it goes.")
    if wrong := open_break(links_of(exhibit)):
        raise ValidationError(f"{wrong.words} Seal it again with a witness before it goes on.")
    if exhibit.seal and step.seal_state not in ("whole", "broken"):
        raise ValidationError("Both look at the seal first: say whether it is whole or broken.")
    _check_signed(signed, "gives", giver.ref, giver.name)
    _check_signed(signed, "takes", to.ref, to.name)
    return _append(exhibit, deed, step, (giver, to), signed, by)


def _stays(exhibit: Exhibit, deed: str, step: Step, signed: Signed, by: User) -> Handover:
    """A deed after which the same person holds it."""
    holder = Party(exhibit.holder, exhibit.holder_ref)
    return _append(exhibit, deed, step, (holder, holder), signed, by)


def _check_thing(exhibit: Exhibit) -> None:
    if exhibit.is_digital:
        raise ValidationError("Digital content has no seal but its SHA-256, and stays where it is: give a copy of it.")


def _check_signed(signed: Signed, part: str, who: str, name: str = "") -> None:
    words = {"gives": "gives it", "takes": "takes it", "does": "does this"}[part]
    ones = [one for one in signed if one.part == part]
    if not ones:
        raise ValidationError(f"Whoever {words} must sign.")
    if ones[0].who != who or (not who and ones[0].name.casefold() != name.casefold()):
        raise ValidationError(f"The signature of whoever {words} is somebody else's.")


def _append(exhibit: Exhibit, deed: str, step: Step, hands: tuple[Party, Party], signed: Signed, by: User) -> Handover:
    """The next link of the chain, and the exhibit's row as that link says it is."""
    custody = locked(exhibit.case)
    exhibit.refresh_from_db()
    before, now = links_of(exhibit), timezone.now()
    at = step.at or now
    _check_order(exhibit, before, at, now)
    _check_changes(step)
    giver, taker = hands
    left = (step.seal_left if step.seal_left is not None else exhibit.seal).strip()[:60]
    link = Handover(custody=custody, exhibit=exhibit, number=custody.number + 1, step=len(before) + 1, deed=deed, at=at)
    link.written_at, link.previous = now, custody.digest
    link.giver, link.giver_ref, link.taker, link.taker_ref = giver.name[:120], giver.ref, taker.name[:120], taker.ref
    link.place, link.why, link.how = (step.place.strip() or exhibit.place)[:200], step.why.strip()[:400], step.how[:400]
    link.seal_state, link.seal_found, link.seal_left = step.seal_state, step.seal_found.strip()[:60], left
    link.changes, link.changes_by = step.changes.strip()[:400], step.changes_by.strip()[:120]
    link.content, link.record = exhibit.digest, engine.record_digest(fields_of(exhibit, exhibit.case.number))
    link.signatures = as_json(signed)
    link.digest = engine.link_digest(as_link(link, exhibit.case.number, exhibit.number))
    link.save(force_insert=True)
    _stand(exhibit, link)
    _seal_head(custody, link)
    _tell(link, exhibit, by)
    return link


def _tell(link: Handover, exhibit: Exhibit, by: User) -> None:
    """The audit knows the link's digest: whoever writes the chain anew must write the audit anew too. What a demo
    practises was done by nobody."""
    about = {"exhibit": exhibit.number, "link": link.number, "digest": link.digest}
    if exhibit.custody.is_practice:
        record(None, VERBS[link.deed], f"case:{exhibit.case.number}", practice=True, **about)
    else:
        record(by, VERBS[link.deed], f"case:{exhibit.case.number}", **about)


def _check_order(exhibit: Exhibit, before: list[engine.Link], at: datetime, now: datetime) -> None:
    if is_ended(before):
        raise ValidationError(f"The custody of {exhibit} ended: it was given back on {before[-1].at:%d %b %Y}.")
    if at > now:
        raise ValidationError("That lies in the future: write down what was done, not what is planned.")
    if before and at < before[-1].at:
        raise ValidationError(
            f"That lies before the step before it, {before[-1].deed} on {before[-1].at:%d %b %Y %H:%M} UTC."
        )


def _check_changes(step: Step) -> None:
    if not step.why.strip():
        raise ValidationError("Say why.")
    if step.changes.strip() and not step.changes_by.strip():
        raise ValidationError("Say who answers for the change that could not be avoided.")


def _stand(exhibit: Exhibit, link: Handover) -> None:
    exhibit.holder, exhibit.holder_ref, exhibit.place = link.taker, link.taker_ref, link.place
    exhibit.seal, exhibit.steps = link.seal_left, link.step
    exhibit.save(update_fields=["holder", "holder_ref", "place", "seal", "steps"])


def locked(case: Case) -> Custody:
    """The case's chain, made when there is none; locked until the transaction ends, so that one link follows the other.

    Raises ValidationError when its head is not as it was sealed: a new seal would cover up that the end was cut off.
    """
    custody, is_new = Custody.objects.select_for_update().get_or_create(case=case, defaults={"digest": engine.FIRST})
    if is_new:
        reseal(custody)
    elif custody.seal != _seal(custody):
        raise ValidationError(
            f"The record of how long the custody of case {case.number} is was edited; nothing is added until it is put "
            f"right. Run `bartizan evidence verify {case.number}`, then restore the last backup."
        )
    return custody


def _seal_head(custody: Custody, link: Handover) -> None:
    custody.number, custody.digest = link.number, link.digest
    reseal(custody)


def reseal(custody: Custody) -> None:
    custody.seal = _seal(custody)
    custody.save(update_fields=["number", "digest", "stamps", "seal"])


def _seal(custody: Custody) -> str:
    told = (custody.case.number, custody.number, custody.digest, custody.stamps)
    return engine.seal_of_head(audit_key(), *told, is_practice=custody.is_practice)


@atomic
def note_missing(case: Case, name: str, words: str, by: User) -> MissingThing:
    """Something was looked for and is not there: it is listed, so that nobody takes the list for whole."""
    if not name.strip():
        raise ValidationError("Say what is missing.")
    told = {"name": name.strip()[:200], "words": words.strip()[:400], "by": called(by)[:120]}
    missing = MissingThing.objects.create(custody=locked(case), **told)
    record(by, "noted as missing", f"case:{case.number}", name=missing.name, words=missing.words)
    return missing


@atomic
def found_missing(missing: MissingThing, exhibit: Exhibit, by: User) -> None:
    """What was missing is there, as this exhibit."""
    missing.found_as = exhibit
    missing.save(update_fields=["found_as"])
    record(by, "found what was missing", f"case:{exhibit.case.number}", name=missing.name, exhibit=exhibit.number)
