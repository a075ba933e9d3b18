"""Opinions of departments and minutes, forged in entries with real signatures: each is refused, with its reason.

Every attack is an honest next entry with one thing changed, signed by the key of whoever it names.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.store.library import (
    NUMBER,
    PATH,
    Library,
    claim,
    document,
    new_library,
    policy_files,
    tree,
)

MEETING = "GT202305001"
CHAINS = b"""administrators: {quorum: 1}
chains:
  light: {title_zh: x, steps: [{id: check, title_zh: x, by: presales-manager}]}
  full-leader: {title_zh: x, steps: [{id: final, title_zh: x, by: company-leader}]}
  leader-only: {title_zh: x, steps: [{id: final, title_zh: x, by: company-leader}]}
  none: {title_zh: x, steps: []}
  meeting:
    title_zh: x
    steps:
      - id: final
        title_zh: x
        by: company-leader
        needs: {minutes: review, countersign_departments: [technology, presales], min_countersigns: 2}
chain_rules: {important_min_distinct_signers: 1, delegation_max_days: 90, emergency_make_up_days: 3}
"""
_TYPE = "authors: [team-member], sensitivity: internal, retention: y10"
TYPES = f"""types:
- {{id: regulation, title_zh: x, chain: meeting, category: survey, stage: QD, {_TYPE}}}
- id: minutes
  title_zh: x
  chain: light
  category: other
  stage: GT
  authors: [team-member]
  sensitivity: internal
  retention: y10
  fields: {{meeting_type: {{type: enum, values: {{review: x, regular: x}}}}}}
"""


def minutes_path(number: str = MEETING) -> str:
    return f"common/6-其他文档/{number}-计划.md"


def minutes(result: str = "approve", kind: str = "review", subject: str = f"{NUMBER}@1.0") -> bytes:
    decisions = f"[{{subject: {subject}, result: {result}}}]"
    return document("minutes", "ye", MEETING, meeting_type=kind, decisions=decisions)


@pytest.fixture(scope="module")
def submitted_once(keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Library:
    files = policy_files(keys, approval=CHAINS, **{"types/more": TYPES.encode()})
    library = new_library(tmp_path_factory.mktemp("meeting"), keys, files)
    library.commit({PATH: document("regulation")})
    library.append("submit", "lin")
    return library


@pytest.fixture
def asked(submitted_once: Library, tmp_path: Path) -> Library:
    """A regulation by lin that waits for technology (han), presales (gao) and the meeting (cheng)."""
    return submitted_once.copy(tmp_path)


def hear(library: Library, signer: str, department: str) -> None:
    library.append("countersign", signer, step="final", department=department, opinion="agree")


def submit_minutes(library: Library, text: bytes) -> None:
    library.commit({minutes_path(): text}, "ye")
    library.append("submit", "ye", MEETING, path=minutes_path())


@pytest.fixture
def heard(asked: Library) -> Library:
    """The same after both departments agreed, and with minutes in review."""
    hear(asked, "han", "technology")
    hear(asked, "gao", "presales")
    submit_minutes(asked, minutes())
    return asked


def test_honest_opinions_and_minutes_are_accepted_by_prs_and_by_git(heard: Library) -> None:
    heard.append("approve", "shen", MEETING)
    heard.append("approve", "cheng", minutes=f"{MEETING}@1.0")
    assert heard.accepted() == 7
    assert heard.git.text("show", f"approved:{PATH}") == document("regulation").decode().rstrip("\n")


@pytest.mark.parametrize(
    ("code", "signer", "claims"),
    [
        ("A352", "lin", {}),  # the author
        ("A352", "lin", {"department": "presales"}),
        ("A351", "gao", {}),  # another department's head
        ("A351", "shen", {"department": "presales"}),  # neither head nor reviewer
        ("A351", "cheng", {}),  # a leader, though the department has people
        ("A354", "ye", {"department": "quality"}),  # nobody asked
        ("A354", "han", {"step": "check"}),
        ("A355", "han", {"opinion": "disagree", "comment": ""}),
        ("A307", "han", {"version": "1.1"}),
        ("A307", "han", {"digest": "9" * 64}),
        ("A308", "han", {"document": MEETING}),
        ("A206", "gao", {"signer": "han"}),
        ("A211", "han", {"opinion": ""}),
        ("A211", "han", {"opinion": "yes"}),
        ("A211", "han", {"minutes": f"{MEETING}@1.0"}),
    ],
)
def test_a_forged_opinion(asked: Library, code: str, signer: str, claims: dict[str, str]) -> None:
    draft = asked.draft("countersign", "han", step="final", department="technology", opinion="agree")
    ident, entry = asked.ident(signer), replace(draft.entry, **{"signer": signer, **claims})  # type: ignore[arg-type]
    asked.refused(code, asked.write(replace(draft, entry=entry, author=ident, committer=ident, key=signer)))


def test_an_opinion_twice(asked: Library) -> None:
    first = asked.draft("countersign", "han", step="final", department="technology", opinion="agree")
    asked.write(first)
    assert asked.accepted() == 3
    again = replace(first.entry, sequence=first.entry.sequence + 1)
    asked.refused("A353", asked.write(replace(first, entry=again, parents=(asked.tip, first.parents[1]))))


def test_an_opinion_that_publishes(asked: Library) -> None:
    draft = asked.draft("countersign", "han", step="final", department="technology", opinion="agree")
    published = tree((PATH, "100644", document("regulation")))
    asked.refused("A219", asked.write(published(asked, draft)))


def test_an_approval_before_every_department_was_heard(asked: Library) -> None:
    """Made as the approval that is due later: the same entry, one opinion earlier."""
    hear(asked, "han", "technology")
    submit_minutes(asked, minutes())
    asked.append("approve", "shen", MEETING)
    ahead = asked.copy(asked.folder.parent / "ahead")
    hear(ahead, "gao", "presales")
    later = ahead.draft("approve", "cheng", minutes=f"{MEETING}@1.0")
    entry = replace(later.entry, sequence=later.entry.sequence - 1)
    published = asked.tree_with(f"{asked.tip}^{{tree}}", {PATH: ("100644", document("regulation"))})
    asked.refused(
        "A350", asked.write(replace(later, entry=entry, parents=(asked.tip, later.parents[1]), tree=published))
    )


def test_minutes_that_are_not_published(heard: Library) -> None:
    ahead = heard.copy(heard.folder.parent / "ahead")
    ahead.append("approve", "shen", MEETING)
    due = ahead.draft("approve", "cheng", minutes=f"{MEETING}@1.0")
    entry = replace(due.entry, sequence=due.entry.sequence - 1)
    published = heard.tree_with(f"{heard.tip}^{{tree}}", {PATH: ("100644", document("regulation"))})
    heard.refused("A359", heard.write(replace(due, entry=entry, parents=(heard.tip, due.parents[1]), tree=published)))


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("A358", ""),
        ("A359", f"{MEETING}@1.1"),
        ("A359", "GT202305002@1.0"),
        ("A360", f"{NUMBER}@1.0"),
        ("A211", MEETING),
        ("A211", "minutes"),
    ],
)
def test_other_minutes_than_the_meeting_s(heard: Library, code: str, named: str) -> None:
    """The last but one names a version in force, of a document that holds no minutes: the regulation itself, once out."""
    heard.append("approve", "shen", MEETING)
    if code == "A360":
        heard.append("approve", "cheng", minutes=f"{MEETING}@1.0")
        heard.commit({PATH: document("regulation", summary="v2")})
        heard.append("submit", "lin", version="1.1")
        hear(heard, "han", "technology")
        hear(heard, "gao", "presales")
        heard.commit({minutes_path(): minutes(subject=f"{NUMBER}@1.1")}, "ye")
        heard.append("submit", "ye", MEETING, path=minutes_path(), version="1.1")
        heard.append("approve", "shen", MEETING)
    version = "1.1" if code == "A360" else "1.0"
    draft = heard.draft("approve", "cheng", minutes=f"{MEETING}@{version}")
    heard.refused(code, heard.write(claim(minutes=named)(heard, draft)))


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("A360", minutes(kind="regular")),
        ("A361", minutes(subject=f"{NUMBER}@1.1")),
        ("A361", minutes(subject="QD202305002@1.0")),
        ("A362", minutes(result="reject")),
        ("A362", minutes(result="note")),
    ],
)
def test_minutes_that_say_something_else(asked: Library, code: str, text: bytes) -> None:
    """The honest entry is drafted beside a ledger whose minutes approve, and put after those that do not."""
    hear(asked, "han", "technology")
    hear(asked, "gao", "presales")
    honest = asked.copy(asked.folder.parent / "honest")
    for library, said in ((honest, minutes()), (asked, text)):
        submit_minutes(library, said)
        library.append("approve", "shen", MEETING)
    due = honest.draft("approve", "cheng", minutes=f"{MEETING}@1.0")
    published = asked.tree_with(f"{asked.tip}^{{tree}}", {PATH: ("100644", document("regulation"))})
    asked.refused(code, asked.write(replace(due, parents=(asked.tip, due.parents[1]), tree=published)))


def test_minutes_of_an_older_text_of_the_same_version(heard: Library) -> None:
    """Approved in 1.0 by the meeting, withdrawn, and submitted as 1.0 again with other words."""
    heard.append("approve", "shen", MEETING)
    due = heard.draft("approve", "cheng", minutes=f"{MEETING}@1.0")
    heard.append("withdraw", "lin")
    other = document("regulation", summary="other words")
    heard.commit({PATH: other})
    heard.append("submit", "lin")
    hear(heard, "han", "technology")
    hear(heard, "gao", "presales")
    ledger = heard.open()
    entry = heard.entry(ledger, "approve", "cheng", minutes=f"{MEETING}@1.0")
    ledger.close()
    published = heard.tree_with(f"{heard.tip}^{{tree}}", {PATH: ("100644", other)})
    heard.refused("A363", heard.write(replace(due, entry=entry, parents=(heard.tip, entry.content), tree=published)))


def test_minutes_whose_bytes_are_gone(heard: Library) -> None:
    heard.append("approve", "shen", MEETING)
    heard.append("approve", "cheng", minutes=f"{MEETING}@1.0")
    blob = heard.git.text("rev-parse", f"approved:{minutes_path()}")
    (heard.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    fresh = heard.copy(heard.folder.parent / "fresh")
    fresh.refused("A221")
