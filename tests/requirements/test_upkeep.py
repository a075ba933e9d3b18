"""What happens to a document after its release: 四(二)2, 四(四) and the small changes of status."""

from __future__ import annotations

import hashlib
import subprocess
import zlib
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.acceptance.scenes import rewrite
from tests.company import NOTE_FIELDS, PROJECT, Company, Desk, found_repository, new_note, new_plan
from tests.conftest import PAPER

LATER = "2023-05-20T09:00:00+08:00"
NOTE = "XS202305001"
MINUTES = "GT202305001"
ACTIONS = """
actions:
  - {text: 催问接口, owner: lin, due: 2023-05-19}
  - text: 补充报价
    owner: shen
    due: 2023-05-22
"""


def words(**fields: str) -> list[str]:
    """Options of `prs new` that fill fields."""
    return [word for name, value in fields.items() for word in ("--set", f"{name}={value}")]


@pytest.fixture(scope="module")
def tracked(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A published note by song, and published minutes by lin with two action items; each has one tracked change."""
    desk = found_repository(company, tmp_path_factory.mktemp("tracked"))
    assert new_note(desk) == NOTE
    fields = words(meeting_type="regular", held_at="2023-05-18T09:00:00+08:00", host="shen", attendees="lin,shen")
    assert desk.new("lin", "meeting-minutes", "周例会纪要", "-p", PROJECT, *fields) == MINUTES
    path = desk.path_of(MINUTES)
    before, _, rest = path.read_text(encoding="utf-8").partition("\nactions:")
    path.write_text(before + ACTIONS.rstrip("\n") + "\n" + rest.partition("\n")[2], encoding="utf-8")
    desk.ok("song", "save", NOTE, "-m", "研讨会信息")
    desk.ok("song", "register", NOTE)
    desk.ok("lin", "save", MINUTES, "-m", "周例会纪要")
    desk.ok("lin", "submit", MINUTES, "-m", "首次发布")
    desk.ok("shen", "approve", MINUTES)
    desk.ok("shen", "track", NOTE, "accuracy=verified", "accuracy_by=shen", "-m", "已向主办方核实", now=LATER)
    desk.ok("lin", "track", MINUTES, "actions.催问接口.done=2023-05-19", "actions.2.done=2023-05-20", now=LATER)
    return desk


def test_r168_a_status_changes_without_a_new_version(tracked: Desk) -> None:
    """R168 | prs track | Only fields of mutable_after_release change, without a new approval; the version stays."""
    shown = tracked.ok("", "show", MINUTES, "--json").json
    assert (shown["status"], shown["version"], shown["versions"]) == ("published", "1.0", ["1.0"])
    assert [item["done"] for item in shown["front_matter"]["actions"]] == ["2023-05-19", "2023-05-20"]
    now = tracked.ok("", "show", f"{MINUTES}@1.0").raw
    assert now == tracked.path_of(MINUTES).read_bytes()
    assert now == tracked.git("cat-file", "blob", f"approved:{tracked.path_of(MINUTES).relative_to(tracked.root)}").raw
    first = tracked.ok("", "show", f"{MINUTES}@1.0", "--as-published").out
    assert first.encode() != now and "done:" not in first
    history = tracked.ok("", "history", NOTE, "--json").json
    assert [item["decision"] for item in history][-1] == "track"
    assert history[-1]["changes"] == ["accuracy=verified", "accuracy_by=shen"]
    assert history[-1]["note"] == "已向主办方核实"
    assert tracked.ok("", "verify", "--full").out.startswith("The ledger verifies.")


def test_r168_another_field_is_refused(tracked: Desk) -> None:
    """R168 | prs track | Another field, another person, a wrong value or place: refused, and nothing changes."""
    for code, person, *command in (
        ("W300", "lin", MINUTES, "actions.1.due=2023-05-30"),
        ("W300", "lin", MINUTES, "title=别的"),
        ("W300", "lin", MINUTES, "actions.done=2023-05-20"),
        ("W302", "lin", MINUTES, "actions.9.done=2023-05-20"),
        ("W304", "lin", MINUTES, "actions.1.done=昨天"),
        ("A433", "lin", MINUTES, "actions.1.done=2023-05-19"),
        ("A434", "xu", MINUTES, "actions.1.done=2023-05-21"),
        ("A435", "song", NOTE, "accuracy=wrong"),
        ("A430", "lin", "QD202305009", "done_on=2023-05-20"),
    ):
        tracked.refuse(code, person, "track", *command, now=LATER)


def test_r168_only_the_text_in_force_is_tracked(tracked: Desk, tmp_path: Path) -> None:
    """R168 | prs track | A file with other changes, saved or not, and a version in review are not tracked."""
    desk = tracked.copy(tmp_path)
    desk.edit(MINUTES)
    desk.refuse("W301", "lin", "track", MINUTES, "actions.1.done=2023-05-21")
    desk.ok("lin", "save", MINUTES, "-m", "补充")
    desk.refuse("W301", "lin", "track", MINUTES, "actions.1.done=2023-05-21")
    desk.ok("lin", "submit", MINUTES, "-m", "补充")
    desk.refuse("A309", "lin", "track", MINUTES, "actions.1.done=2023-05-21")
    assert desk.ok("shen", "approve", MINUTES, "--json").json["version"] == "1.1"
    desk.ok("lin", "track", MINUTES, "actions.1.done=2023-05-21")
    assert desk.ok("", "show", MINUTES, "--json").json["version"] == "1.1"


def controlled(desk: Desk, type_id: str, *approvers: str, now: str = LATER, **fields: str) -> str:
    """A document of the document controller, published."""
    number = str(desk.ok("ye", "new", type_id, "-t", type_id, *words(**fields), "--json", now=now).json["number"])
    desk.ok("ye", "save", number, "-m", "登记", now=now)
    publish(desk, number, *approvers, now=now)
    return number


def publish(desk: Desk, number: str, *approvers: str, now: str = LATER) -> None:
    desk.ok("ye", "submit" if approvers else "register", number, "-m", "登记", now=now)
    for person in approvers:
        desk.ok(person, "approve", number, now=now)


def status(desk: Desk, number: str, now: str = LATER) -> str:
    return str(desk.ok("", "show", number, "--json", now=now).json["status"])


def numbers(desk: Desk, *words: str, now: str = LATER) -> set[str]:
    return {item["number"] for item in desk.ok("", "list", *words, "--json", now=now).json}


@pytest.fixture(scope="module")
def archived(tracked: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The same, where the note is obsolete and the project's minutes are archived."""
    desk = tracked.copy(tmp_path_factory.mktemp("archived"))
    assert controlled(desk, "obsolescence-notice", "shen", target=NOTE, keep="true") == "WK202305001"
    made = desk.ok("ye", "archive", "-p", PROJECT, "--json", now=LATER).json
    desk.ok("ye", "save", made["number"], "-m", "归档", now=LATER)
    publish(desk, made["number"], "shen")
    return desk


def test_r121_what_is_archived_is_read_only(archived: Desk, tmp_path: Path) -> None:
    """R121 | prs archive, prs save, git commit | The drafted list archives the project; an edit is refused everywhere."""
    desk = archived.copy(tmp_path)
    assert (status(desk, MINUTES), status(desk, NOTE)) == ("archived", "obsolete")
    assert desk.ok("", "show", "WK202305002", "--json").json["front_matter"]["documents"] == [MINUTES]
    desk.refuse("W311", "ye", "archive", "-p", PROJECT, now=LATER)
    desk.refuse("A448", "lin", "track", MINUTES, "actions.1.done=2023-05-21", now=LATER)
    desk.edit(MINUTES)
    saved = desk.prs("lin", "save", MINUTES, "-m", "改")
    assert saved.code == 1
    assert "error[W310]" in saved.out
    desk.git_ok("add", "-A")
    assert desk.ok("", "hooks", "install").code == 0
    committed = desk.commit("lin", "改")
    assert committed.code == 1
    assert "W310" in committed.err
    desk.git_ok("-c", "core.hooksPath=/dev/null", "reset", "--hard", "-q")
    assert desk.commit("lin", "改", "--allow-empty").code == 0
    desk.refuse("A448", "lin", "submit", MINUTES, "-m", "改", now=LATER)


def test_r123_what_is_not_in_force_is_not_listed_as_effective(archived: Desk) -> None:
    """R123 | prs list --effective | An obsolete document and one that is superseded are not in force."""
    found = numbers(archived, "--effective")
    assert {MINUTES, "WK202305001", "WK202305002"} <= found
    assert NOTE not in found
    assert numbers(archived, "--status", "obsolete") == {NOTE}


def test_r123_a_copy_of_what_is_obsolete_says_so(archived: Desk, tmp_path: Path) -> None:
    """R123 | prs export, prs verify FILE.pdf | An obsolete document is printed as obsolete and goes to no customer."""
    desk = archived.copy(tmp_path)
    [made] = desk.ok("", "export", NOTE, "--json", now=LATER).json
    text = subprocess.run(["pdftotext", "-layout", made["path"], "-"], capture_output=True, check=True).stdout.decode()
    assert "作废" in text
    assert "受控" not in text.replace("受控状态", "")
    verdict = desk.ok("", "verify", made["path"], "--json").json
    assert (verdict["profile"], verdict["in_force"]) == ("obsolete", False)
    assert desk.prs("", "export", NOTE, "--profile", "external", now=LATER).codes in (["A448"], ["W118"])
    [kept] = desk.ok("", "export", MINUTES, "--json", now=LATER).json
    assert desk.ok("", "verify", kept["path"], "--json").json["in_force"]


def test_r123_a_document_that_another_supersedes_is_not_in_force(tracked: Desk, tmp_path: Path) -> None:
    """R123 | prs list --effective | A published document takes the place of what it names in `supersedes`."""
    desk = tracked.copy(tmp_path)
    newer = desk.new("song", "market-info-note", "研讨会信息更正", *NOTE_FIELDS, "--set", f"supersedes={NOTE}")
    desk.ok("song", "save", newer, "-m", "更正")
    assert NOTE in numbers(desk, "--effective")
    desk.ok("song", "register", newer)
    [old] = desk.ok("", "export", NOTE, "--json").json
    assert desk.ok("", "verify", old["path"], "--json").json["profile"] == "obsolete"
    assert NOTE not in numbers(desk, "--effective")
    (item,) = desk.ok("", "list", "--status", "superseded", "--json").json
    assert (item["number"], item["superseded_by"]) == (NOTE, newer)


DISPOSAL = {"targets": NOTE, "reason": "useless", "witnesses": "han,xu"}


def test_r122_documents_are_removed_by_an_approved_request_alone(archived: Desk, tmp_path: Path) -> None:
    """R122 | prs dispose, git rm | A request with its whole chain and two witnesses removes exactly its documents."""
    desk = archived.copy(tmp_path)
    path = desk.path_of(NOTE).relative_to(desk.root)
    desk.ok("", "hooks", "install")
    desk.git_ok("rm", "-q", path)
    refused = desk.commit("song", "删除")
    assert refused.code == 1
    assert "P105" in refused.err
    desk.git_ok("reset", "-q", "--hard")
    for witnesses in ("han,ye", "han"):
        number = desk.new("ye", "disposal-request", "销毁申请", *words(**{**DISPOSAL, "witnesses": witnesses}))
        saved = desk.prs("ye", "save", number, "-m", "申请")
        assert (saved.code, "error[F130]" in saved.out) == (1, True)
        desk.path_of(number).unlink()
    early = desk.new("ye", "disposal-request", "销毁申请", *words(**{**DISPOSAL, "reason": "expired"}))
    desk.ok("ye", "save", early, "-m", "申请")
    desk.refuse("A446", "ye", "submit", early, "-m", "申请", now=LATER)
    request = desk.new("ye", "disposal-request", "销毁申请", *words(**DISPOSAL))
    desk.ok("ye", "save", request, "-m", "申请")
    desk.refuse("W312", "ye", "dispose", request, now=LATER)
    before = set(desk.git_ok("ls-tree", "-r", "--name-only", "-z", "approved").split("\0"))
    main = set(desk.git_ok("ls-tree", "-r", "--name-only", "-z", "main").split("\0"))
    publish(desk, request, "cheng", "shen", "cheng")
    after = set(desk.git_ok("ls-tree", "-r", "--name-only", "-z", "approved").split("\0"))
    assert before - after == {str(path)}
    assert (status(desk, NOTE), path.exists()) == ("disposed", False)
    desk.refuse("W313", "lin", "dispose", request, now=LATER)
    done = desk.ok("ye", "dispose", request, "--json", now=LATER).json
    assert (done["numbers"], done["paths"]) == ([NOTE], [str(path)])
    assert main - set(desk.git_ok("ls-tree", "-r", "--name-only", "-z", "main").split("\0")) == {str(path)}
    assert desk.git_ok("log", "-1", "--format=%s") == f"prs dispose {request}: {NOTE}"
    assert (status(desk, NOTE), numbers(desk, "--status", "disposed")) == ("disposed", {NOTE})
    assert [item["decision"] for item in desk.ok("", "history", NOTE, "--json").json][-1] == "dispose"
    assert desk.ok("", "verify", "--full").code == 0
    assert desk.ok("", "verify", NOTE).code == 0
    assert desk.ok("", "check").code == 0
    assert desk.ok("ye", "dispose", request, "--json", now=LATER).json["commit"] == ""


def test_r122_retention_starts_with_the_archive(archived: Desk, tmp_path: Path) -> None:
    """R122 | prs list --retention-over | A document may go when its years since archiving are over, not before."""
    assert numbers(archived, "--retention-over", now="2033-05-20T12:00:00+08:00") == set()
    assert numbers(archived, "--retention-over", now="2033-05-21T12:00:00+08:00") == {MINUTES}
    desk = archived.copy(tmp_path)
    later = "2033-06-01T12:00:00+08:00"
    fields = {**DISPOSAL, "targets": MINUTES, "reason": "expired"}
    request = controlled(desk, "disposal-request", "cheng", "shen", "cheng", now=later, **fields)
    desk.ok("ye", "dispose", request, now=later)
    assert status(desk, MINUTES, later) == "disposed"
    assert not list(desk.root.rglob(f"{MINUTES}-*"))


def test_a_mistaken_list_is_mended_by_its_next_version(archived: Desk, tmp_path: Path) -> None:
    """The new list archives what it names, and gives back what only the one before named."""
    desk = archived.copy(tmp_path)
    rewrite(desk, "WK202305002", f"documents: [{MINUTES}]", f"documents: [{NOTE}]")
    desk.ok("ye", "save", "WK202305002", "-m", "更正")
    publish(desk, "WK202305002", "shen")
    assert (status(desk, MINUTES), status(desk, NOTE)) == ("published", "obsolete")
    desk.edit(MINUTES)
    desk.ok("lin", "save", MINUTES, "-m", "改")


def test_who_may_end_the_life_of_a_document(tracked: Desk, tmp_path: Path) -> None:
    """A notice by somebody without the role, about a draft, or about a document in review is refused."""
    desk = tracked.copy(tmp_path)
    draft = new_plan(desk)
    desk.ok("lin", "save", draft, "-m", "初稿")
    number = desk.new("ye", "obsolescence-notice", "作废", *words(target=draft, keep="false"))
    desk.ok("ye", "save", number, "-m", "作废")
    desk.refuse("A442", "ye", "submit", number, "-m", "作废")
    desk.edit(MINUTES)
    desk.ok("lin", "save", MINUTES, "-m", "改")
    desk.ok("lin", "submit", MINUTES, "-m", "改")
    rewrite(desk, number, f"target: {draft}", f"target: {MINUTES}")
    desk.ok("ye", "save", number, "-m", "作废")
    desk.refuse("A443", "ye", "submit", number, "-m", "作废")


def test_r100_paper_of_an_important_document_is_asked_for(published_once: Desk, tmp_path: Path) -> None:
    """R100 | prs paper missing, prs due | An important version without a paper record is PAPER-MISSING (D201)."""
    desk = published_once.copy(tmp_path)
    (item,) = desk.prs("", "paper", "missing", "--json").json
    assert (item["code"], item["number"], item["version"]) == ("D201", PAPER, "1.0")
    assert (item["due"], item["overdue"]) == ("2023-05-25", False)
    late = desk.prs("", "due", "--json", now="2023-05-26T09:00:00+08:00")
    assert ("D201", PAPER, "overdue") in {(row["code"], row["number"], row["state"]) for row in late.json}
    fields = {"archive_no": "ZD-2023-001", "location": "档案室3号柜", "copies": "2", "archived_on": "2023-05-19"}
    controlled(desk, "paper-archive-record", target=f"{PAPER}@1.0", **fields)
    assert desk.ok("", "paper", "missing", "--json").json == []
    found = desk.ok("", "paper", "find", PAPER)
    assert all(word in found.out for word in ("ZD-2023-001", "档案室3号柜", "2", "2023-05-19"))


def test_r101_paper_is_found(published_once: Desk, tmp_path: Path) -> None:
    """R101 | prs paper find | Prints archive number, location and copies; refuses a number that is none."""
    desk = published_once.copy(tmp_path)
    assert desk.prs("", "paper", "find", PAPER).code == 1
    desk.refuse("N102", "", "paper", "find", "fj202305001")
    fields = {"archive_no": "ZD-1", "location": "档案室", "copies": "1", "archived_on": "2023-05-19"}
    record = controlled(desk, "paper-archive-record", target=f"{PAPER}@1.0", **fields)
    (item,) = desk.ok("", "paper", "find", PAPER, "--json").json
    assert (item["record"], item["location"], item["copies"], item["current"]) == (record, "档案室", "1", True)
    assert [row["number"] for row in desk.ok("", "paper", "list", "--json").json] == [PAPER]


def test_r102_a_copy_of_what_is_replaced_is_called_back(published_once: Desk, tmp_path: Path) -> None:
    """R102 | prs paper recall, prs track | A copy still out of a superseded version is RECALL (D202) until it is back."""
    desk = published_once.copy(tmp_path)
    record = distributed(desk)
    assert desk.ok("", "paper", "recall", "--json").json == []
    desk.edit(PAPER)
    desk.ok("xu", "save", PAPER, "-m", "修订")
    desk.ok("xu", "submit", PAPER, "-m", "修订")
    for person in ("han", "shen", "cheng"):
        desk.ok(person, "approve", PAPER)
    done = desk.prs("", "paper", "recall", "--json")
    assert done.code == 1
    assert [(row["code"], row["copy_no"], row["holder"], row["reason"]) for row in done.json] == [
        ("D202", "01", "song", "revised")
    ]
    assert "D202" in {row["code"] for row in desk.prs("", "due", "--json").json}
    desk.ok("ye", "track", record, "copies.01.status=returned", "copies.01.returned_on=2023-05-19")
    assert desk.ok("", "paper", "recall", "--json").json == []


def distributed(desk: Desk) -> str:
    """A published record: copy 01 of the white paper is with song, copy 02 came back."""
    number = desk.new("ye", "distribution-record", "发放回收", *words(target=f"{PAPER}@1.0"))
    path = desk.path_of(number)
    before, _, rest = path.read_text(encoding="utf-8").partition("\ncopies:")
    copies = """
copies:
  - {copy_no: "01", holder: song, department: business, issued_on: 2023-05-18, status: issued}
  - {copy_no: "02", holder: han, department: technology, issued_on: 2023-05-18, status: returned}
"""
    path.write_text(before + copies + rest.partition("\n")[2], encoding="utf-8")
    desk.ok("ye", "save", number, "-m", "发放")
    publish(desk, number)
    return number


def test_r103_a_backup_brings_everything_back(published_once: Desk, tmp_path: Path) -> None:
    """R103 | prs backup, prs restore, prs due | The bundle restores the same refs and verifies; a late one is due."""
    desk = published_once.copy(tmp_path)
    shelf = tmp_path / "shelf"
    desk.refuse("W324", "cheng", "backup", desk.root / "pdf")
    desk.refuse("F119", "lin", "backup", shelf)
    made = desk.ok("cheng", "backup", shelf, "--json").json
    bundle = Path(made["file"])
    assert sorted(shelf.iterdir()) == [bundle, shelf / f"{bundle.name}.sha256"]
    shown = desk.ok("", "show", made["record"], "--json").json
    assert (shown["status"], shown["front_matter"]["sha256"]) == ("published", made["sha256"])
    desk.ok("cheng", "backup", shelf, "--no-record", now="2023-05-18T10:00:00+08:00")
    refs = ("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/prs")
    last = sorted(shelf.glob("*.bundle"))[-1]
    before = desk.git_ok(*refs)
    back = tmp_path / "back"
    done = desk.ok("", "restore", last, back, "--genesis", made["genesis"], "--json").json
    assert (done["genesis"], done["entries"]) == (made["genesis"], len(desk.entries()))
    assert desk.git_ok(*refs, cwd=back) == before
    assert desk.ok("", "verify", "--full", cwd=back).code == 0
    assert desk.git_ok("status", "--short", cwd=back) == ""
    assert "D121" not in {row["code"] for row in desk.prs("", "due", "--json").json}
    late = {row["code"] for row in desk.prs("", "due", "--json", now="2023-06-30T09:00:00+08:00").json}
    assert "D121" in late


def test_r103_a_broken_backup_is_refused(published_once: Desk, tmp_path: Path) -> None:
    """R103 | prs restore | Damaged bytes, another ledger, a folder that is there: refused, and nothing is made."""
    desk = published_once.copy(tmp_path)
    made = desk.ok("cheng", "backup", tmp_path / "shelf", "--no-record", "--json").json
    bundle, back = Path(made["file"]), tmp_path / "back"
    desk.refuse("A261", "", "restore", bundle, back, "--genesis", "0" * 64)
    desk.refuse("E121", "", "restore", bundle, desk.root)
    desk.refuse("E122", "", "restore", tmp_path / "none.bundle", back)
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 1
    bundle.write_bytes(data)
    desk.refuse("W325", "", "restore", bundle, back)
    Path(f"{bundle}.sha256").write_text("")
    desk.refuse("W325", "", "restore", bundle, back)
    Path(f"{bundle}.sha256").unlink()
    desk.refuse("W323", "", "restore", bundle, back)
    assert sorted(item.name for item in tmp_path.iterdir()) == ["home", "repo", "shelf"]


def test_r120_the_version_in_force_stays_until_the_next_is_published(published_once: Desk, tmp_path: Path) -> None:
    """R120 | prs submit --minor, --major | A revision takes the whole chain; v1.0 stays effective until v1.1 is out."""
    desk = published_once.copy(tmp_path)
    first = desk.ok("", "show", f"{PAPER}@1.0").raw
    path = desk.path_of(PAPER).relative_to(desk.root)
    desk.edit(PAPER)
    desk.ok("xu", "save", PAPER, "-m", "修订")
    desk.ok("xu", "submit", PAPER, "--minor", "-m", "修订")
    for person in ("han", "shen", "cheng"):
        assert desk.ok("", "show", PAPER, "--json").json["version"] == "1.0"
        assert desk.git("cat-file", "blob", f"approved:{path}").raw == first
        desk.ok(person, "approve", PAPER)
    shown = desk.ok("", "show", PAPER, "--json").json
    assert (shown["version"], shown["versions"], shown["number"]) == ("1.1", ["1.0", "1.1"], PAPER)
    assert desk.git("cat-file", "blob", f"approved:{path}").raw != first
    assert desk.ok("", "show", f"{PAPER}@1.0").raw == first


def exported(desk: Desk, folder: Path, *names: str) -> tuple[Path, str]:
    """A PDF and the text of its pages."""
    (made,) = desk.ok("", "export", *names, "-o", folder, "--json", now=LATER).json
    reader = PdfReader(made["path"])
    return Path(made["path"]), " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_r102_each_copy_says_what_it_is(published_once: Desk, tmp_path: Path) -> None:
    """R102 | prs export --copy, prs verify | A controlled copy bears its number; obsolete ones 作废保留; archived ones that."""
    desk = published_once.copy(tmp_path)
    desk.refuse("W320", "", "export", PAPER, "--copy", "01")
    distributed(desk)
    desk.refuse("W320", "", "export", PAPER, "--copy", "02")
    path, text = exported(desk, tmp_path / "pdf", PAPER, "--copy", "01")
    assert "受控、副本号 01" in text
    assert desk.ok("", "verify", path).code == 0
    made = desk.ok("ye", "new", "archive-list", "-t", "归档", "--set", f"documents={PAPER}", "--json", now=LATER).json
    desk.ok("ye", "save", made["number"], "-m", "归档", now=LATER)
    publish(desk, made["number"], "shen")
    path, text = exported(desk, tmp_path / "pdf", PAPER)
    assert "受控、已归档 2023-05-20" in text
    assert desk.ok("", "verify", path).code == 0
    controlled(desk, "obsolescence-notice", "shen", target=PAPER, keep="true")
    path, text = exported(desk, tmp_path / "pdf", PAPER)
    assert "作废保留、已归档 2023-05-20" in text
    assert desk.ok("", "verify", path).code == 0
    desk.refuse("W118", "", "export", "WK202305001", "--profile", "external")


def test_r005_trainings_of_a_person(founded: Desk) -> None:
    """R005 | prs person show | It lists the published training records of the person, passed or not."""
    number = founded.new("ye", "training-record", "编号规则培训", "--set", "held_at=2023-05-16T14:00",
                         "--set", "trainees=[{person: lin, passed: true}, {person: xu, passed: false}]")  # fmt: skip
    founded.ok("ye", "save", number, "-m", "培训")
    assert founded.ok("", "person", "show", "lin", "--json").json["trainings"] == []
    founded.ok("ye", "register", number)
    (lin,) = founded.ok("", "person", "show", "lin", "--json").json["trainings"]
    assert (lin["number"], lin["passed"]) == (number, True)
    assert founded.ok("", "person", "show", "xu", "--json").json["trainings"][0]["passed"] is False
    founded.refuse("W131", "", "person", "show", "nobody")


@pytest.fixture
def scanned(founded: Desk) -> tuple[Desk, Path]:
    """A registered record with a scan, and the scan's path."""
    number = new_note(founded)
    scan = founded.root / "attachments" / number / "笔记.pdf"
    scan.parent.mkdir(parents=True)
    scan.write_bytes(b"%PDF-1.4 scan")
    digest = hashlib.sha256(scan.read_bytes()).hexdigest()
    listed = f"attachments:\n  - {{path: attachments/{number}/笔记.pdf, sha256: {digest}}}\n"
    path = founded.path_of(number)
    path.write_text(path.read_text().replace("\n---\n", f"\n{listed}---\n", 1))
    founded.ok("song", "save", "-m", "记录与扫描件")
    founded.ok("song", "register", number)
    return founded, scan


def test_r044_material_is_bound_to_its_record(scanned: tuple[Desk, Path]) -> None:
    """R044 | prs check, prs verify | Material that was changed after the record was made is found."""
    desk, scan = scanned
    assert desk.ok("", "verify", NOTE, "--json").json["ok"]
    scan.write_bytes(b"%PDF-1.4 other")
    found = desk.prs("", "check", "--json")
    assert found.code == 1
    assert "L106" in {item["code"] for item in found.json}


def test_r104_attachments_are_published_byte_for_byte(scanned: tuple[Desk, Path]) -> None:
    """R104 | prs verify, git show approved: | A scan is in the library as it was signed; other bytes do not verify."""
    desk, scan = scanned
    name = scan.relative_to(desk.root).as_posix()
    assert desk.git("show", f"approved:{name}").raw == scan.read_bytes()
    blob = desk.git_ok("rev-parse", f"approved:{name}")
    stored = desk.root / ".git" / "objects" / blob[:2] / blob[2:]
    stored.chmod(0o644)
    stored.write_bytes(zlib.compress(b"blob 14\0%PDF-1.4 other"))
    done = desk.prs("", "verify", "--full")
    assert done.code == 1
    assert "error[A2" in done.out


def test_r124_versions(published: Desk) -> None:
    """R124 | prs submit, prs show | 1.0, then 1.1 or 2.0; none is given twice; a published one never changes."""
    first = published.ok("", "show", f"{PAPER}@1.0").raw
    published.edit(PAPER)
    published.ok("xu", "save", "-m", "补充")
    published.ok("xu", "submit", PAPER, "-m", "补充", "--major")
    assert published.ok("", "show", PAPER, "--json").json["version"] == "1.0"
    assert published.ok("han", "inbox", "--json").json[0]["version"] == "2.0"
    assert [item["number"] for item in published.ok("", "list", "--effective", "--json").json] == [PAPER]
    published.ok("xu", "withdraw", PAPER)
    published.ok("xu", "submit", PAPER, "-m", "补充")
    assert published.ok("han", "inbox", "--json").json[0]["version"] == "1.1"
    for person in ("han", "shen", "cheng"):
        published.ok(person, "approve", PAPER)
    assert published.ok("", "show", PAPER, "--json").json["versions"] == ["1.0", "1.1"]
    assert published.ok("", "show", f"{PAPER}@1.0").raw == first
    published.refuse("A313", "xu", "submit", PAPER, "-m", "再发")
