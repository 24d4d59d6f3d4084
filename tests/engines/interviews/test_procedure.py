"""No sequence of deeds reaches a signed statement without rights, or a subject's account without the gate."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bartizan.engines.interviews import Refused, Standing, missing, take
from bartizan.engines.interviews.procedure import _TURNS, PARTS

QUICK = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NEEDED = frozenset({"about", "silence"})
DEEDS = st.tuples(
    st.sampled_from(sorted(_TURNS)),
    st.sampled_from([*PARTS, *NEEDED, ""]),
    st.sampled_from(["", "evidence", "override"]),
    st.sampled_from(["yes", "no", ""]),
    st.sampled_from(["", "it cannot wait"]),
)
# What a whole interview takes, so that sequences get far: shuffled and disturbed by the rest.
WHOLE = [
    ("right", "about"), ("right", "silence"), ("consent", ""), ("begin", ""), ("free", ""), ("note", ""),
    ("clarify", ""), ("put", ""), ("version", ""), ("close", ""), ("readback", ""), ("sign", "heard"),
    ("sign", "interviewer"), ("finish", ""), ("evaluate", ""),
]  # fmt: skip
STEP = st.one_of(DEEDS, st.sampled_from(WHOLE).map(lambda one: (*one, "evidence", "yes", "")))


def run(heard_as: str, deeds: list[tuple[str, str, str, str, str]]) -> list[tuple[str, Standing]]:
    now, passed = Standing(heard_as, NEEDED), []
    for deed, part, gate, answer, reason in deeds:
        try:
            now = take(deed, now, part=part, gate=gate, answer=answer, reason=reason)
        except Refused:
            continue
        passed.append((deed, now))
    return passed


def whole(gate: str = "evidence") -> list[tuple[str, str, str, str, str]]:
    return [(deed, part, gate, "yes", "") for deed, part in WHOLE]


@QUICK
@given(st.sampled_from(["subject", "witness"]), st.lists(STEP, max_size=40))
def test_no_account_without_rights_and_no_signature_without_a_read_back(
    heard_as: str, deeds: list[tuple[str, str, str, str, str]]
) -> None:
    for deed, now in run(heard_as, deeds):
        if now.lines or now.version or now.signed:
            assert now.given >= NEEDED
            assert now.consent
        if now.signed or now.is_refused:
            assert now.read_back == now.version > 0
        if deed == "sign" and "interviewer" in now.signed:
            assert "heard" in now.signed or now.is_refused


@QUICK
@given(st.lists(STEP, max_size=40), st.booleans())
def test_no_subject_is_heard_while_the_gate_is_shut(
    deeds: list[tuple[str, str, str, str, str]], is_whole: bool
) -> None:
    shut = [(deed, part, "", answer, reason) for deed, part, _, answer, reason in (whole() if is_whole else deeds)]
    assert {now.stage for _, now in run("subject", shut)} <= {"plan", "ended", "done"}
    assert all(not now.lines and not now.signed and not now.given for _, now in run("subject", shut))


@QUICK
@given(st.lists(STEP, max_size=40))
def test_what_is_held_back_waits_for_the_free_account_unless_a_reason_is_written(
    deeds: list[tuple[str, str, str, str, str]],
) -> None:
    now = Standing("witness", NEEDED)
    for deed, part, gate, answer, reason in deeds:
        if deed == "release" and now.stage in ("plan", "engage", "free") and not reason:
            assert missing(deed, now, reason=reason)
        try:
            now = take(deed, now, part=part, gate=gate, answer=answer, reason=reason)
        except Refused:
            continue


def test_a_whole_interview_by_the_book_is_done() -> None:
    found = run("subject", whole())
    assert len(found) == len(WHOLE)
    assert (found[-1][1].stage, found[-1][1].opened_by) == ("done", "evidence")
