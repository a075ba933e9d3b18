"""People, keys and the policy: who may change them, and what a change means for what was signed before."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.company import ORGANISATION, Company, Desk, assert_refused, make_key, new_paper
from tests.conftest import PAPER, PLAN


def edit_policy(desk: Desk, name: str, old: str, new: str) -> None:
    path = desk.root / "policy" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def propose(desk: Desk, person: str = "cheng", message: str = "修订") -> dict[str, object]:
    decision: dict[str, object] = desk.ok(person, "policy", "propose", "-m", message, "--json").json
    return decision


@pytest.fixture
def two_administrators(company: Company, founded: Desk) -> Desk:
    """A repository whose policy two of three administrators have to change: cheng, shen and ye."""
    edit_policy(founded, "people.yaml", "roles: [presales-manager]", "roles: [presales-manager, repo-admin]")
    edit_policy(founded, "people.yaml", "roles: [doc-controller]", "roles: [doc-controller, repo-admin]")
    edit_policy(founded, "approval.yaml", "administrators: {quorum: 1}", "administrators: {quorum: 2}")
    assert propose(founded)["installed"]
    return founded


def test_a_quorum_of_one_installs_at_once(founded: Desk) -> None:
    edit_policy(founded, "repository.yaml", ORGANISATION, "启衡")
    before = founded.ok("", "policy", "show", "--json").json
    assert founded.ok("", "policy", "diff").out.count("\n+organisation: ") == 1
    done = propose(founded)
    shown = founded.ok("", "policy", "show", "--json").json
    assert (done["installed"], done["missing"], done["version"]) == (True, 0, 2)
    assert (shown["organisation"], shown["version"]) == ("启衡", before["version"] + 1)
    assert shown["digest"] == done["digest"] != before["digest"]
    assert founded.ok("", "policy", "diff").out == ""
    assert founded.git_ok("show", "approved:policy/repository.yaml") == founded.git_ok(
        "show", "main:policy/repository.yaml"
    )
    assert founded.ok("", "verify", "--full", "--json").json["ok"]


def test_a_quorum_of_two_needs_a_second_administrator(two_administrators: Desk) -> None:
    desk = two_administrators
    edit_policy(desk, "repository.yaml", ORGANISATION, "启衡")
    done = propose(desk)
    assert (done["installed"], done["missing"]) == (False, 1)
    assert desk.ok("", "policy", "show", "--json").json["organisation"] == ORGANISATION
    assert desk.ok("", "policy", "show", "--json").json["endorsed"] == ["cheng"]
    desk.refuse("A322", "cheng", "policy", "endorse")
    desk.refuse("A320", "lin", "policy", "endorse")
    assert desk.ok("shen", "policy", "endorse", "--json").json["installed"] is True
    assert desk.ok("", "policy", "show", "--json").json["organisation"] == "启衡"
    desk.refuse("A321", "ye", "policy", "endorse")
    assert desk.ok("", "verify", "--full", "--json").json["ok"]


def test_a_second_proposal_replaces_the_first(two_administrators: Desk) -> None:
    desk = two_administrators
    edit_policy(desk, "repository.yaml", ORGANISATION, "启衡甲")
    propose(desk)
    edit_policy(desk, "repository.yaml", "启衡甲", "启衡乙")
    propose(desk, "ye")
    assert desk.ok("cheng", "policy", "endorse", "--json").json["installed"] is True
    assert desk.ok("", "policy", "show", "--json").json["organisation"] == "启衡乙"


def test_decisions_go_on_while_a_policy_is_proposed(two_administrators: Desk) -> None:
    desk = two_administrators
    number = new_paper(desk)
    desk.ok("xu", "save", "-m", "初稿")
    desk.ok("xu", "submit", number, "-m", "首次")
    edit_policy(desk, "repository.yaml", ORGANISATION, "启衡")
    propose(desk)
    desk.ok("han", "approve", number)
    assert desk.ok("shen", "policy", "endorse", "--json").json["installed"] is True
    desk.ok("shen", "approve", number)
    desk.ok("cheng", "approve", number)
    assert desk.ok("", "verify", "--full", "--json").json["ok"]


def test_nothing_to_propose(founded: Desk) -> None:
    founded.refuse("A324", "cheng", "policy", "propose", "-m", "无")
    founded.refuse("A321", "cheng", "policy", "endorse")


def test_only_an_administrator_proposes(founded: Desk) -> None:
    edit_policy(founded, "repository.yaml", ORGANISATION, "启衡")
    founded.refuse("A320", "shen", "policy", "propose", "-m", "夺权")
    founded.refuse("A301", "stranger", "policy", "propose", "-m", "夺权")


BROKEN_POLICIES = {
    "not YAML": ("repository.yaml", "timezone: Asia/Shanghai", "timezone: [Asia/Shanghai", "F101"),
    "no administrator left": ("people.yaml", ", repo-admin]", "]", "A404"),
    "a quorum nobody reaches": ("approval.yaml", "{quorum: 1}", "{quorum: 2}", "A404"),
    "a fixed stage renamed": ("repository.yaml", "title_zh: 需求调研, title_en", "title_zh: 调研, title_en", "A405"),
    "an unknown role": ("people.yaml", "roles: [solution-architect]", "roles: [boss]", "A402"),
    "an unknown time zone": ("repository.yaml", "Asia/Shanghai", "Asia/Xanadu", "A402"),
    "a step of nobody": ("approval.yaml", "by: presales-manager", "by: nobody", "A402"),
}


@pytest.mark.parametrize(("name", "old", "new", "code"), BROKEN_POLICIES.values(), ids=BROKEN_POLICIES.keys())
def test_a_broken_policy_is_not_proposed(founded: Desk, name: str, old: str, new: str, code: str) -> None:
    edit_policy(founded, name, old, new)
    founded.refuse(code, "cheng", "policy", "propose", "-m", "坏的")
    assert founded.ok("", "list").code == 0, "what people edit is not in force"


def test_a_missing_policy_file(founded: Desk) -> None:
    (founded.root / "policy" / "approval.yaml").unlink()
    founded.refuse("A401", "cheng", "policy", "propose", "-m", "缺")


# -- people


def test_a_person_is_added_by_command_and_takes_part_after_the_endorsement(submitted: Desk, tmp_path: Path) -> None:
    key = make_key(tmp_path / "wen")
    words = [
        "person", "add", "wen.bo", "--name", "文博: #1", "--department", "technology", "--role", "technical-expert",
        "--email", "wen@qiheng.example", "--key", f"{key}.pub",
    ]  # fmt: skip
    submitted.ok("", *words)
    rows = {row["id"]: row for row in submitted.ok("", "person", "list", "--json").json}
    assert (rows["wen.bo"]["in_force"], rows["xu"]["in_force"]) == (False, True)
    assert rows["wen.bo"]["name"] == "文博: #1"
    assert submitted.prs("", "--key", key, "inbox").codes == ["A301"]
    assert propose(submitted, message="文博入职")["installed"]
    rows = {row["id"]: row for row in submitted.ok("", "person", "list", "--json").json}
    assert rows["wen.bo"]["in_force"]
    done = submitted.prs("", "--key", key, "new", "technical-white-paper", "-t", "新人的白皮书")
    assert done.code == 0
    assert submitted.prs("", "--key", key, "save", "-m", "初稿").code == 0
    submitted.git_ok("verify-commit", "main")
    submitted.ok("han", "approve", PAPER)


ADD = {"--name": "文博", "--department": "technology", "--role": "technical-expert", "--email": "wen@qiheng.example"}
BAD_PERSONS: dict[str, tuple[str, dict[str, str], str]] = {
    "an id with capitals": ("Wen", {}, "A410"),
    "an id with a slash": ("../wen", {}, "A410"),
    "an id that is taken": ("xu", {}, "A411"),
    "an unknown department": ("wen", {"--department": "nowhere"}, "A402"),
    "an unknown role": ("wen", {"--role": "boss"}, "A402"),
    "an address that is taken": ("wen", {"--email": "xu@qiheng.example"}, "A402"),
    "no address": ("wen", {"--email": "wen"}, "A402"),
    "a hidden character in the name": ("wen", {"--name": "文\u202e博"}, "A402"),
}


@pytest.mark.parametrize(("person", "words", "code"), BAD_PERSONS.values(), ids=BAD_PERSONS.keys())
def test_a_person_that_may_not_be(founded: Desk, tmp_path: Path, person: str, words: dict[str, str], code: str) -> None:
    key = make_key(tmp_path / "wen")
    options = [word for pair in {**ADD, **words}.items() for word in pair]
    founded.refuse(code, "", "person", "add", person, *options, "--key", f"{key}.pub")


def test_the_key_of_another_person_is_not_taken(founded: Desk) -> None:
    key = founded.company.people["lin"].key
    options = [word for pair in ADD.items() for word in pair]
    founded.refuse("A403", "", "person", "add", "wen", *options, "--key", f"{key}.pub")


@pytest.mark.parametrize("words", [("rotate-key", "nobody", "--key"), ("revoke-key", "nobody", "--from", "3")])
def test_an_unknown_person(founded: Desk, tmp_path: Path, words: tuple[str, ...]) -> None:
    key = (f"{make_key(tmp_path / 'new')}.pub",) if words[0] == "rotate-key" else ()
    founded.refuse("A412", "", "person", *words, *key)


# -- keys


def test_a_rotated_key_keeps_what_it_signed_and_signs_nothing_new(submitted: Desk, tmp_path: Path) -> None:
    submitted.ok("han", "approve", PAPER)
    new = make_key(tmp_path / "shen-2")
    submitted.ok("", "person", "rotate-key", "shen", "--key", f"{new}.pub")
    submitted.ok("shen", "inbox")
    assert propose(submitted, message="沈砚舟换密钥")["installed"]
    submitted.refuse("A301", "shen", "approve", PAPER)
    assert submitted.prs("", "--key", new, "approve", PAPER).code == 0
    submitted.ok("cheng", "approve", PAPER)
    for entry in submitted.git_ok("rev-list", "--first-parent", "approved").split():
        submitted.git_ok("verify-commit", entry)
    assert submitted.ok("", "verify", "--full", "--json").json["ok"]
    assert submitted.ok("", "show", PAPER, "--json").json["status"] == "published"


def test_a_key_rotated_by_the_one_who_proposes(submitted: Desk, tmp_path: Path) -> None:
    """The old key signs the change of itself."""
    new = make_key(tmp_path / "cheng-2")
    submitted.ok("", "person", "rotate-key", "cheng", "--key", f"{new}.pub")
    assert propose(submitted)["installed"]
    submitted.refuse("A301", "cheng", "policy", "propose", "-m", "x")
    assert submitted.ok("", "verify", "--full", "--json").json["ok"]
    for entry in submitted.git_ok("rev-list", "--first-parent", "approved").split():
        submitted.git_ok("verify-commit", entry)


def test_git_verifies_old_entries_in_a_fresh_clone_after_a_rotation(submitted: Desk, tmp_path: Path) -> None:
    """Somebody who was not there when the key changed knows the old key from the ledger."""
    new = make_key(tmp_path / "xu-2")
    submitted.ok("", "person", "rotate-key", "xu", "--key", f"{new}.pub")
    propose(submitted)
    clone = Desk(submitted.company, tmp_path / "clone", tmp_path / "other-home")
    clone.home.mkdir()
    submitted.git_ok("clone", "-q", submitted.root, clone.root)
    clone.ok("", "hooks", "install")
    assert clone.ok("", "verify", "--full", "--json").json["ok"]
    for entry in clone.git_ok("rev-list", "--first-parent", "approved").split():
        clone.git_ok("verify-commit", entry)


def test_a_revoked_key_signs_nothing_from_then_on(submitted: Desk) -> None:
    sequence = len(submitted.entries()) + 1
    submitted.ok("", "person", "revoke-key", "han", "--from", str(sequence))
    assert propose(submitted, message="韩策的密钥丢失")["installed"]
    submitted.refuse("A301", "han", "approve", PAPER)
    assert submitted.ok("", "verify", "--full", "--json").json["ok"]


def test_what_a_stolen_key_signed_is_void_until_its_owner_says_it_again(published: Desk, tmp_path: Path) -> None:
    desk = published
    release = desk.ok("", "show", PAPER, "--json").json
    new = make_key(tmp_path / "han-2")
    desk.ok("", "person", "revoke-key", "han", "--from", "2")
    desk.ok("", "person", "rotate-key", "han", "--key", f"{new}.pub")
    desk.ok("cheng", "policy", "propose", "-m", "韩策的密钥被盗")
    assert desk.ok("", "list", "--status", "void", "--json").json[0]["number"] == PAPER
    assert desk.git("cat-file", "-e", f"approved:{release['path']}").code, "plain git finds no void text"
    desk.refuse("W108", "", "export", PAPER)
    desk.refuse("A371", "gao", "reaffirm", PAPER)
    assert "void" in desk.ok("", "show", PAPER).out
    said = desk.ok("", "--key", new, "reaffirm", PAPER, "-m", "是我签的", "--json").json
    assert (said["action"], said["version"], said["status"]) == ("reaffirm", release["version"], "published")
    assert desk.git_ok("show", f"approved:{release['path']}") == desk.git_ok("show", f"main:{release['path']}")
    desk.refuse("A370", "gao", "reaffirm", PAPER)
    assert desk.ok("", "verify", "--full", "--json").json["ok"]
    assert [step["state"] for step in desk.ok("", "show", PAPER, "--json").json["steps"]][-2:] == ["void", "reaffirm"]
    assert desk.ok("", "export", PAPER).code == 0


@pytest.mark.parametrize("sequence", ["-1", "x", "1.5", ""])
def test_a_revocation_names_an_entry(founded: Desk, sequence: str) -> None:
    before = founded.fingerprint()
    done = founded.prs("", "person", "revoke-key", "han", f"--from={sequence}")
    assert done.code == 2
    assert founded.fingerprint() == before


def test_somebody_who_left_decides_nothing(submitted: Desk) -> None:
    edit_policy(submitted, "people.yaml", "- id: han\n", "- id: han\n    active: false\n")
    assert propose(submitted)["installed"]
    assert submitted.prs("han", "approve", PAPER).codes in (["A204"], ["A301"])
    assert submitted.ok("", "show", PAPER, "--json").json["waiting_for"] == ["cheng"]


def test_a_policy_edited_but_not_endorsed_changes_nothing(submitted: Desk) -> None:
    """Even saved on main: only the ledger installs a policy."""
    edit_policy(submitted, "people.yaml", "roles: [dept-head]", "roles: [dept-head, presales-manager, company-leader]")
    submitted.ok("gao", "save", "-m", "自己提拔自己")
    submitted.refuse("A305", "gao", "approve", PAPER)
    submitted.ok("lin", "submit", PLAN, "-m", "请审")
    submitted.refuse("A303", "gao", "approve", PLAN)


def test_person_list_without_a_key(founded: Desk) -> None:
    rows = founded.ok("", "person", "list", "--json").json
    assert [row["id"] for row in rows] == ["cheng", "gao", "shen", "lin", "han", "xu", "song", "ye"]
    assert all(row["in_force"] and row["active"] and len(row["fingerprints"]) == 1 for row in rows)
    assert_refused(founded.prs("", "policy", "endorse"), "E130")


def test_litter_in_the_policy_folder_is_no_part_of_the_policy(founded: Desk) -> None:
    """What git ignores is not committed, so it must not count in the digest that is signed."""
    for name in (".people.yaml.swp.prs-tmp", ".DS_Store"):
        (founded.root / "policy" / name).write_bytes(b"\x00litter")
    founded.refuse("A324", "cheng", "policy", "propose", "-m", "无")
    edit_policy(founded, "repository.yaml", ORGANISATION, "启衡")
    assert propose(founded)["installed"]
    assert founded.ok("", "verify", "--full", "--json").json["ok"]
