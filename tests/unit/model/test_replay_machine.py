"""The replay as a state machine: random people, chains and decisions; what may never happen never does."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from presales_repo.errors import PrsError
from presales_repo.model.countersign import deciders, missing_countersigns
from presales_repo.model.delegation import Delegation
from presales_repo.model.ledger import DocumentState, Event, Round
from presales_repo.model.policy import Policy, validate_policy
from presales_repo.model.workflow import next_version
from tests.unit.model.policies import doctype, person, policy_of, step
from tests.unit.model.rounds import Desk, content_of

IDS = ("ada", "bob", "cai", "dan", "eva", "fei", "gus")
NUMBERS = ("QD202305001", "QD202305002")
TYPES = ("t1", "t2", "t3")
DEPARTMENTS = ("presales", "technology")
ROLES = ("dept-head", "presales-manager", "company-leader", "assessment-panel")

PEOPLE = st.tuples(
    *(
        st.builds(
            lambda id_, department, roles, active: person(id_, department, *roles, active=active),
            st.just(id_),
            st.sampled_from(DEPARTMENTS),
            st.lists(st.sampled_from(ROLES), max_size=2, unique=True),
            st.sampled_from([True, True, True, False]),
        )
        for id_ in IDS
    )
)
STEPS = st.lists(
    st.tuples(st.sampled_from([*ROLES, "dept-head-of-author"]), st.sampled_from([1, 1, 2])), min_size=1, max_size=3
).map(lambda chosen: [step(f"s{number}", by, quorum) for number, (by, quorum) in enumerate(chosen)])
CHAINS = st.sampled_from(["none", "light", "full-leader", "full-meeting", "own"])
OPINIONS = {"countersign_departments": ["presales", "technology"], "min_countersigns": 2}
MEETING = [step("first", "dept-head-of-author"), step("final", "company-leader", **OPINIONS)]
GRANTS = st.lists(
    st.builds(
        lambda pair, role: Delegation(role, *pair, (role,), "2023-07-01", "2023-07-31", "+0800"),
        st.permutations([*IDS, "root"]).map(lambda ids: ids[:2]),
        st.sampled_from(ROLES),
    ),
    max_size=6,
)
ROOT = person("root", "management", "repo-admin", "company-leader")


def hands(signatures: Iterable[Event]) -> set[str]:
    """Who signed."""
    return {signature.person for signature in signatures}


def seats(signatures: Iterable[Event]) -> set[str]:
    """Whose signature it counts as."""
    return {signature.on_behalf or signature.person for signature in signatures}


class Ledger(RuleBasedStateMachine):
    """One ledger of one company; every entry that anybody could think of is tried."""

    @initialize(
        people=PEOPLE,
        steps=STEPS,
        chains=st.tuples(CHAINS, CHAINS, CHAINS),
        important=st.tuples(*[st.booleans()] * 3),
        grants=GRANTS,
    )
    def found(self, people: Any, steps: Any, chains: Any, important: Any, grants: Any) -> None:
        types = [
            doctype(*pair, important=flag)
            for pair, flag in zip(zip(TYPES, chains, strict=True), important, strict=True)
        ]
        policy = policy_of([ROOT, *people], {"own": steps, "full-meeting": MEETING}, types)
        validate_policy(policy)
        self.desk = Desk(policy, delegations=tuple(grants))
        self.edits = 0
        self.rounds: dict[str, Round] = {}  # as they were opened
        self.types: dict[str, str] = {}  # of what is published

    @property
    def states(self) -> list[DocumentState]:
        return list(self.desk.states.values())

    @property
    def policy(self) -> Policy:
        return self.desk.policy

    def tried(self, number: str, attempt: Any) -> bool:
        """Try a decision; a refusal has a code and changes nothing."""
        before = (self.desk.sequence, dict(self.desk.states), dict(self.desk.files))
        try:
            attempt()
        except PrsError as error:
            assert error.code[:2] in ("A2", "A3")
            assert before == (self.desk.sequence, self.desk.states, self.desk.files)
            return False
        self.check_step(number, before[1].get(number))
        return True

    @rule(
        action=st.sampled_from(["submit", "submit", "register"]),
        number=st.sampled_from(NUMBERS),
        kind=st.sampled_from(TYPES),
        author=st.sampled_from(IDS),
        signer=st.sampled_from([None, *IDS]),
        contributors=st.lists(st.sampled_from(IDS), max_size=1),
        raised=st.booleans(),
        scope=st.sampled_from(["", "company", "field"]),
        major=st.booleans(),
    )
    def open_round(
        self,
        action: str,
        number: str,
        kind: str,
        author: str,
        signer: str | None,
        contributors: list[str],
        raised: bool,
        scope: str,
        major: bool,
    ) -> None:
        self.edits += 1
        fields = {"important": str(raised).lower(), "scope": scope, "contributors": f"[{', '.join(contributors)}]"}
        content = content_of(kind, author, number, summary=str(self.edits), **fields)
        state = self.desk.states.get(number)
        version = next_version(state.release.version if state and state.release else None, major=major)
        entry = self.desk.opening(action, signer or author, content, version=version)
        if self.tried(number, lambda: self.desk.record(entry, content)):
            state = self.desk.state(number)
            if state.round is not None:
                self.rounds[number] = state.round

    @rule(
        action=st.sampled_from(["approve", "approve", "approve", "reject", "withdraw"]),
        number=st.sampled_from(NUMBERS),
        signer=st.sampled_from([*IDS, "root"]),
        wrong=st.sampled_from([None, None, None, "step", "version", "content"]),
    )
    def decide(self, action: str, number: str, signer: str, wrong: str | None) -> None:
        entry = self.desk.deciding(action, signer, number)
        claims: dict[str, str] = (
            {wrong: "s1" if wrong == "step" else "9.9" if wrong == "version" else "9" * 40} if wrong else {}
        )
        same = all(getattr(entry, name) == value for name, value in claims.items())
        happened = self.tried(number, lambda: self.desk.decide(action, signer, number, **claims))
        assert not happened or same or (action, wrong) == ("withdraw", "step")

    @precondition(lambda self: any(state.round for state in self.desk.states.values()))
    @rule(data=st.data())
    def decide_as_a_holder(self, data: st.DataObject) -> None:
        """Whoever the step waits for may decide it, unless they signed this round before."""
        number = data.draw(st.sampled_from([number for number, state in self.desk.states.items() if state.round]))
        opened = self.desk.state(number).round
        assert opened is not None
        waiting = deciders(self.policy, opened)
        if not waiting:
            return
        signer = data.draw(st.sampled_from(waiting))
        happened = self.tried(number, lambda: self.desk.decide("approve", signer, number))
        waits = opened.step.needs.departments and self.silent(opened)
        assert happened or waits or signer in (*opened.signers, *opened.seats)

    @precondition(lambda self: self.desk.delegations)
    @rule(action=st.sampled_from(["approve", "approve", "reject"]), number=st.sampled_from(NUMBERS), data=st.data())
    def decide_for_somebody_else(self, action: str, number: str, data: st.DataObject) -> None:
        """A delegate decides for the principal who could, unless one of the two took part in this round."""
        grant = data.draw(st.sampled_from(self.desk.delegations))
        state = self.desk.states.get(number)
        opened = state.round if state else None
        attempt = {"signer": grant.delegate, "number": number, "on_behalf": grant.principal}
        happened = self.tried(number, lambda: self.desk.decide(action, **attempt))
        if opened is None or {grant.delegate, grant.principal} & {*opened.signers, *opened.seats, *opened.authors}:
            return
        if opened.step.needs.departments and self.silent(opened):
            return
        able = self.policy.people[grant.delegate].active and self.policy.people[grant.principal].active
        if able and self.fits(grant.principal, opened.step.by, opened) and grant.roles[0] == self.role(opened.step.by):
            assert happened

    def role(self, by: str) -> str:
        return "dept-head" if by == "dept-head-of-author" else by

    @staticmethod
    def silent(opened: Round) -> set[str]:
        """The departments that have yet to say something about the last step."""
        return set(opened.steps[-1].needs.departments) - {item.department for item in opened.countersigns}

    @precondition(lambda self: any(state.round and self.silent(state.round) for state in self.states))
    @rule(data=st.data(), opinion=st.sampled_from(["agree", "agree", "disagree"]))
    def countersign_for_a_department(self, data: st.DataObject, opinion: str) -> None:
        """Whoever speaks for a department that was not heard yet may do so, in any step."""
        number = data.draw(st.sampled_from([s.number for s in self.states if s.round and self.silent(s.round)]))
        opened = self.desk.state(number).round
        assert opened is not None
        _, department, people = data.draw(st.sampled_from(list(missing_countersigns(self.policy, opened))))
        if people:
            signer = data.draw(st.sampled_from(people))
            assert self.tried(number, lambda: self.desk.countersign(signer, department, opinion, number))

    @rule(
        number=st.sampled_from(NUMBERS),
        signer=st.sampled_from([*IDS, "root"]),
        department=st.sampled_from([*DEPARTMENTS, "quality"]),
        opinion=st.sampled_from(["agree", "agree", "disagree"]),
    )
    def countersign(self, number: str, signer: str, department: str, opinion: str) -> None:
        before = self.desk.states.get(number)
        if self.tried(number, lambda: self.desk.countersign(signer, department, opinion, number)):
            assert before is not None
            assert before.round is not None
            assert department in OPINIONS["countersign_departments"]  # type: ignore[operator]
            assert department not in {item.department for item in before.round.countersigns}
            assert replace(self.desk.state(number).round, countersigns=()) == replace(before.round, countersigns=())  # type: ignore[type-var]

    def check_step(self, number: str, before: DocumentState | None) -> None:
        """What the last entry may have done to the one document that it names."""
        after = self.desk.state(number)
        event = after.events[-1]
        assert after.events[:-1] == (before.events if before else ())
        assert event.sequence == self.desk.sequence
        old = before.releases if before else ()
        if event.action in ("submit", "register"):
            assert before is None or before.round is None
        else:
            assert before is not None
            assert before.round is not None
        if len(after.releases) == len(old):
            return
        assert after.releases[:-1] == old
        assert self.types.setdefault(number, after.type_id) == after.type_id
        assert after.round is None
        if event.action == "approve":
            assert before is not None
            assert before.round is not None
            assert before.round.position == len(before.round.steps) - 1
            self.check_published(number, before.round, event)
        else:
            assert event.action == "register"
            assert event.person in after.releases[-1].authors

    def check_published(self, number: str, last: Round, event: Event) -> None:
        state = self.desk.state(number)
        release = state.releases[-1]
        signatures = state.approvals(release)
        by_step: dict[str, list[Event]] = defaultdict(list)
        for signature in signatures:
            by_step[signature.step].append(signature)
        assert list(by_step) == [item.id for item in last.steps]
        for item in last.steps:
            signed = by_step[item.id]
            assert len(hands(signed)) == len(seats(signed)) == len(signed) == item.quorum
        if last.important and len(last.steps) > 1:
            assert min(len(hands(signatures)), len(seats(signatures))) >= 2
        if last.chain == "full-meeting":
            heard = state.countersigns(release)
            assert sorted(event.department for event in heard) == ["presales", "technology"]
            assert not {event.person for event in heard} & set(release.authors)
        assert (release.digest, release.content, release.path) == (last.digest, last.content, last.path)
        assert self.desk.files[release.path] == release.blob

    @invariant()
    def nobody_approves_what_they_wrote(self) -> None:
        for state in self.desk.states.values():
            for release in state.releases:
                if release.chain != "none":
                    signatures = state.approvals(release)
                    assert not (hands(signatures) | seats(signatures)) & set(release.authors)
            if state.round:
                assert not {*state.round.signers, *state.round.seats} & set(state.round.authors)

    @invariant()
    def every_signature_is_that_of_a_holder(self) -> None:
        """By the roles alone: of the step's role, in the author's department; else a leader for a step that lacks some."""
        for number, opened in self.rounds.items():
            for event in self.desk.state(number).events:
                if (
                    event.action not in ("approve", "reject")
                    or event.sequence <= opened.start
                    or event.version != opened.version
                ):
                    continue
                if (opened.start, event.sequence) not in self.spans(number):
                    continue
                wanted = next(item for item in opened.steps if item.id == event.step)
                mine = [p.id for p in self.policy.people.values() if p.active and self.fits(p.id, wanted.by, opened)]
                seat = event.on_behalf or event.person
                if seat not in mine:
                    assert len(mine) < wanted.quorum or self.disagreed(number, opened.start, event.sequence)
                    assert "company-leader" in self.policy.people[seat].roles
                assert self.policy.people[seat].active
                assert self.policy.people[event.person].active
                if event.on_behalf:
                    role = self.role(wanted.by) if seat in mine else "company-leader"
                    given = {(item.principal, item.delegate, item.roles[0]) for item in self.desk.delegations}
                    assert (seat, event.person, role) in given

    def disagreed(self, number: str, start: int, end: int) -> bool:
        events = self.desk.state(number).events
        return any(event.opinion == "disagree" for event in events if start < event.sequence < end)

    def spans(self, number: str) -> set[tuple[int, int]]:
        """(sequence of the submission, sequence of a decision on it)."""
        found, start = set(), 0
        for event in self.desk.state(number).events:
            if event.action == "submit":
                start = event.sequence
            found.add((start, event.sequence))
        return found

    def fits(self, id_: str, by: str, opened: Round) -> bool:
        who = self.policy.people[id_]
        if id_ in opened.authors:
            return False
        if by == "dept-head-of-author":
            return "dept-head" in who.roles and who.department == opened.department
        return by in who.roles

    @invariant()
    def versions_rise_one_by_one(self) -> None:
        for state in self.desk.states.values():
            versions = [tuple(map(int, release.version.split("."))) for release in state.releases]
            assert versions[:1] in ([], [(1, 0)])
            for old, new in itertools.pairwise(versions):
                assert new in ((old[0] + 1, 0), (old[0], old[1] + 1))

    @invariant()
    def nothing_important_is_published_by_its_author_alone(self) -> None:
        for state in self.desk.states.values():
            for release in state.releases:
                if release.important or self.policy.types[state.type_id].important:
                    assert release.chain != "none"

    @invariant()
    def the_library_holds_the_last_releases_and_nothing_else(self) -> None:
        latest = [state.releases[-1] for state in self.desk.states.values() if state.releases]
        assert self.desk.files == {release.path: release.blob for release in latest}


Ledger.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestLedger = Ledger.TestCase
