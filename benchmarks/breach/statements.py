"""What people say when they are asked: the truth, something vague, or a lie."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bartizan.engines.observe import moment
from bartizan.engines.pinpoint.inquiry import Statement
from benchmarks.breach.rates import drawn
from benchmarks.breach.scene import MINUTE, Act, Breach, Scene
from benchmarks.breach.staff import Member
from benchmarks.breach.whereabouts import HOUR

RANGES: Final = {
    "asked": (0, 7), "insider_asked": (0.2, 0.7), "lies": (0.4, 0.95), "vague": (0.1, 0.5), "checked": (0.05, 0.35),
    "witness": (0.1, 0.5), "mistaken": (0.05, 0.25), "owner_tells": (0.2, 0.6), "pretends": (0.02, 0.2),
}  # fmt: skip


def taken(scene: Scene, breach: Breach) -> list[Statement]:
    rng, rates = scene.rng, drawn(scene.rng, RANGES)
    acts = scene.acts or [_supposed(scene)]
    found: list[Statement] = []
    asked = rng.sample(scene.members, min(len(scene.members), round(rates["asked"])))
    for act in acts:
        for member in (m for m in asked if m is not breach.member):
            vague, checked = rng.random() < rates["vague"], rng.random() < rates["checked"]
            found += [_account(scene, member, act, vague=vague, checked=checked)]
        if breach.member and rng.random() < rates["insider_asked"]:
            found += [_of_insider(scene, breach.member, act, lies=rng.random() < rates["lies"])]
        found += _witnesses(scene, breach, act, rates["witness"], rates["mistaken"])
    owner = breach.credential
    if owner and rng.random() < rates["owner_tells"]:
        found.append(_lent(scene, owner, breach, acts[0]))
    if breach.member and rng.random() < rates["pretends"]:
        found.append(_lent(scene, breach.member, breach, acts[0]))
    rng.shuffle(found)
    return found


def _supposed(scene: Scene) -> Act:
    """Nothing was done: people are asked about the time of the effect."""
    draft = scene.drafts[0]
    middle = (draft.since + draft.until) // 2
    return Act(0, middle, middle + 10 * MINUTE, draft.place.partition(":")[2])


def _account(scene: Scene, member: Member, act: Act, *, vague: bool, checked: bool) -> Statement:
    """Where the member says to have been, which is where he was."""
    since, until = (
        act.since - int(scene.rng.uniform(2, 40) * MINUTE),
        act.until + int(scene.rng.uniform(2, 40) * MINUTE),
    )
    rooms = {scene.whereabouts.room(member, at) for at in range(since, until, 2 * MINUTE)}
    room = scene.whereabouts.room(member, act.since)
    exact = not vague and len(rooms) == 1
    place = f"zone:{room}" if exact else f"site:{scene.premises.rooms[room].site}"
    if room == scene.premises.street(room) and not exact:
        place = ""
    return Statement(member.code, member.code, moment(since), moment(until), place, is_checked=checked and exact)


def _of_insider(scene: Scene, member: Member, act: Act, *, lies: bool) -> Statement:
    """Something vague; or a lie: at the own desk, or not in the house at all."""
    if not lies:
        return _account(scene, member, act, vague=True, checked=False)
    room = member.home if act.room != member.home and scene.rng.random() < 0.6 else scene.premises.street(member.home)
    return Statement(
        member.code, member.code, moment(act.since - 20 * MINUTE), moment(act.until + 20 * MINUTE), f"zone:{room}"
    )


def _witnesses(scene: Scene, breach: Breach, act: Act, chance: float, mistaken: float) -> Iterator[Statement]:
    """Whoever was in the room or in front of it may have seen somebody, and may have mistaken one for another."""
    if not act.number:
        return
    rng = scene.rng
    near = {act.room, scene.premises.door_of(act.room).outer}
    for member in scene.members:
        if (
            member is breach.member
            or scene.whereabouts.room(member, act.since + 2 * MINUTE) not in near
            or rng.random() > chance / 2
        ):
            continue
        seen = breach.member
        if rng.random() < mistaken:
            seen = rng.choice(scene.members)
        if seen is None or seen is member:
            continue
        early, late = (int(rng.uniform(3, 50) * MINUTE) for _ in range(2))
        yield Statement(member.code, seen.code, moment(act.since - early), moment(act.until + late), f"zone:{act.room}")


def _lent(scene: Scene, owner: Member, breach: Breach, act: Act) -> Statement:
    """The badge or password was lost, lent or told; whoever pretends says the same."""
    by_badge = breach.route in ("cloned_badge", "lost_badge", "contractor_hours", "tailgating", "sensor_tampered")
    since = act.since - int(scene.rng.uniform(1, 200) * HOUR)
    return Statement(
        owner.code, owner.code, moment(since), moment(act.until), "", owner.badge if by_badge else owner.user
    )
