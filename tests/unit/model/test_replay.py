"""The replay of single decisions: what each entry does, and every reason to refuse one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from presales_repo.errors import PrsError
from presales_repo.model.entry import Entry
from presales_repo.model.ledger import Content, DocumentState, Head, Proposal, status_of
from presales_repo.model.replay import Stamp, judge_policy
from tests.unit.model.policies import doctype, person, policy_of, step
from tests.unit.model.rounds import LEDGER, NUMBER, Desk, content_of, sha

PEOPLE = [
    person("lin", "presales", "solution-architect"),
    person("gao", "presales", "dept-head"),
    person("han", "technology", "dept-head", "technical-expert"),
    person("shen", "presales", "presales-manager"),
    person("cheng", "management", "company-leader", "repo-admin"),
    person("left", "presales", "presales-manager", active=False),
]
TYPES = [
    doctype("record", "none"),
    doctype("plan", "light"),
    doctype("paper", "full-leader", important=True),
    doctype("twin", "full-leader"),
    doctype("panel", "many"),
]
CHAINS = {"many": [step("panel", "dept-head", 2), step("final", "company-leader")]}


@pytest.fixture
def desk() -> Desk:
    return Desk(policy_of(PEOPLE, CHAINS, TYPES))


def refused(code: str, action: Callable[[], object]) -> PrsError:
    with pytest.raises(PrsError) as caught:
        action()
    assert caught.value.code == code
    return caught.value


def test_three_people_publish_an_important_document(desk: Desk) -> None:
    paper = content_of("paper", "lin")
    assert desk.submit("lin", paper).changes == ()
    assert status_of(desk.state(), paper.blob) == "in-review"
    for signer in ("gao", "shen"):
        assert desk.decide("approve", signer).changes == ()
    outcome = desk.decide("approve", "cheng")
    state = desk.state()
    assert (state.round, [release.version for release in state.releases]) == (None, ["1.0"])
    assert [(change.path, change.oid, change.mode) for change in outcome.changes] == [
        (paper.document.path, paper.blob, "100644")
    ]
    release = state.releases[0]
    assert [(event.person, event.step) for event in state.approvals(release)] == [
        ("gao", "first"),
        ("shen", "second"),
        ("cheng", "final"),
    ]
    assert (release.start, release.sequence, release.note, release.authors) == (1, 4, "说明", ("lin",))
    assert status_of(state, paper.blob) == "published"
    assert status_of(state, sha("edited")) == "revising"


def test_a_record_is_published_by_its_author_alone(desk: Desk) -> None:
    record = content_of("record", "lin")
    refused("A311", lambda: desk.submit("lin", record))
    assert desk.register("lin", record).changes
    assert desk.state().approvals(desk.state().releases[0])[0].person == "lin"
    refused("A312", lambda: desk.register("lin", content_of("plan", "lin", "QD202305002")))


def test_a_rejected_document_comes_back_with_the_same_version(desk: Desk) -> None:
    plan = content_of("plan", "lin")
    desk.submit("lin", plan)
    refused("A314", lambda: desk.decide("reject", "shen", comment=" \n"))
    desk.decide("reject", "shen")
    assert status_of(desk.state(), plan.blob) == "changes-requested"
    refused("A308", lambda: desk.decide("approve", "shen"))
    desk.submit("lin", plan)
    assert desk.state().round is not None
    desk.decide("withdraw", "lin")
    assert status_of(desk.state(), plan.blob) == "draft"
    desk.submit("lin", plan)
    desk.decide("approve", "shen")
    assert desk.state().releases[0].version == "1.0"


@pytest.mark.parametrize(
    ("code", "claims"),
    [
        ("A201", {"ledger": "9" * 64}),
        ("A202", {"sequence": 3}),
        ("A202", {"sequence": 1}),
        ("A203", {"policy": "9" * 64}),
        ("A204", {"signer": "nobody"}),
        ("A204", {"signer": "left"}),
        ("A307", {"version": "1.1"}),
        ("A307", {"path": "common/2-需求调研文档/QD202305001-别的.md"}),
        ("A307", {"digest": "9" * 64}),
        ("A307", {"content": "9" * 40}),
        ("A307", {"attachments": (("9" * 64, "a"),)}),
        ("A304", {"step": "final"}),
        ("A308", {"document": "QD202305002"}),
    ],
)
def test_an_approval_claims_exactly_the_open_round(desk: Desk, code: str, claims: dict[str, object]) -> None:
    desk.submit("lin", content_of("plan", "lin"))
    refused(code, lambda: desk.decide("approve", **{"signer": "shen", **claims}))  # type: ignore[arg-type]
    desk.decide("approve", "shen")


@pytest.mark.parametrize(
    ("code", "claims"),
    [
        ("A201", {"ledger": "9" * 64}),
        ("A202", {"sequence": 2}),
        ("A203", {"policy": "9" * 64}),
        ("A215", {"document": "QD202305002"}),
        ("A215", {"path": "common/2-需求调研文档/QD202305002-计划.md"}),
        ("A215", {"path": "common/QD202305001-计划.md"}),
        ("A216", {"digest": "9" * 64}),
        ("A217", {"attachments": (("9" * 64, "attachments/QD202305001/a"),)}),
        ("A214", {"authors": ("lin", "shen", "gao")}),
        ("A214", {"authors": ()}),
        ("A310", {"signer": "shen", "authors": ("lin",)}),
        ("A315", {"version": "2.0"}),
        ("A315", {"version": "1.1"}),
    ],
)
def test_a_submission_claims_exactly_its_content(desk: Desk, code: str, claims: dict[str, object]) -> None:
    plan = content_of("plan", "lin", contributors="[han]")
    entry = replace(desk.opening("submit", "lin", plan), **claims)  # type: ignore[arg-type]
    refused(code, lambda: desk.record(entry, plan))


def test_a_submission_needs_its_text_and_may_name_more_authors_than_the_text_does(desk: Desk) -> None:
    plan = content_of("plan", "lin")
    refused("A212", lambda: desk.record(desk.opening("submit", "lin", plan)))
    desk.submit("han", plan)  # who committed to it
    assert desk.state().round is not None
    assert desk.state().round.authors == ("lin", "han")  # type: ignore[union-attr]


@pytest.mark.parametrize("content", [content_of("unknown", "lin"), content_of("plan", "nobody", contributors="[lin]")])
def test_type_and_author_must_be_in_the_policy(desk: Desk, content: Content) -> None:
    refused("A213", lambda: desk.submit("lin", content))


def test_one_round_at_a_time_and_only_changes_are_submitted(desk: Desk) -> None:
    plan = content_of("plan", "lin")
    desk.submit("lin", plan)
    refused("A309", lambda: desk.submit("lin", content_of("plan", "lin", summary="b")))
    desk.decide("approve", "shen")
    refused("A313", lambda: desk.submit("lin", plan))
    desk.submit("lin", content_of("plan", "lin", summary="b"), version="2.0")


@pytest.mark.parametrize(
    ("code", "signer"),
    [("A302", "lin"), ("A305", "han"), ("A304", "shen"), ("A304", "cheng"), ("A303", "xu")],
)
def test_who_may_not_take_the_first_step(code: str, signer: str) -> None:
    desk = Desk(policy_of([*PEOPLE, person("xu", "technology")], CHAINS, TYPES))
    desk.submit("lin", content_of("paper", "lin"))
    for action in ("approve", "reject"):
        refused(code, lambda: desk.decide(action, signer))


def test_a_contributor_and_a_committer_are_authors_too(desk: Desk) -> None:
    paper = content_of("paper", "lin", contributors="[gao]")
    desk.submit("lin", paper, authors=("lin", "gao", "shen"))
    refused("A302", lambda: desk.decide("approve", "gao"))
    desk.decide("approve", "cheng")  # covers for the head
    refused("A302", lambda: desk.decide("approve", "shen"))
    refused("A310", lambda: desk.decide("withdraw", "cheng"))
    desk.decide("withdraw", "shen")


def test_a_quorum_counts_people_not_signatures(desk: Desk) -> None:
    desk.submit("lin", content_of("panel", "lin"))
    desk.decide("approve", "gao")
    refused("A306", lambda: desk.decide("approve", "gao"))
    assert desk.state().round is not None
    desk.decide("approve", "han")
    refused("A303", lambda: desk.decide("approve", "han"))
    assert desk.decide("approve", "cheng").changes


def test_the_leader_covers_the_head_s_step_and_still_takes_the_last(desk: Desk) -> None:
    """A-15: nobody signs twice on an important document except the leader who covers a vacant step."""
    desk.submit("gao", content_of("paper", "gao"))
    desk.decide("approve", "cheng")
    refused("A304", lambda: desk.decide("approve", "cheng", step="final"))
    desk.decide("approve", "shen")
    desk.decide("approve", "cheng")
    assert desk.state().releases[0].version == "1.0"


def test_nobody_takes_two_steps_of_their_own_on_an_important_document() -> None:
    both = person("shen", "presales", "presales-manager", "dept-head")
    people = [both if item["id"] == "shen" else item for item in PEOPLE if item["id"] != "gao"]
    desk = Desk(policy_of(people, CHAINS, TYPES))
    desk.submit("lin", content_of("paper", "lin"))
    desk.decide("approve", "shen")
    refused("A306", lambda: desk.decide("approve", "shen"))
    ordinary = content_of("twin", "lin", "QD202305002")
    desk.submit("lin", ordinary)
    desk.decide("approve", "shen", "QD202305002")
    desk.decide("approve", "shen", "QD202305002")


def test_one_person_alone_never_publishes_an_important_document() -> None:
    everything = person("cheng", "management", "company-leader", "repo-admin")
    desk = Desk(policy_of([PEOPLE[0], everything], CHAINS, TYPES))
    desk.submit("lin", content_of("paper", "lin"))
    desk.decide("approve", "cheng")
    desk.decide("approve", "cheng")
    refused("A306", lambda: desk.decide("approve", "cheng"))
    desk.submit("lin", content_of("twin", "lin", "QD202305002"))
    for _ in range(3):
        desk.decide("approve", "cheng", "QD202305002")
    assert desk.state("QD202305002").release is not None


# -- what a publication may not be used for


@pytest.mark.parametrize(
    "path",
    [
        "policy/people.yaml",
        "common/2-需求调研文档/QD202305009-别人的.md",
        "attachments/QD202305009/a.png",
        "attachments/QD202305001",
        "attachments/QD202305001/../QD202305009/a.png",
        "attachments/QD202305001//a.png",
        "attachments/QD202305001/.git/config",
        "attachments/QD202305001/.gitattributes",
        "/etc/passwd",
    ],
)
def test_an_attachment_lies_in_the_document_s_own_folder(desk: Desk, path: str) -> None:
    """Otherwise publishing a document could replace the policy, or somebody else's document."""
    for action, kind in ((desk.submit, "plan"), (desk.register, "record")):
        error = refused("A224", lambda: action("lin", content_of(kind, "lin", attachments=path)))
        assert error.path == path


@pytest.mark.parametrize("folder", ["common/..", "common/.git", "projects/XM2023001-a/b\x1b"])
def test_a_document_lies_under_ordinary_names(desk: Desk, folder: str) -> None:
    plan = content_of("plan", "lin")
    refused("A224", lambda: desk.submit("lin", plan, path=f"{folder}/QD202305001-计划.md"))


def test_attachments_come_and_go_with_the_version_that_lists_them(desk: Desk) -> None:
    folder = f"attachments/{NUMBER}"
    desk.register("lin", content_of("record", "lin", attachments=f"{folder}/a.png {folder}/b.png"))
    assert set(desk.published()) == {f"common/2-需求调研文档/{NUMBER}-计划.md", f"{folder}/a.png", f"{folder}/b.png"}
    desk.register("lin", content_of("record", "lin", title="新名", attachments=f"{folder}/b.png"))
    assert set(desk.published()) == {f"common/2-需求调研文档/{NUMBER}-新名.md", f"{folder}/b.png"}


def test_a_published_document_keeps_its_type(desk: Desk) -> None:
    """A record needs no approval: as one, an author alone could replace an approved text."""
    desk.submit("lin", content_of("plan", "lin"))
    desk.decide("approve", "shen")
    refused("A317", lambda: desk.register("lin", content_of("record", "lin")))
    desk.submit("lin", content_of("plan", "lin", summary="b"))


def test_a_type_may_be_corrected_before_the_first_version(desk: Desk) -> None:
    desk.submit("lin", content_of("plan", "lin"))
    desk.decide("reject", "shen")
    desk.register("lin", content_of("record", "lin"))


def test_importance_is_never_lowered_by_the_next_version(desk: Desk) -> None:
    desk.submit("lin", content_of("record", "lin", important="true"))
    for signer in ("gao", "shen", "cheng"):
        desk.decide("approve", signer)
    refused("A312", lambda: desk.register("lin", content_of("record", "lin")))
    desk.submit("lin", content_of("record", "lin"))
    assert [item.id for item in desk.state().round.steps] == ["first", "second", "final"]  # type: ignore[union-attr]


def test_a_round_keeps_its_chain_when_the_policy_changes(desk: Desk) -> None:
    desk.submit("lin", content_of("paper", "lin"))
    desk.decide("approve", "gao")
    desk.policy = policy_of(
        [item for item in PEOPLE if item["id"] != "shen"], {"full-leader": [step("one", "dept-head")]}, TYPES
    )
    refused("A204", lambda: desk.decide("approve", "shen"))
    desk.decide("approve", "cheng")  # nobody is presales manager any more
    desk.decide("approve", "cheng")
    assert [event.step for event in desk.state().events] == ["", "first", "second", "final"]


# -- policy


ADMINS = [person(name, "management", "repo-admin") for name in ("cheng", "ye", "zhao")]
BEFORE = policy_of([*ADMINS, person("lin")], administrators={"quorum": 2})
AFTER = policy_of([*ADMINS, person("lin"), person("new")], administrators={"quorum": 1})._replace(
    version=2, digest="7" * 64
)


def policy_entry(action: str, signer: str, sequence: int = 1, **claims: str) -> Entry:
    values = {"version": "2", "content": "c" * 40, "digest": "7" * 64, **claims}
    return Entry(action, LEDGER, sequence, signer, BEFORE.digest, **values)  # type: ignore[arg-type]


def proposed(*endorsed: str) -> Proposal:
    return Proposal("7" * 64, "c" * 40, "d" * 40, AFTER, endorsed)


def head_of(proposal: Proposal | None = None) -> Head:
    return Head(LEDGER, 0, "a" * 40, "b" * 40, BEFORE, proposal)


STAMP = Stamp("e" * 40, 1_690_000_000, "+0800", "SHA256:...")


def nothing() -> list[DocumentState]:
    return []


def test_a_policy_takes_the_quorum_of_the_administrators_before_it() -> None:
    first = judge_policy(head_of(), policy_entry("policy-propose", "cheng"), STAMP, proposed(), nothing)
    assert first.policy is None
    assert first.proposal is not None
    assert first.proposal.endorsed == ("cheng",)
    second = judge_policy(head_of(first.proposal), policy_entry("policy-endorse", "ye"), STAMP, first.proposal, nothing)
    assert (second.policy, second.proposal) == (AFTER, None)
    assert [(change.path, change.oid, change.mode) for change in second.changes] == [("policy", "d" * 40, "40000")]


@pytest.mark.parametrize(
    ("code", "entry", "head", "proposal"),
    [
        ("A320", policy_entry("policy-propose", "lin"), head_of(), proposed()),
        ("A204", policy_entry("policy-propose", "new"), head_of(), proposed()),
        ("A202", policy_entry("policy-propose", "cheng", 2), head_of(), proposed()),
        ("A216", policy_entry("policy-propose", "cheng", digest="8" * 64), head_of(), proposed()),
        ("A216", policy_entry("policy-propose", "cheng"), head_of(), None),
        ("A323", policy_entry("policy-propose", "cheng", version="3"), head_of(), proposed()),
        ("A323", policy_entry("policy-propose", "cheng", version=""), head_of(), proposed()),
        ("A321", policy_entry("policy-endorse", "ye"), head_of(), proposed()),
        ("A322", policy_entry("policy-endorse", "cheng"), head_of(proposed("cheng")), proposed("cheng")),
        ("A320", policy_entry("policy-endorse", "lin"), head_of(proposed("cheng")), proposed("cheng")),
        ("A323", policy_entry("policy-endorse", "ye", version="9"), head_of(proposed("cheng")), proposed("cheng")),
    ],
)
def test_why_a_policy_entry_is_refused(code: str, entry: Entry, head: Head, proposal: Proposal | None) -> None:
    refused(code, lambda: judge_policy(head, entry, STAMP, proposal, nothing))


def test_a_policy_version_is_never_skipped_or_repeated() -> None:
    for version in (1, 3):
        wrong = Proposal("7" * 64, "c" * 40, "d" * 40, AFTER._replace(version=version), ())
        entry = policy_entry("policy-propose", "cheng", version=str(version))
        refused("A323", lambda entry=entry, wrong=wrong: judge_policy(head_of(), entry, STAMP, wrong, nothing))  # type: ignore[misc]
