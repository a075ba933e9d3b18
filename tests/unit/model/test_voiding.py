"""A stolen key: what rests on it leaves the library until its owner says it again."""

from __future__ import annotations

import pytest

from presales_repo.errors import PrsError
from presales_repo.model.entry import Entry
from presales_repo.model.ledger import DocumentState, Proposal, status_of
from presales_repo.model.policy import Policy, Revocation
from presales_repo.model.replay import Outcome, Stamp, judge_policy
from presales_repo.model.statejson import dump_state, load_state
from tests.unit.model.policies import doctype, person, policy_of
from tests.unit.model.rounds import LEDGER, NUMBER, Desk, content_of, sha

OTHER = "QD202305002"
PEOPLE = [
    person("lin", "presales", "solution-architect"),
    person("shen", "presales", "presales-manager"),
    person("gao", "presales", "presales-manager"),
    person("cheng", "management", "company-leader", "repo-admin"),
]


@pytest.fixture
def desk() -> Desk:
    return Desk(
        policy_of(
            PEOPLE,
            {},
            [
                doctype("record", "none"),
                doctype("plan", "light", mutable_after_release=["done"], fields={"done": {"type": "date"}}),
            ],
        )
    )


def revoking(policy: Policy, who: str, first: int, key: str) -> Policy:
    """The next policy, in which a person's key is void from a sequence on."""
    owner = policy.people[who]
    changed = owner._replace(revoked=(*owner.revoked, Revocation(key, first)))
    return policy._replace(
        version=policy.version + 1, digest=sha(f"{key} {first}"), people={**policy.people, who: changed}
    )


def revoke(desk: Desk, who: str, first: int, key: str = "") -> Outcome:
    """Bring such a policy into force."""
    after = revoking(desk.policy, who, first, key or f"key of {who}")
    entry = Entry(
        "policy-propose", LEDGER, desk.sequence + 1, "cheng", desk.policy.digest, version=str(after.version),
        content="c" * 40, digest=after.digest, comment="密钥被盗",
    )  # fmt: skip
    stamp = Stamp(sha("policy"), 1_690_000_000, "+0800", "key of cheng")
    proposal = Proposal(after.digest, "c" * 40, "d" * 40, after, ())
    outcome = judge_policy(desk.head, entry, stamp, proposal, desk.states.values)
    desk.policy, desk.sequence = after, entry.sequence
    desk.states |= {state.number: state for state in outcome.states}
    for change in outcome.changes:
        if change.oid is None:
            del desk.files[change.path]
        elif change.path != "policy":
            desk.files[change.path] = change.oid
    return outcome


def publish(desk: Desk, text: str, approver: str = "shen", number: str = NUMBER) -> str:
    """Publish a plan; the blob of its text."""
    plan = content_of("plan", "lin", number, summary=text)
    version = desk.states[number].last_version if number in desk.states else None
    desk.submit("lin", plan, **({"version": f"1.{int(version[2:]) + 1}"} if version else {}))
    desk.decide("approve", approver, number)
    return plan.blob


def reaffirm(desk: Desk, who: str, state: DocumentState, key: str = "new key") -> Outcome:
    """A person says again what they signed of the version that waits last; with another key."""
    release = state.voided[-1].release
    return desk.record(
        Entry(
            "reaffirm", LEDGER, desk.sequence + 1, who, desk.policy.digest, state.number, release.path, release.version,
            content=release.content, digest=release.digest,
        ),
        key=key,
    )  # fmt: skip


def test_a_version_signed_with_a_stolen_key_leaves_the_library(desk: Desk) -> None:
    blob = publish(desk, "一")
    publish(desk, "二", "gao", OTHER)
    outcome = revoke(desk, "shen", 2)
    state = desk.state()
    assert (state.release, status_of(state, blob)) == (None, "void")
    assert (state.voided[0].release.version, state.voided[0].waiting) == ("1.0", ("shen",))
    assert (state.last_action, state.events[-1].person, state.events[-1].version) == ("void", "cheng", "1.0")
    assert desk.published() == {}
    assert desk.published(OTHER), "what others signed stays"
    assert next(change.path for change in outcome.changes) == "policy"
    assert load_state(dump_state(state)) == state


def test_the_version_before_comes_back(desk: Desk) -> None:
    first = publish(desk, "一")
    publish(desk, "二")
    revoke(desk, "shen", 4)
    assert desk.state().release is not None
    assert list(desk.published().values()) == [first]
    refused = desk.states.copy()
    with pytest.raises(PrsError, match="A315"):
        desk.submit("lin", content_of("plan", "lin", summary="三"), version="1.1")
    assert desk.states == refused, "1.1 is a version that people may have on paper"
    publish(desk, "三")
    assert desk.state().releases[-1].version == "1.2"


def test_entries_before_the_theft_hold(desk: Desk) -> None:
    publish(desk, "一")
    assert revoke(desk, "shen", 3).states == ()
    assert desk.published()


def test_a_submission_with_a_stolen_key_is_void_too(desk: Desk) -> None:
    publish(desk, "一")
    revoke(desk, "lin", 1)
    assert desk.state().voided[0].waiting == ("lin",)


def test_an_open_round_ends(desk: Desk) -> None:
    desk.submit("lin", content_of("plan", "lin"))
    revoke(desk, "lin", 1)
    assert (desk.state().round, desk.state().voided, status_of(desk.state(), None)) == (None, (), "draft")
    desk.submit("lin", content_of("plan", "lin"))
    revoke(desk, "gao", 1)
    assert desk.state().round is not None, "who did not sign it does not end it"


def test_the_owner_says_it_again(desk: Desk) -> None:
    blob = publish(desk, "一")
    revoke(desk, "shen", 2)
    with pytest.raises(PrsError, match="A371"):
        reaffirm(desk, "gao", desk.state())
    reaffirm(desk, "shen", desk.state())
    state = desk.state()
    assert (state.voided, list(desk.published().values())) == ((), [blob])
    assert state.release is not None
    assert [event.action for event in state.evidence(state.release)] == ["approve", "reaffirm"]
    with pytest.raises(PrsError, match="A370"):
        desk.record(Entry("reaffirm", LEDGER, desk.sequence + 1, "shen", desk.policy.digest, NUMBER, version="1.0"))


def test_two_stolen_keys_take_two_owners(desk: Desk) -> None:
    publish(desk, "一")
    revoke(desk, "shen", 1)
    revoke(desk, "lin", 1)
    assert [item.waiting for item in desk.state().voided] == [("shen", "lin")]
    after = publish(desk, "二", "gao")
    assert list(desk.published().values()) == [after]
    reaffirm(desk, "shen", desk.state())
    assert [release.version for release in desk.state().releases] == ["1.1"]
    reaffirm(desk, "lin", desk.state())
    assert [release.version for release in desk.state().releases] == ["1.0", "1.1"]
    assert list(desk.published().values()) == [after], "the newest version that holds is the published one"


def test_a_key_revoked_earlier_than_thought(desk: Desk) -> None:
    publish(desk, "一")
    assert revoke(desk, "shen", 9).states == ()
    assert revoke(desk, "shen", 2).states
    assert revoke(desk, "shen", 2).states == (), "nothing is void twice"


def test_what_a_second_stolen_key_reaffirmed_is_void_again(desk: Desk) -> None:
    publish(desk, "一")
    revoke(desk, "shen", 2)
    reaffirm(desk, "shen", desk.state(), key="second key")
    assert desk.published()
    revoke(desk, "shen", desk.sequence, key="second key")
    assert desk.published() == {}


def test_a_change_after_release_with_a_stolen_key_is_taken_back_and_what_came_after_it(desk: Desk) -> None:
    plan = content_of("plan", "lin", done="2023-05-19")
    desk.submit("lin", plan)
    desk.decide("approve", "gao")
    first, second, third = (content_of("plan", "lin", done=f"2023-05-2{day}") for day in range(3))
    desk.track("lin", first)
    desk.track("shen", second)
    desk.track("lin", third)
    release = desk.state().release
    assert release is not None
    assert [text.blob for text in release.texts] == [third.blob, second.blob, first.blob, plan.blob]
    assert [event.action for event in desk.state().evidence(release)] == ["approve", "track", "track", "track"]
    revoke(desk, "shen", 4)
    release = desk.state().release
    assert release is not None
    assert (release.version, [mark.changes for mark in release.tracked]) == ("1.0", [("done=2023-05-20",)])
    assert list(desk.published().values()) == [first.blob]
    assert [event.action for event in desk.state().evidence(release)] == ["approve", "track"]
    assert (desk.state().voided, desk.state().last_action) == ((), "void")
    desk.track("lin", third)
    revoke(desk, "gao", 2)
    assert desk.published() == {}
    assert desk.state().voided[0].waiting == ("gao",)
