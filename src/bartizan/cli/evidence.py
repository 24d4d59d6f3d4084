"""evidence verify."""

from __future__ import annotations

import click

from bartizan.cli import main, open_records


@main.group()
def evidence() -> None:
    """Exhibits and their custody."""


@evidence.command()
@click.argument("case", default="")
@click.option("--quick", is_flag=True, help="Chains and time stamps only; contents and disk images are not read.")
def verify(case: str, quick: bool) -> None:
    """Examine the evidence of CASE, or of every case: chain, contents, disk images that can be reached, time stamps.

    Exit code 1 when anything is not as it was kept. Nothing is changed. A restored backup is examined with --data.
    """
    open_records(makes=False)
    from bartizan.cases.models import Case
    from bartizan.cases.queries.exhibit import gone_cases, with_evidence

    found = list(Case.objects.filter(number=case)) if case else list(with_evidence())
    if case and not found:
        raise click.ClickException(f"There is no case {case}; its number is like 2026-041.")
    gone = [] if case else gone_cases()
    for number in gone:
        click.echo(f"✕ {number}: the audit knows of its evidence, and the case is not there any more.")
    if not found and not gone:
        click.echo("No case has evidence.")
    is_whole = [_examined(one, quick=quick) for one in found]
    if gone or not all(is_whole):
        raise SystemExit(1)


def _examined(case: object, *, quick: bool) -> bool:
    """Say what was found; whether all is well."""
    from bartizan.cases.models import Case
    from bartizan.cases.proofs import prove

    assert isinstance(case, Case)
    proof = prove(case, reads_contents=not quick)
    for fault in proof.faults:
        click.echo(f"✕ {case.number}: {fault.words}")
    for number, state in proof.contents.items():
        if state == "not reached":
            click.echo(f"· {case.number}: the disk image of {number} cannot be reached here; it was not examined.")
    if proof.faults:
        return False
    read = sum(state == "whole" for state in proof.contents.values())
    contents = "contents not read" if quick else f"{read} content{'s' if read != 1 else ''} unchanged"
    stamps = f"{proof.stamps} time stamp{'s' if proof.stamps != 1 else ''} hold" if proof.stamps else "no time stamp"
    click.echo(f"· {case.number}: {proof.links} link{'s' if proof.links != 1 else ''}, whole; {contents}; {stamps}.")
    for words in proof.looks:
        click.echo(f"  Look: {words}")
    return True
