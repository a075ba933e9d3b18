"""Attacks on the ledger, each made as a real commit, mostly with a real signature: all are refused, with their reason.

Every attack is an honest next entry with one thing changed. It is written by plain git, so that nothing of prs stands
in the way, and then judged in both ways that prs has: going on from what was verified before, and anew from genesis.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from presales_repo.model.commit import attach_signature, build_commit
from presales_repo.model.entry import format_message
from presales_repo.model.policy import PEOPLE
from presales_repo.store.sign import sign
from tests.unit.store.library import (
    NUMBER,
    PATH,
    Change,
    Draft,
    Library,
    claim,
    document,
    new_library,
    policy_files,
    sha256,
    tree,
)

OTHER = "QD202305002"
OTHER_PATH = PATH.replace(NUMBER, OTHER)


def test_honest_entries_are_accepted_by_prs_and_by_git(submitted: Library) -> None:
    assert submitted.accepted() == 2
    submitted.append("approve", "shen")
    assert submitted.accepted() == 3
    assert submitted.git.text("show", f"approved:{PATH}") == document().decode().rstrip("\n")


def test_a_draft_that_nobody_tampered_with_is_accepted(submitted: Library) -> None:
    """So the refusals below are for the change, not for the way the attacks are made."""
    submitted.write(submitted.draft("approve", "shen"))
    assert submitted.accepted() == 3


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("A201", claim(ledger="9" * 64)),
        ("A202", claim(sequence=1)),
        ("A202", claim(sequence=3)),
        ("A203", claim(policy="9" * 64)),
        ("A206", claim(signer="cheng")),
        ("A206", claim(signer="nobody")),
        ("A308", claim(document=OTHER)),
        ("A307", claim(path=OTHER_PATH)),
        ("A307", claim(path="common/2-需求调研文档/QD202305001-别名.md")),
        ("A307", claim(version="1.1")),
        ("A307", claim(version="2.0")),
        ("A304", claim(step="final")),
        ("A304", claim(step="")),
        ("A307", claim(digest="9" * 64)),
        ("A307", claim(digest="")),
        ("A223", claim(content="9" * 40)),
        ("A223", claim(content="")),
        ("A307", claim(attachments=((sha256(b"x"), f"attachments/{NUMBER}/x"),))),
        ("A211", claim(authors=("lin",))),
        ("A211", claim(action="withdraw")),  # which names no step
        ("A308", claim(action="approve", document="")),
    ],
)
def test_a_claim_that_is_not_true(submitted: Library, code: str, change: Change) -> None:
    submitted.refused(code, submitted.write(change(submitted, submitted.draft("approve", "shen"))))


@pytest.mark.parametrize(
    ("code", "signer", "step"),
    [("A302", "lin", "check"), ("A303", "gao", "check"), ("A303", "cheng", "check"), ("A303", "ye", "check")],
)
def test_a_signature_of_somebody_who_may_not_sign(submitted: Library, code: str, signer: str, step: str) -> None:
    draft = submitted.draft("approve", "shen")
    ident = submitted.ident(signer)
    entry = replace(draft.entry, signer=signer, step=step)
    submitted.refused(code, submitted.write(replace(draft, entry=entry, author=ident, committer=ident, key=signer)))


@pytest.mark.parametrize("who", ["author", "committer"])
@pytest.mark.parametrize("field", ["name", "email"])
def test_another_person_s_name_or_address(submitted: Library, who: str, field: str) -> None:
    draft = submitted.draft("approve", "shen")
    ident = replace(getattr(draft, who), **{field: getattr(submitted.ident("cheng"), field)})
    submitted.refused("A207", submitted.write(replace(draft, **{who: ident})))


@pytest.mark.parametrize(("code", "key"), [("A205", ""), ("A301", "stranger"), ("A206", "cheng")])
def test_no_signature_or_that_of_another_key(submitted: Library, code: str, key: str) -> None:
    submitted.refused(code, submitted.write(replace(submitted.draft("approve", "shen"), key=key)))


def test_a_signature_taken_from_another_entry(submitted: Library) -> None:
    """Shen signed the approval; somebody else puts the signature on a rejection."""
    draft = submitted.draft("approve", "shen")
    approval = build_commit(draft.tree, draft.parents, draft.author, draft.committer, format_message(draft.entry))
    rejection = replace(draft.entry, action="reject", comment="不行")
    forged = build_commit(draft.tree, draft.parents, draft.author, draft.committer, format_message(rejection))
    submitted.refused("A137", submitted.push(attach_signature(forged, sign(approval, submitted.key("shen")))))


def test_a_signature_made_for_another_purpose(submitted: Library, tmp_path: Path) -> None:
    """Shen was made to sign a file; its signature is put on an entry."""
    draft = submitted.draft("approve", "shen")
    payload = build_commit(draft.tree, draft.parents, draft.author, draft.committer, format_message(draft.entry))
    file = tmp_path / "file"
    file.write_bytes(payload)
    subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-n", "file", "-f", submitted.keys / "shen", file], check=True)
    submitted.refused("A136", submitted.push(attach_signature(payload, Path(f"{file}.sig").read_text())))


@pytest.mark.parametrize(
    ("code", "parents"),
    [
        ("A223", lambda tip, content: (content, tip)),
        ("A223", lambda tip, content: (tip, tip)),
        ("A223", lambda tip, content: (content, content)),
        ("A120", lambda tip, content: (tip,)),
        ("A120", lambda tip, content: (tip, content, content)),
        ("A120", lambda tip, content: (tip, content, tip)),
    ],
    ids=["swapped", "tip-twice", "content-twice", "one", "octopus", "three"],
)
def test_parents_that_are_not_the_entry_before_and_its_text(
    submitted: Library, code: str, parents: Callable[[str, str], tuple[str, ...]]
) -> None:
    draft = submitted.draft("approve", "shen")
    oid = submitted.write(replace(draft, parents=parents(*draft.parents)))
    if submitted.git.resolve(f"{oid}^1") == draft.parents[0]:
        submitted.refused(code, oid)
    else:  # such a chain does not even pass the entry that was verified before
        submitted.refused("A231")


def test_an_entry_that_leaves_out_the_one_before_it(submitted: Library) -> None:
    """Both entries are honest; the second was made for the first, and the first is gone."""
    first = submitted.tip
    submitted.append("approve", "shen")
    genesis = submitted.git.text("rev-list", "--max-parents=0", first)
    raw = submitted.git.read(submitted.tip)
    assert raw is not None
    assert raw.data is not None
    submitted.push(raw.data.replace(f"parent {first}".encode(), f"parent {genesis}".encode(), 1))
    submitted.refused("A230")


@pytest.mark.parametrize(
    "change",
    [
        tree(("common/2-需求调研文档/extra.md", "100644", b"x")),
        tree((OTHER_PATH, "100644", document(number=OTHER))),
        tree((PATH, "100755", document())),
        tree((PATH, "120000", b"/etc/passwd")),
        tree((PATH, "160000", b"a" * 40)),
        tree((PATH, "100644", document(summary="exchanged"))),
        tree(PATH),
        tree(PATH, ("common/2-需求调研文档/QD202305001-改名.md", "100644", document())),
        tree((".gitattributes", "100644", b"* filter=evil\n")),
        tree(("policy/people.yaml", "100644", b"people: []\n")),
        tree(("policy/types/XX.yaml", "100644", b"types: []\n")),
        tree("policy/people.yaml"),
    ],
    ids=[
        "extra",
        "another",
        "executable",
        "symlink",
        "submodule",
        "exchanged",
        "missing",
        "renamed",
        "attributes",
        "policy",
        "type",
        "no-people",
    ],
)
@pytest.mark.parametrize("publishes", [True, False])
def test_a_tree_with_anything_else_than_what_the_decision_publishes(
    submitted: Library, change: Change, publishes: bool
) -> None:
    draft = submitted.draft("approve", "shen") if publishes else submitted.draft("withdraw", "lin")
    changed = change(submitted, draft)
    if changed.tree == draft.tree:
        pytest.skip("nothing to take out")
    submitted.refused("A219", submitted.write(changed))


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("A211", lambda text: text.replace("意见", "Prs-Step: final")),
        ("A211", lambda text: text.replace("意见", "  PRS-STEP: final")),
        ("A211", lambda text: text.replace("意见", "\u200bPrs-Step: final")),
        ("A211", lambda text: text.replace("意见", "\x1b[1A\x1b[2K同意")),
        ("A211", lambda text: text.replace("prs: approve", "prs: reject")),
        ("A211", lambda text: text.replace("Prs-Signer: shen\n", "Prs-Signer: shen\nPrs-Signer: cheng\n")),
        ("A211", lambda text: text.replace("Prs-Signer: shen\n", "Prs-Signer: shen\n\nPrs-Signer: cheng\n")),
        ("A211", lambda text: text + "\nReviewed-by: cheng\n"),
        ("A211", lambda text: "prs: approve\n\nLooks good\n"),
        ("A211", lambda text: ""),
        ("A112", lambda text: text.replace("意见", "意见\r")),
    ],
)
def test_a_message_that_could_be_read_in_two_ways(submitted: Library, code: str, change: Callable[[str], str]) -> None:
    draft = submitted.draft("approve", "shen")
    text = change(format_message(draft.entry))
    if code == "A112":  # nothing of ours even writes such a commit
        honest = build_commit(draft.tree, draft.parents, draft.author, draft.committer, format_message(draft.entry))
        raw = honest.replace("意见".encode(), "意见\r".encode())
        submitted.refused(code, submitted.push(attach_signature(raw, sign(raw, submitted.key("shen")))))
        return
    submitted.refused(code, submitted.write(replace(draft, message=text)))


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("A137", lambda raw: raw.replace("意见".encode(), "同意".encode())),
        ("A137", lambda raw: re.sub(rb"(committer .*> )\d+", rb"\g<1>1234567890", raw)),
        ("A116", lambda raw: raw.replace(b"gpgsig ", b"gpgsig forged\ngpgsig ", 1)),
        ("A114", lambda raw: raw.replace(b"\n\n", b"\nencoding gbk\n\n", 1)),
        ("A114", lambda raw: raw.replace(b"\ngpgsig ", b"\nmergetag object\ngpgsig ", 1)),
        ("A110", lambda raw: raw.replace("意见".encode(), "意见\0".encode())),
        ("A111", lambda raw: raw.replace("意见".encode(), "意见".encode("gbk"))),
        ("A131", lambda raw: raw.replace(b"\n -----END SSH", b"\n \n -----END SSH", 1)),
    ],
)
def test_an_object_changed_after_it_was_signed(submitted: Library, code: str, change: Callable[[bytes], bytes]) -> None:
    submitted.refused(code, submitted.write(submitted.draft("approve", "shen"), change))


# -- submissions


PNG = b"\x89PNG"
WITH_PICTURE = document(attachments=f"[{{path: attachments/{NUMBER}/a.png, sha256: {sha256(PNG)}}}]")
PICTURE = (sha256(PNG), f"attachments/{NUMBER}/a.png")


@pytest.mark.parametrize(
    ("code", "files", "claims"),
    [
        ("A216", {PATH: document(summary="other")}, {}),
        ("A218", {PATH: ("120000", b"other.md")}, {}),
        ("A218", {PATH: ("100755", document())}, {}),
        ("A218", {PATH: ("160000", b"a" * 40)}, {}),
        ("A218", {PATH: None}, {}),
        ("A218", {}, {"path": "common/2-需求调研文档"}),
        ("A218", {}, {"path": OTHER_PATH}),
        ("A218", {}, {"path": f"../{PATH}"}),
        ("A218", {}, {"path": f"common/../{PATH}"}),
        ("A215", {PATH: document(number=OTHER)}, {}),
        ("A215", {OTHER_PATH: document()}, {"path": OTHER_PATH, "digest": sha256(document())}),
        ("A215", {}, {"document": OTHER}),
        ("A315", {}, {"version": "1.1"}),
        ("A315", {}, {"version": ""}),
        ("A214", {PATH: document(contributors="[shen]")}, {"digest": sha256(document(contributors="[shen]"))}),
        ("A213", {PATH: document(kind="novel")}, {"digest": sha256(document(kind="novel"))}),
        ("A311", {PATH: document(kind="interview-record")}, {"digest": sha256(document(kind="interview-record"))}),
        ("F105", {PATH: b"no front matter\n"}, {"digest": sha256(b"no front matter\n")}),
        ("F103", {PATH: b"---\na: 1\na: 2\n---\n"}, {}),
        ("S102", {PATH: "编号".encode("gbk")}, {}),
        ("A217", {PATH: WITH_PICTURE, f"attachments/{NUMBER}/a.png": PNG}, {"digest": sha256(WITH_PICTURE)}),
        ("A217", {PATH: WITH_PICTURE, f"attachments/{NUMBER}/a.png": b"x"}, {"digest": sha256(WITH_PICTURE)}),
        ("A218", {PATH: WITH_PICTURE}, {"digest": sha256(WITH_PICTURE)}),
        (
            "A218",
            {PATH: WITH_PICTURE, f"attachments/{NUMBER}/a.png": ("120000", b"/etc/passwd")},
            {"digest": sha256(WITH_PICTURE)},
        ),
    ],
)
def test_a_submission_of_what_is_not_there_or_not_so(
    library: Library, code: str, files: dict[str, bytes | tuple[str, bytes] | None], claims: dict[str, object]
) -> None:
    draft = library.draft("submit", "lin")
    content = library.commit(files) if files else draft.entry.content
    entry = replace(draft.entry, content=content, **claims)  # type: ignore[arg-type]
    library.refused(code, library.write(replace(draft, entry=entry, parents=(draft.parents[0], content))))


def test_a_submission_of_a_commit_that_nobody_has(library: Library) -> None:
    draft = library.draft("submit", "lin")
    gone = "9" * 40
    oid = library.write(replace(draft, entry=replace(draft.entry, content=gone), parents=(draft.parents[0], gone)))
    assert library.refused("A221", oid).args_["oid"] == gone


def test_a_submission_by_somebody_who_is_no_author(library: Library) -> None:
    draft = library.draft("submit", "lin")
    ident = library.ident("gao")
    entry = replace(draft.entry, signer="gao")
    library.refused("A310", library.write(replace(draft, entry=entry, author=ident, committer=ident, key="gao")))


def test_an_honest_submission_with_a_picture_is_published_with_it(library: Library) -> None:
    library.commit({PATH: WITH_PICTURE, f"attachments/{NUMBER}/a.png": PNG})
    library.append("submit", "lin")
    library.append("approve", "shen")
    assert library.accepted() == 3
    assert library.git.text("ls-tree", "-r", "--name-only", "-z", "approved", "attachments", "common").split("\0")[
        :2
    ] == [
        f"attachments/{NUMBER}/a.png",
        PATH,
    ]


@pytest.mark.parametrize("target", [PEOPLE, f"common/2-需求调研文档/{OTHER}-计划.md", "attachments/QD202305002/a.png"])
def test_an_attachment_that_would_replace_somebody_else_s_file(library: Library, target: str) -> None:
    """The policy itself could be listed as an attachment, and three honest signatures would publish it."""
    evil = library.git.read(f"refs/heads/main:{PEOPLE}")
    assert evil is not None
    data = (evil.data or b"") + b"# mine\n"
    text = document(attachments=f"[{{path: {target}, sha256: {sha256(data)}}}]")
    content = library.commit({PATH: text, target: data})
    ledger = library.open()
    entry = library.entry(ledger, "submit", "lin")
    ledger.close()
    ident = library.ident("lin")
    oid = library.write(Draft(entry, (ledger.head.tip, content), ledger.head.tree, ident, ident, "lin"))
    assert library.refused("A224", oid).path == target


def test_a_published_record_of_another_type_in_place_of_an_approved_text(submitted: Library) -> None:
    submitted.append("approve", "shen")
    text = document(kind="interview-record")
    content = submitted.commit({PATH: text})
    ledger = submitted.open()
    entry = submitted.entry(ledger, "register", "lin", version="1.1")
    ledger.close()
    tree_ = submitted.tree_with(ledger.head.tree, {PATH: ("100644", text)})
    ident = submitted.ident("lin")
    submitted.refused("A317", submitted.write(Draft(entry, (ledger.head.tip, content), tree_, ident, ident, "lin")))


def test_a_scope_that_means_something_to_the_program_only(library: Library) -> None:
    """`scope: field` once named no chain at all and stopped every verifier."""
    for scope in ("field", "__class__", "company"):
        library.commit({PATH: document(kind="technical-white-paper", scope=scope)})
        library.append("submit", "lin")
        library.append("withdraw", "lin")
    assert library.accepted() == 7


# -- transplants


def test_an_entry_of_another_repository(submitted: Library, keys: Path, tmp_path: Path) -> None:
    """The same people, the same policy, the same document: what was approved there is not approved here."""
    other = new_library(tmp_path / "other", keys, policy_files(keys, quorum=2), later=1)
    other.commit({PATH: document()})
    other.append("submit", "lin")
    other.append("approve", "shen")
    raw = other.git.read(other.tip)
    assert raw is not None
    assert raw.data is not None
    tip, content = submitted.tip, submitted.git.text("rev-parse", "refs/heads/main")
    theirs = other.git.text("rev-parse", "approved^1", "approved^2").split()
    moved = raw.data.replace(theirs[0].encode(), tip.encode()).replace(theirs[1].encode(), content.encode())
    assert moved != raw.data
    submitted.refused("A137", submitted.push(moved))
    submitted.git.run("update-ref", "refs/heads/approved", tip)
    ledger = other.open()
    ledger.close()
    draft = submitted.draft("approve", "shen")
    submitted.refused("A201", submitted.write(replace(draft, entry=replace(draft.entry, ledger=ledger.head.ledger))))


def test_an_approval_replayed_for_a_later_round(submitted: Library) -> None:
    """Shen's approval of a withdrawn round comes back after the same text was submitted again."""
    approval = submitted.draft("approve", "shen")
    submitted.append("withdraw", "lin")
    submitted.append("submit", "lin")
    tip = submitted.tip
    submitted.refused("A202", submitted.write(replace(approval, parents=(tip, approval.parents[1]))))


def test_the_same_entry_twice(submitted: Library) -> None:
    approval = submitted.draft("approve", "shen")
    submitted.write(approval)
    assert submitted.accepted() == 3
    submitted.refused("A202", submitted.write(replace(approval, parents=(submitted.tip, approval.parents[1]))))
