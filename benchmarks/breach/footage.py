"""What officers find when they look at the footage around an effect: names, some of them wrong."""

from __future__ import annotations

from statistics import NormalDist
from typing import Final

from benchmarks.breach.log import Passage, Row
from benchmarks.breach.rates import drawn
from benchmarks.breach.scene import MINUTE, Breach, Draft, Scene
from benchmarks.breach.whereabouts import HOUR

RANGES: Final = {
    "looked_at": (0.5, 1.0),
    "strength": (2.6, 5.0),
    "least": (0.5, 2.0),
    "most": (20, 90),
    "hours": (8, 40),
}
_NORMAL: Final = NormalDist()


def look(scene: Scene, breach: Breach) -> None:
    """Adds ``camera.person`` records with a name to ``scene.rows``. Nobody who looks knows what the truth is: all that
    passed the cameras on the way to the place, as far as time allows, are compared with the staff's pictures."""
    rates = drawn(scene.rng, RANGES)
    hidden = {act.number for act in scene.acts if act.face_hidden}
    seen: set[tuple[int, str]] = set()
    for draft in scene.drafts:
        place = _place(scene, breach, draft)
        if not place or draft.until - draft.since > rates["hours"] * HOUR or scene.rng.random() > rates["looked_at"]:
            continue
        for passage in _passages(scene, place, draft, round(rates["most"])):
            if (passage.time, passage.camera) not in seen:
                seen.add((passage.time, passage.camera))
                _compare(scene, passage, rates["strength"], rates["least"], is_hidden=passage.act in hidden)


def _passages(scene: Scene, place: str, draft: Draft, most: int) -> list[Passage]:
    """As many as there is time for, those at the nearest cameras first."""
    found: list[Passage] = []
    since, until = draft.since - 30 * MINUTE, draft.until + 30 * MINUTE
    for step in reversed(scene.premises.way(scene.premises.street(place), place)):
        here = [
            p for p in scene.walking.passages if step.camera and p.camera == step.camera and since <= p.time <= until
        ]
        found += scene.rng.sample(here, min(len(here), most - len(found)))
    return found


def _place(scene: Scene, breach: Breach, draft: Draft) -> str:
    """Where somebody would look: at the effect's place, or its machine's, or that of the user account that it shows."""
    kind, _, name = draft.place.partition(":")
    if kind == "zone":
        return name
    if kind == "portal":
        return scene.premises.doors[name].inner
    host = scene.organisation.staff.hosts.get(draft.device.partition(":")[2])
    if host and host.kind == "workstation":
        return host.zone
    return breach.room if draft.tag and breach.room and not draft.device else ""


def _compare(scene: Scene, passage: Passage, strength: float, least: float, *, is_hidden: bool) -> None:
    """Likelihood ratios are calibrated: normal, mean half the variance for the right picture and minus that for others.
    The best picture of all the staff is reported, if it is good enough."""
    rng, members = scene.rng, scene.members
    best = -strength * strength / 2 + strength * _NORMAL.inv_cdf(rng.random() ** (1 / len(members)))
    person = rng.choice(members).code
    if passage.person and not is_hidden:
        own = rng.gauss(strength * strength / 2, strength)
        if own > best:
            best, person = own, passage.person
    if best >= least:
        site = passage.camera.partition(":")[2][:2].lower()
        who, data = f"person:{person}", {"count": 1, "llr": round(best, 2)}
        time, camera, place, _, act = passage
        scene.rows.append(Row(time, f"{site}-cameras", "camera.person", who, place, camera, "", "", data, act))
