"""Attacks on the policy, on the beginning of the ledger, and on what git shows; see test_verifier.py."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from presales_repo.errors import PrsError
from presales_repo.model.entry import GENESIS, NO_LEDGER, Entry
from presales_repo.model.policy import APPROVAL, PEOPLE, policy_digest
from presales_repo.model.tree import format_tree
from presales_repo.store.objects import new_object, write_objects
from presales_repo.store.verifier import MAX_POLICY_FILES
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
    tree,
)


def policy_draft(library: Library, signer: str, files: dict[str, bytes], **claims: object) -> Draft:
    """A proposal of exactly these files as the new policy."""
    content = library.commit(files, signer)
    ledger = library.open()
    entry = Entry(
        "policy-propose",
        ledger.head.ledger,
        ledger.head.sequence + 1,
        signer,
        ledger.head.policy.digest,
        version="2",
        content=content,
        digest=policy_digest(files),
    )
    ledger.close()
    ident = library.ident(signer)
    return Draft(replace(entry, **claims), (ledger.head.tip, content), ledger.head.tree, ident, ident, signer)  # type: ignore[arg-type]


def test_two_administrators_change_the_policy(library: Library, keys: Path) -> None:
    draft = policy_draft(library, "cheng", policy_files(keys, quorum=1, version=2))
    library.write(draft)
    assert library.accepted() == 2
    assert library.open().policy.version == 1
    library.append_policy("policy-endorse", "ye", draft.entry.content)
    assert library.accepted() == 3
    ledger = library.open()
    assert (ledger.policy.version, ledger.policy.quorum, ledger.head.proposal) == (2, 1, None)
    assert library.tree_of("approved")["policy"] == library.tree_of("refs/heads/main")["policy"]
    ledger.close()


@pytest.mark.parametrize(
    ("code", "signer", "claims"),
    [
        ("A320", "lin", {}),
        ("A216", "cheng", {"digest": "9" * 64}),
        ("A323", "cheng", {"version": "3"}),
        ("A323", "cheng", {"version": "1"}),
        ("A211", "cheng", {"document": NUMBER}),
        ("A211", "cheng", {"path": PATH}),
        ("A321", "cheng", {"action": "policy-endorse"}),
        ("A223", "cheng", {"content": "9" * 40}),
    ],
)
def test_a_proposal_that_may_not_be_made(
    library: Library, keys: Path, code: str, signer: str, claims: dict[str, object]
) -> None:
    library.refused(code, library.write(policy_draft(library, signer, policy_files(keys, version=2), **claims)))


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("A323", lambda keys: policy_files(keys, quorum=2, version=1)),
        ("A323", lambda keys: policy_files(keys, quorum=2, version=3)),
        ("A404", lambda keys: policy_files(keys, quorum=3, version=2)),
        ("A404", lambda keys: {**policy_files(keys, version=2), PEOPLE: b"people: []\n"}),
        (
            "A402",
            lambda keys: {
                **policy_files(keys, version=2),
                PEOPLE: policy_files(keys)[PEOPLE].replace(b"lin@q", b"gao@q"),
            },
        ),
        (
            "A402",
            lambda keys: {
                **policy_files(keys, version=2),
                APPROVAL: policy_files(keys)[APPROVAL].replace(b"by: presales-manager", b"by: x"),
            },
        ),
        ("F104", lambda keys: {**policy_files(keys, version=2), "policy/x.yaml": b"a: &a [*a]\n"}),
        (
            "A218",
            lambda keys: {
                **policy_files(keys, version=2),
                **{f"policy/x/{n}.txt": b"" for n in range(MAX_POLICY_FILES)},
            },
        ),
        ("A218", lambda keys: {**policy_files(keys, version=2), "policy/" + "d/" * 40 + "x.yaml": b"a: 1\n"}),
    ],
)
def test_a_policy_that_may_not_come_into_force(
    library: Library, keys: Path, code: str, change: Callable[[Path], dict[str, bytes]]
) -> None:
    library.refused(code, library.write(policy_draft(library, "cheng", change(keys))))


@pytest.mark.parametrize(
    ("mode", "data"), [("120000", b"/etc/passwd"), ("100755", b"people: []\n"), ("160000", b"a" * 40)]
)
def test_a_policy_with_a_link_a_program_or_a_submodule(library: Library, keys: Path, mode: str, data: bytes) -> None:
    draft = policy_draft(library, "cheng", policy_files(keys, version=2))
    content = library.commit({"policy/x": (mode, data)})
    entry = replace(draft.entry, content=content)
    library.refused("A218", library.write(replace(draft, entry=entry, parents=(draft.parents[0], content))))


def test_a_policy_that_is_installed_before_its_quorum(library: Library, keys: Path) -> None:
    draft = policy_draft(library, "cheng", policy_files(keys, version=2))
    tree_ = new_object(
        "tree", format_tree({**library.tree_of("approved"), "policy": library.tree_of("refs/heads/main")["policy"]})
    )
    write_objects(library.git, [tree_])
    library.refused("A219", library.write(replace(draft, tree=tree_.oid)))


def endorsement(library: Library, proposal: Draft, signer: str) -> Draft:
    """An honest endorsement of a proposal that has just been made."""
    ident = library.ident(signer)
    policy = library.tree_of(proposal.entry.content)["policy"]
    tree_ = new_object("tree", format_tree({**library.tree_of("approved"), "policy": policy}))
    write_objects(library.git, [tree_])
    entry = replace(proposal.entry, action="policy-endorse", sequence=proposal.entry.sequence + 1, signer=signer)
    return Draft(entry, (library.tip, entry.content), tree_.oid, ident, ident, signer)


@pytest.mark.parametrize(
    ("code", "signer", "claims"),
    [
        ("A322", "cheng", {}),
        ("A320", "lin", {}),
        ("A216", "ye", {"digest": "9" * 64}),
        ("A323", "ye", {"version": "3"}),
        ("A203", "ye", {"policy": "9" * 64}),
    ],
)
def test_an_endorsement_that_does_not_count(
    library: Library, keys: Path, code: str, signer: str, claims: dict[str, object]
) -> None:
    proposal = policy_draft(library, "cheng", policy_files(keys, version=2))
    library.write(proposal)
    endorsed = endorsement(library, proposal, signer)
    library.refused(code, library.write(replace(endorsed, entry=replace(endorsed.entry, **claims))))  # type: ignore[arg-type]


def test_an_endorsement_of_another_text_than_was_proposed(library: Library, keys: Path) -> None:
    proposal = policy_draft(library, "cheng", policy_files(keys, version=2))
    library.write(proposal)
    content = library.commit({PEOPLE: policy_files(keys)[PEOPLE] + b"# more\n"}, "ye")
    endorsed = endorsement(library, proposal, "ye")
    entry = replace(endorsed.entry, content=content)
    library.refused("A216", library.write(replace(endorsed, entry=entry, parents=(endorsed.parents[0], content))))


def test_an_administrator_who_has_left_counts_no_more(library: Library, keys: Path) -> None:
    """And neither does a key that was replaced: each entry is judged by the policy before it."""
    files = policy_files(keys, quorum=1, version=2)
    files[PEOPLE] = files[PEOPLE].replace(b"id: ye\n", b"id: ye\n  active: false\n")
    proposal = policy_draft(library, "cheng", files)
    library.write(proposal)
    library.write(endorsement(library, proposal, "ye"))
    assert library.accepted() == 3
    late = policy_draft(library, "ye", policy_files(keys, quorum=1, version=3), version="3")
    library.refused("A301", library.write(late))


# -- genesis


def genesis_of(library: Library, files: dict[str, bytes]) -> Draft:
    """An honest genesis of another ledger."""
    made = new_object("tree", format_tree({"policy": library.tree_of("refs/heads/main")["policy"]}))
    write_objects(library.git, [made])
    ident = library.ident("cheng")
    return Draft(Entry(GENESIS, NO_LEDGER, 0, "cheng", policy_digest(files)), (), made.oid, ident, ident, "cheng")


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("A222", claim(sequence=1)),
        ("A222", claim(ledger="9" * 64)),
        ("A203", claim(policy="9" * 64)),
        ("A211", claim(document=NUMBER)),
        ("A211", claim(content="9" * 40)),
        ("A222", claim(action="submit")),
        ("A219", tree(("README.md", "100644", b"x"))),
        ("A219", tree((PATH, "100644", document()))),
        ("A203", tree(("policy/x.yaml", "100644", b"a: 1\n"))),
        ("A401", tree("policy/people.yaml")),
        ("A205", lambda library, draft: replace(draft, key="")),
        ("A301", lambda library, draft: replace(draft, key="stranger")),
        ("A206", lambda library, draft: replace(draft, key="ye")),
        ("A207", lambda library, draft: replace(draft, author=library.ident("ye"))),
        (
            "A320",
            lambda library, draft: replace(
                draft,
                entry=replace(draft.entry, signer="lin"),
                key="lin",
                author=library.ident("lin"),
                committer=library.ident("lin"),
            ),
        ),
        ("A120", lambda library, draft: replace(draft, parents=(library.tip,))),
        ("A211", lambda library, draft: replace(draft, parents=(library.git.text("rev-parse", "main"),) * 2)),
    ],
)
def test_a_ledger_with_a_false_beginning(
    library: Library, keys: Path, tmp_path: Path, code: str, change: Change
) -> None:
    """Met for the first time, in a clone that remembers nothing."""
    fresh = library.copy(tmp_path / "fresh")
    fresh.write(change(fresh, genesis_of(fresh, policy_files(keys, quorum=2))))
    fresh.refused(code)


def test_a_first_policy_that_does_not_have_version_one(keys: Path, tmp_path: Path) -> None:
    with pytest.raises(PrsError, match="A323"):
        new_library(tmp_path / "new", keys, policy_files(keys, version=2))


# -- what git would show otherwise


def test_replaced_and_grafted_objects_are_not_believed(submitted: Library, tmp_path: Path) -> None:
    """`git replace` and grafts change what git shows; the ledger is read as it is."""
    honest = submitted.tip
    evil = submitted.write(replace(submitted.draft("approve", "shen"), key="stranger"))
    submitted.git.run("update-ref", "refs/heads/approved", honest)
    submitted.git.run("update-ref", f"refs/replace/{honest}", evil)
    (submitted.folder / ".git" / "info").mkdir(exist_ok=True)
    assert submitted.accepted() == 2
    genesis = submitted.git.text("rev-list", "--max-parents=0", "--first-parent", honest)
    submitted.append("approve", "shen")
    (submitted.folder / ".git" / "info" / "grafts").write_text(f"{submitted.tip} {genesis} {genesis}\n")
    fresh = submitted.copy(tmp_path / "fresh")
    assert fresh.git.text("rev-list", "--first-parent", "--count", "approved") == "2"
    fresh.refused("A223", submitted.tip)


def test_a_tree_that_git_and_we_might_read_differently(submitted: Library) -> None:
    """The same name twice: git shows the first file, a careless reader the last."""
    draft = submitted.draft("approve", "shen")
    blob = submitted.git.run("hash-object", "-w", "--stdin", stdin=b"evil").stdout.decode().strip()
    found = submitted.git.read(draft.tree)
    assert found is not None
    twice = (found.data or b"") + b"100644 policy\0" + bytes.fromhex(blob)
    oid = (
        submitted.git.run("hash-object", "-t", "tree", "-w", "--stdin", "--literally", stdin=twice)
        .stdout.decode()
        .strip()
    )
    submitted.refused("A219", submitted.write(replace(draft, tree=oid)))


def test_a_damaged_object_is_found(submitted: Library) -> None:
    """Bit rot, or a text exchanged in the object store: nothing is believed for its name."""
    blob = submitted.git.text("rev-parse", f"main:{PATH}")
    path = submitted.folder / ".git" / "objects" / blob[:2] / blob[2:]
    path.chmod(0o644)
    for damage in (path.read_bytes()[:-10], zlib.compress(b"blob 4\0evil")):
        path.write_bytes(damage)
        submitted.git.close()
        with pytest.raises(PrsError) as caught:
            submitted.open().reader.file(submitted.git.text("rev-parse", "main^{tree}"), PATH)
        assert caught.value.code in ("A221", "E104")
