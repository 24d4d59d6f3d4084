"""The fact sheet of a case, and the packets that leave the house: who is named, what is in them."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from bartizan.cases import packet_file
from bartizan.cases.actions import packet as acts
from bartizan.cases.actions import set_lead
from bartizan.cases.actions.gate import agree_override, ask_override
from bartizan.cases.custody import Evidence
from bartizan.cases.dossier import LEVEL_OF, Asked
from bartizan.cases.fact_sheet import NOT_KNOWN, fact_sheet
from bartizan.cases.models import Case, Exhibit, FactEntry, Packet
from bartizan.cases.packet_check import check
from bartizan.cases.packet_paper import TooLongError, paper
from bartizan.cli import main
from bartizan.core import vault
from bartizan.core.actions import decide
from bartizan.core.models import AuditEntry
from bartizan.core.roles import Role
from bartizan.engines.packets import redacted
from bartizan.engines.packets.uco import as_case
from bartizan.notices.decisions import Sending
from tests import world
from tests.authority import OPENSSL, Authority, served
from tests.cases import breach
from tests.cases.exhibits import to_police
from tests.engines.dossiers import dossier, veil
from tests.world import World

pytestmark = pytest.mark.django_db
POLICE = Asked("police", "Police, Delft", 2, "26-118-402", signers=(("Alice Archer", "led the inquiry"),))


@pytest.fixture
def no_validation(monkeypatch: pytest.MonkeyPatch) -> None:
    """The graph is validated by the real program in one test; it takes seconds."""
    monkeypatch.setattr(packet_file, "validated", lambda _graph: "not asked")


@pytest.fixture
def breached(here: World, lake: object) -> Case:
    """A case whose verdict knows a doer, and whose gate is shut."""
    breach.build(here)
    case = breach.opened(here, here.alice)
    breach.weighed(case)
    return case


def files_in(packet: Packet) -> dict[str, bytes]:
    assert packet.file is not None
    with zipfile.ZipFile(io.BytesIO(b"".join(vault.read(packet.file.digest)))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def paper_of(packet: Packet) -> str:
    document = pypdfium2.PdfDocument(files_in(packet)["report.pdf"])
    text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    return " ".join(text.replace("\ufffe", "-").split())


def opened_for(case: Case, person: str, here: World) -> None:
    ask_override(case, person, "She said so herself.", here.alice)
    agree_override(case.overrides.get(), "I heard it.", here.bob)


def test_a_fact_that_nobody_and_no_record_says_is_not_known_yet(case: Case) -> None:
    sheet = fact_sheet(case)
    assert sheet.of("people_affected").words == NOT_KNOWN
    assert sheet.of("reference").words == f"Case {case.number}"
    with pytest.raises(KeyError):
        sheet.of("motive")


def test_an_officers_word_stands_before_the_records_until_it_is_taken_back(case: Case, here: World) -> None:
    before = fact_sheet(case)
    acts.settle_fact(case, "what", "A laptop was taken from a desk", "E-01", here.alice)
    said = fact_sheet(case)
    assert said.of("what").words == "A laptop was taken from a desk"
    assert said.of("what").derived == before.of("what").words
    assert said.of("what").is_settled
    assert said.version != before.version
    acts.settle_fact(case, "what", "", "", here.bob)
    assert fact_sheet(case).of("what") == before.of("what")
    assert FactEntry.objects.filter(case=case).count() == 2, "nothing that was said is lost"


def test_the_sheet_names_nobody_while_the_gate_is_shut(breached: Case) -> None:
    told = " ".join(fact.words for fact in fact_sheet(breached).facts)
    assert not [one for one in breach.identifiers(breach.DOER) if one in told]
    assert "Nobody is named" in told


@pytest.mark.usefixtures("no_validation")
def test_the_police_read_a_name_only_when_the_gate_names_it(breached: Case, here: World) -> None:
    typed = f"Telephone of {breach.name(breach.DOER)}, staff number {breach.code(breach.DOER)}"
    acts.settle_fact(breached, "done", "A desk was searched", typed, here.alice)
    asked = replace(POLICE, preserve=(typed,), asks=(typed,), players=(typed,), not_examined=((typed, typed, typed),))
    shut = acts.make_packet(breached, asked, here.alice)
    every = b" ".join(files_in(shut).values()).decode(errors="ignore") + paper_of(shut)
    assert not [one for one in breach.identifiers(breach.DOER) if one in every]
    assert "Nobody: the house names no person" in paper_of(shut)
    opened_for(breached, breach.code(breach.DOER), here)
    named = acts.make_packet(breached, POLICE, here.alice)
    assert f"Reported {breach.name(breach.DOER)}" in paper_of(named)
    assert named.number == 2


@pytest.mark.usefixtures("no_validation")
def test_nobody_stands_in_any_file_for_others_even_when_the_gate_names(breached: Case, here: World) -> None:
    opened_for(breached, breach.code(breach.DOER), here)
    for kind, most in (("regulator", 3), ("executives", 1), ("board", 2), ("insurer", 3)):
        asked = Asked(kind, "Those who asked", signers=(("Alice Archer", "led the inquiry"),))
        made = acts.make_packet(breached, asked, here.alice)
        files = files_in(made)
        every = b" ".join(files.values()).decode(errors="ignore") + paper_of(made)
        assert not [one for one in breach.identifiers(breach.DOER) if one in every], kind
        assert "Nothing was left out because it speaks against the suspicion" in every
        assert "exhibits.csv" not in files
        assert 1 <= made.pages <= most


@pytest.mark.usefixtures("no_validation")
def test_what_speaks_against_it_is_told_in_full_and_what_was_not_examined(breached: Case, here: World) -> None:
    against = fact_sheet(breached).of("against")
    asked = Asked(
        "police", "Police", not_examined=(("His car", "no right to", "where the disk is"),), signers=POLICE.signers
    )
    text = paper_of(acts.make_packet(breached, asked, here.alice))
    assert "His car no right to where the disk is" in text
    assert "not collected" in text, "what the verdict would still collect"
    for words in filter(None, against.words.replace(NOT_KNOWN, "").split("; ")):
        assert words.split(" (")[0][:60] in text


@pytest.mark.usefixtures("no_validation")
def test_a_witness_is_w1_in_every_file_and_the_chain_that_names_her_stays_here(
    case: Case, laptop: Exhibit, here: World
) -> None:
    """Carol found the laptop: its custody names her."""
    told = (("Carol Cole", "found it behind the lockers", "E-01"),)
    asked = Asked("police", "Police", witnesses=told, signers=POLICE.signers)
    made = acts.make_packet(case, asked, here.alice)
    files = files_in(made)
    every = b" ".join(files.values()).decode(errors="ignore") + paper_of(made)
    assert "Carol Cole" not in every
    assert "Witness W1, name held by the office found it behind the lockers" in paper_of(made)
    assert not [name for name in files if name.startswith("custody/")]
    assert b"custody is told in the paper alone" in files["README.txt"]


@pytest.mark.usefixtures("no_validation")
def test_a_packet_holds_exhibits_with_digests_their_chain_and_their_contents(
    case: Case, note: Exhibit, here: World
) -> None:
    asked = Asked("police", "Police", signers=POLICE.signers, with_contents=True)
    made = acts.make_packet(case, asked, here.alice, "Alice Archer")
    files = files_in(made)
    assert files["exhibits/E-01.txt"] == b"meet me at the gate"
    assert note.digest in files["exhibits.csv"].decode()
    digest, _, canonical = files[f"custody/custody-{case.number}.txt"].splitlines()[0].partition(b" ")
    assert hashlib.sha256(canonical).hexdigest() == digest.decode()
    assert note.links.filter(deed="looked at", why="copied into packet 1 for Police").exists()
    with pytest.raises(ValidationError, match="type the name as it stands"):
        acts.make_packet(case, asked, here.alice, "Somebody Else")


@pytest.mark.usefixtures("no_validation")
def test_the_manifest_lists_every_file_and_any_sha256_tool_agrees(
    case: Case, laptop: Exhibit, here: World, tmp_path: Path
) -> None:
    to_police(laptop, here.alice)
    made = acts.make_packet(case, POLICE, here.alice)
    for name, content in files_in(made).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=tmp_path, check=True, capture_output=True)
    assert made.digest == hashlib.sha256((tmp_path / "manifest.json").read_bytes()).hexdigest()
    attachments = hashlib.sha256((tmp_path / "attachments.json").read_bytes()).hexdigest()
    assert attachments in paper_of(made)
    assert "R. Mulder" in paper_of(made)


@pytest.mark.usefixtures("no_validation")
def test_the_command_finds_the_file_that_was_tampered_with(case: Case, here: World, tmp_path: Path) -> None:
    made = acts.make_packet(case, POLICE, here.alice)
    files = files_in(made)

    def said(changed: dict[str, bytes]) -> tuple[int, str]:
        path = tmp_path / "packet.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in changed.items():
                archive.writestr(name, content)
        found = check(path, knows=True)
        return len(found.wrong), " ".join(f"{one.file}: {one.words}" for one in found.wrong) + " ".join(found.told)

    assert said(files) == (0, said(files)[1])
    assert "the one that the office has on record" in said(files)[1]
    count, words = said(files | {"chronology.csv": b"nothing happened"})
    assert count == 1
    assert "chronology.csv: it was changed" in words
    changed = json.loads(files["manifest.json"])
    changed["files"] = [one for one in changed["files"] if one["name"] != "veris.json"]
    rewritten = files | {"manifest.json": json.dumps(changed).encode()}
    del rewritten["veris.json"]
    assert "it is not the one that the office has on record" in said(rewritten)[1]


def test_a_file_that_is_no_packet_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK no zip")
    done = CliRunner().invoke(main, ["--data", str(tmp_path), "packet", "verify", str(tmp_path / "x.zip")])
    assert done.exit_code == 1
    assert "cannot be read as a zip file" in done.output


@pytest.fixture
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    if not OPENSSL:
        pytest.skip("openssl is not installed")
    return Authority(tmp_path_factory.mktemp("tsa"))


@pytest.mark.peer
@pytest.mark.usefixtures("no_validation")
def test_an_authority_stamps_the_manifest_and_openssl_proves_it(
    case: Case, here: World, authority: Authority, tmp_path: Path
) -> None:
    with served(authority) as address:
        decide(None, Sending(allows_private_addresses=True))
        decide(None, Evidence(authority=address, ca_file=str(authority.root)))
        made = acts.make_packet(case, POLICE, here.alice)
    assert made.stamped_at is not None, made.trouble
    files = files_in(made)
    assert authority.confirms(files["manifest.json"], files["manifest.tsr"])
    (tmp_path / "packet.zip").write_bytes(b"".join(vault.read(made.file.digest)) if made.file else b"")
    proven = check(tmp_path / "packet.zip", authority.root.read_text())
    assert not proven.wrong
    assert "The time stamp holds" in " ".join(proven.told)


def test_the_real_validator_accepts_a_whole_case(breached: Case, here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("case_utils")
    monkeypatch.setattr(packet_file, "VALIDATES_FOR", 120.0)
    with pytest.raises(packet_file.PacketError, match="does not conform"):
        packet_file.validated(as_case(dossier()).replace(b'"SHA256"', b"5"))
    assert (
        json.loads(files_in(acts.make_packet(breached, POLICE, here.alice))["manifest.json"])["case_validate"]
        == "conforms"
    )


@pytest.mark.usefixtures("no_validation")
def test_a_packet_is_made_on_its_tab_and_listed_with_its_digest(console: Client, case: Case, here: World) -> None:
    url = f"/cases/{case.number}/packets"
    form = {
        "kind": "regulator",
        "for_whom": "Data protection authority",
        "copies": "1",
        "signers": "Alice Archer | CSO",
    }
    refused = console.post(f"{url}/do/make", form | {"for_whom": "", "asks": "Tell us your number"})
    assert refused.status_code == 422
    assert "Say for whom it is made" in refused.content.decode()
    assert "Tell us your number" in refused.content.decode(), "what was typed is kept"
    for day, words in (("soon", "“soon” is no day"), ("2020-01-01", "is over already: name a later one")):
        refused = console.post(f"{url}/do/make", form | {"keep_until": day, "offence": "Arson"})
        assert words in refused.content.decode()
        assert f'value="{day}"' in refused.content.decode()
    form["keep_until"] = (timezone.now() + timedelta(days=900)).date().isoformat()
    assert console.post(f"{url}/do/make", form | {"offence": "Theft"}).status_code == 302
    assert fact_sheet(case).of("offence").words == "Theft"
    made = Packet.objects.get(case=case)
    assert made.keep_until.isoformat() == form["keep_until"]
    page = console.get(url).content.decode()
    assert made.digest[:8] in page
    assert console.get(f"/files/{made.file_id}").status_code == 200
    assert AuditEntry.objects.filter(verb="made a packet", subject=f"case:{case.number}").exists()


def test_a_fact_is_settled_on_the_tab_and_an_auditor_cannot(console: Client, case: Case, here: World) -> None:
    url = f"/cases/{case.number}/packets"
    assert "not known yet" in console.get(url).content.decode()
    assert console.post(f"{url}/do/settle", {"fact": "border", "words": "No", "source": "Legal"}).status_code == 302
    assert "Legal, settled by Alice Archer" in console.get(url).content.decode()
    assert console.post(f"{url}/do/settle", {"fact": "motive", "words": "No"}).status_code == 422
    here.bob.role = "auditor"
    here.bob.save()
    console.force_login(here.bob)
    assert console.post(f"{url}/do/settle", {"fact": "border", "words": "Yes"}).status_code in (403, 404)
    assert fact_sheet(case).of("border").words == "No"


@pytest.mark.parametrize("kind", ["police", "regulator", "executives", "board", "insurer"])
def test_a_paper_is_the_same_to_the_byte_and_says_what_standard_it_keeps(kind: str) -> None:
    told = redacted(dossier(kind=kind), LEVEL_OF[kind], veil)
    made, pages = paper(told, "ab" * 32)
    assert (made, pages) == paper(told, "ab" * 32)
    assert b"%PDF-1.7" in made[:12]
    assert pages == len(pypdfium2.PdfDocument(made))


def test_what_does_not_fit_on_the_executives_page_is_not_cut_but_said() -> None:
    long = tuple(replace(fact, words="word " * 400) if fact.key == "taken" else fact for fact in dossier().facts)
    told = redacted(dossier(kind="executives", facts=long), "house", veil)
    with pytest.raises(TooLongError, match="does not fit on 1 page"):
        paper(replace(told, against=("It was somebody else. " * 20,) * 12), "ab" * 32)


SEALED = replace(POLICE, witnesses=(("Carol Cole", "found it behind the lockers", "E-01"),), with_annex=True)


@pytest.mark.usefixtures("no_validation")
def test_a_sealed_annex_names_the_witnesses_on_a_paper_of_its_own(case: Case, laptop: Exhibit, here: World) -> None:
    made = acts.make_packet(case, SEALED, here.alice)
    assert made.annex is not None
    pages = pypdfium2.PdfDocument(b"".join(vault.read(made.annex.digest)))
    text = " ".join(page.get_textpage().get_text_bounded() for page in pages)
    assert "W1" in text
    assert "Carol Cole" in text
    assert made.digest in text
    every = b" ".join(files_in(made).values()).decode(errors="ignore") + paper_of(made)
    assert "Carol Cole" not in every
    assert "sealed annex" in paper_of(made)


@pytest.mark.usefixtures("no_validation")
def test_the_annex_is_opened_with_a_reason_by_few_and_each_time_is_in_the_audit(
    case: Case, laptop: Exhibit, here: World
) -> None:
    set_lead(case, here.bob, here.alice)
    made = acts.make_packet(case, SEALED, here.alice)
    assert made.annex is not None
    client = Client()
    client.force_login(here.bob)
    assert client.get(f"/files/{made.annex.pk}").status_code == 404, "no page of files shows it"
    at, told = f"/cases/{case.number}/packets/1/annex", {"to": "J. Bos, prosecutor", "reason": "Request 26-118"}
    assert client.get(at).status_code == 405
    assert "Say why it is opened" in client.post(at, told | {"reason": " "}).content.decode()
    assert "Say which prosecutor" in client.post(at, told | {"to": ""}).content.decode()
    assert not AuditEntry.objects.filter(verb="opened a sealed annex").exists()
    assert client.post(at, told).content.startswith(b"%PDF-")
    line = AuditEntry.objects.get(verb="opened a sealed annex")
    assert (line.by, line.detail["to"], line.detail["reason"]) == (here.bob, told["to"], told["reason"])
    dora = world.officer("dora", "Dora", "Dunn", "Director", Role.DIRECTOR)
    client.force_login(dora)
    assert "chief security officer opens" in client.post(at, told).content.decode()
    assert client.get(f"/files/{made.annex.pk}").status_code == 404


def test_an_annex_needs_a_witness_and_goes_with_the_police_packet_alone(case: Case, here: World) -> None:
    with pytest.raises(ValidationError, match="no witness whom an annex could name"):
        acts.make_packet(case, replace(POLICE, with_annex=True), here.alice)
    with pytest.raises(ValidationError, match="for the police alone"):
        acts.make_packet(case, replace(SEALED, kind="board"), here.alice)
    assert not Packet.objects.exists()
