"""The policy: show, compare, propose, endorse. Judged by the administrators of the policy before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from presales_repo.errors import PrsError
from presales_repo.model.entry import Entry
from presales_repo.model.frontmatter import set_value
from presales_repo.model.policy import (
    REPOSITORY,
    ROOT,
    Policy,
    administrators,
    build_policy,
    policy_data,
    policy_digest,
    validate_policy,
)
from presales_repo.model.text import decode_text
from presales_repo.model.yamlsubset import parse_yaml
from presales_repo.ops.check import working_policy_files
from presales_repo.ops.decide import require_words
from presales_repo.ops.session import Actor, Session, Work, company_zone, find_actor, ident, open_work, stamp
from presales_repo.ops.shared import publisher
from presales_repo.ops.timetable import read_timetable
from presales_repo.rules.gates import wrong_gates
from presales_repo.rules.typerules import wrong_rules
from presales_repo.store.files import write_file
from presales_repo.store.repository import require_main
from presales_repo.store.worktree import commit_paths


@dataclass(frozen=True, slots=True)
class PolicyShown:
    """The policy in force, and the open proposal if there is one."""

    version: int
    digest: str
    organisation: str
    quorum: int
    administrators: tuple[str, ...]
    people: int
    types: int
    proposal: str
    endorsed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyDecision:
    """What was recorded. `installed`: the quorum was reached; else `missing` more endorsements are needed."""

    action: str
    version: int
    digest: str
    commit: str
    installed: bool
    missing: int


def show_policy(session: Session) -> PolicyShown:
    """The policy in force."""
    with open_work(session) as work:
        policy, proposal = work.policy, work.ledger.head.proposal
        return PolicyShown(
            policy.version, policy.digest, policy.organisation, policy.quorum, tuple(administrators(policy)),
            len(policy.people), len(policy.types), proposal.digest if proposal else "",
            proposal.endorsed if proposal else (),
        )  # fmt: skip


def diff_policy(session: Session) -> str:
    """What the working policy/ changes against the policy in force, as git prints it."""
    with open_work(session) as work:
        git = work.repository.git
        done = git.run("diff", "--no-color", "--no-ext-diff", "-O/dev/null", work.ledger.head.tip, "--", ROOT)
        return done.stdout.decode("utf-8", "replace")


def propose(session: Session, message: str) -> PolicyDecision:
    """Propose the policy/ of the working tree: number it, commit it, record the proposal.

    Raises PrsError A324 nothing changed, A320 not an administrator, A4xx the policy or a rule of it is wrong, W117 no
    message.
    """
    message = require_words(message, "-m")
    with open_work(session, deciding=True) as work:
        actor = find_actor(work)
        if actor.person.id not in administrators(work.policy):
            raise PrsError("A320", person=actor.person.id)
        head = require_main(work.repository)
        files = working_policy_files(work)
        numbered = _numbered(work, files)
        policy = build_policy(policy_data({**files, REPOSITORY: numbered}))
        validate_policy(policy)
        read_timetable(policy)
        for wrong in wrong_rules(policy):
            raise PrsError(wrong.code, **wrong._asdict())
        for gate in wrong_gates(policy):
            raise PrsError("A417", **gate._asdict())
        company_zone(policy)
        content = _commit_policy(work, actor, head, files[REPOSITORY], numbered, message)
        return _record(work, actor, "policy-propose", content, policy, message)


def _numbered(work: Work, files: Mapping[str, bytes]) -> bytes:
    """repository.yaml with the version that is due."""
    if policy_digest(files) == work.policy.digest:
        raise PrsError("A324")
    if REPOSITORY not in files:
        raise PrsError("A401", path=REPOSITORY)
    text = decode_text(files[REPOSITORY], REPOSITORY)
    return set_value(text, parse_yaml(text, REPOSITORY), "version", str(work.policy.version + 1)).encode()


def _commit_policy(work: Work, actor: Actor, head: str, old: bytes, numbered: bytes, message: str) -> str:
    """The commit on main that holds the proposed policy. A refusal puts repository.yaml back as it was."""
    root = work.repository.root
    write_file(root, REPOSITORY, numbered, replace=True)
    try:
        return _commit_changes(work, actor, head, message)
    except PrsError:
        write_file(root, REPOSITORY, old, replace=True)
        raise


def _commit_changes(work: Work, actor: Actor, head: str, message: str) -> str:
    git = work.repository.git
    changed = git.paths("diff", "--name-only", "-z", "HEAD", "--", ROOT)
    changed += git.paths("ls-files", "-z", "--others", "--exclude-standard", "--", ROOT)
    if not changed:
        return head
    who = ident(actor.person, stamp(work.session, work.policy))
    return commit_paths(work.repository, head, changed, message, who, actor.key)


def endorse(session: Session) -> PolicyDecision:
    """Sign the open proposal. Raises PrsError A321 when there is none."""
    with open_work(session, deciding=True) as work:
        actor = find_actor(work)
        proposal = work.ledger.head.proposal
        if proposal is None:
            raise PrsError("A321")
        return _record(work, actor, "policy-endorse", proposal.content, proposal.policy, "")


def _record(work: Work, actor: Actor, action: str, content: str, policy: Policy, comment: str) -> PolicyDecision:
    head = work.ledger.head
    entry = Entry(
        action, head.ledger, head.sequence + 1, actor.person.id, head.policy.digest, version=str(policy.version),
        content=content, digest=policy.digest, comment=comment,
    )  # fmt: skip
    quorum = head.policy.quorum
    publish = publisher(work.repository, work.mode, content)
    commit = work.ledger.append(entry, actor.person, actor.key, stamp(work.session, work.policy), publish)
    if commit is None:
        raise PrsError("A316", number="policy")
    proposal = work.ledger.head.proposal
    missing = quorum - len(proposal.endorsed) if proposal else 0
    return PolicyDecision(action, policy.version, policy.digest, commit, proposal is None, missing)


def policy_tables(session: Session) -> dict[str, Any]:
    """The policy in force as plain data, for `prs policy show --json` and other programs."""
    with open_work(session) as work:
        return policy_data(work.ledger.reader.files_below(work.ledger.head.tree, ROOT.rstrip("/")))
