"""What every operation starts from: where, when and with which key; then the repository and its verified ledger."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass

from presales_repo.errors import PrsError
from presales_repo.model.commit import Ident
from presales_repo.model.fingerprint import spoken
from presales_repo.model.policy import Person, Policy, owner_of
from presales_repo.ops.shared import follow
from presales_repo.store.files import locked
from presales_repo.store.index import Index
from presales_repo.store.ledger import Ledger, open_ledger
from presales_repo.store.published import Published
from presales_repo.store.remote import has_remote
from presales_repo.store.repository import Repository, check_git, open_repository
from presales_repo.store.sign import SigningKey, load_signing_key
from presales_repo.store.snapshot import Snapshot, head_tree, merge_heads, working_changes
from presales_repo.store.undo import take_back

Progress = Callable[[str, int, int], None]


Notify = Callable[[str, Mapping[str, object]], None]


def no_notice(_code: str, _args: Mapping[str, object]) -> None:
    """For callers that show no notices."""


def no_progress(_what: str, _done: int, _total: int) -> None:
    """For callers that show no progress."""


@dataclass(frozen=True, slots=True)
class Session:
    """A request's surroundings, read once at the edge. `key`: the words that name the signing key, or ""."""

    directory: str
    environment: Mapping[str, str]
    now: datetime.datetime
    key: str = ""
    progress: Progress = no_progress
    notify: Notify = no_notice

    @property
    def home(self) -> str:
        return self.environment.get("HOME") or "/"


@dataclass(frozen=True, slots=True)
class Work:
    """An opened document repository. `mode`: `shared`, `offline` or `alone`, see ops.shared.follow."""

    session: Session
    repository: Repository
    ledger: Ledger
    mode: str = "alone"

    @property
    def policy(self) -> Policy:
        return self.ledger.policy


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: decided by the signing key alone."""

    person: Person
    key: SigningKey


@contextmanager
def open_work(session: Session, *, exclusive: bool = False, deciding: bool = False) -> Iterator[Work]:
    """Open the repository, verify what is new in its ledger, close everything afterwards.

    `exclusive` keeps other processes of this clone out, from before the ledger is read until the work is written:
    what a decision rests on still holds when it is recorded. `deciding` is that, and fetches first what others
    decided elsewhere.
    """
    repository = open_repository(session.directory, session.environment)
    try:
        check_git(repository.git)
        with locked(repository.lock) if exclusive or deciding else nullcontext():
            if exclusive or deciding:
                take_back(repository)
            mode = follow(repository) if deciding else "alone"
            ledger = open_ledger(repository, lambda done, total: session.progress("verify", done, total))
            _tell(session, ledger, mode)
            try:
                yield Work(session, repository, ledger, mode)
            finally:
                ledger.close()
    finally:
        repository.git.close()


def _tell(session: Session, ledger: Ledger, mode: str) -> None:
    """What a person should know before they go on: whose ledger this is, and that the server was not asked."""
    if ledger.first_contact and has_remote(ledger.repository.git):  # else it was made here, or brought by hand
        said = spoken(ledger.head.ledger)
        words, digits = " ".join(said.words), " ".join(said.digits)
        session.notify("A260", {"genesis": ledger.head.ledger, "words": words, "digits": digits})
    if mode == "offline":
        session.notify("E153", {})


def find_actor(work: Work) -> Actor:
    """The person whose key signs. Raises PrsError E130 no key named, A15x the key, A301 nobody's key."""
    key = signing_key(work.session, work.repository)
    person = owner_of(work.policy, key.public, work.ledger.head.sequence + 1)
    if person is None:
        raise PrsError("A301", fingerprint=key.public.fingerprint())
    return Actor(person, key)


def signing_key(session: Session, repository: Repository) -> SigningKey:
    """`--key`, else PRS_KEY, else git's user.signingkey. Raises PrsError E130 when none is named."""
    spec = session.key or session.environment.get("PRS_KEY", "")
    if not spec:
        spec = repository.git.run("config", "user.signingkey", ok=(0, 1)).stdout.decode().strip()
    if not spec:
        raise PrsError("E130")
    return load_signing_key(spec, session.home)


def stamp(session: Session, policy: Policy) -> tuple[int, str]:
    """Now, as git writes it: seconds since 1970 and the offset of the company's time zone."""
    local = company_time(session, policy)
    return int(local.timestamp()), local.strftime("%z")[:5]


def company_zone(policy: Policy) -> datetime.tzinfo:
    """The company's time zone. Raises PrsError A402 when the policy names none that exists."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(policy.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise PrsError("A402", where="policy/repository.yaml", problem=f"timezone {policy.timezone}") from None


def today(session: Session, policy: Policy) -> datetime.date:
    """The day in the company's time zone: it decides the month of a number (A-05)."""
    return company_time(session, policy).date()


def company_time(session: Session, policy: Policy) -> datetime.datetime:
    """Now, in the company's time zone. Raises PrsError E131 outside the years 2000 to 2099, which numbers can hold."""
    with suppress(OverflowError):  # the ends of the calendar, moved by a zone
        local = session.now.astimezone(company_zone(policy))
        if local.year // 100 == 20:
            return local
    raise PrsError("E131", found=session.now.isoformat())


def ident(person: Person, when: tuple[int, str]) -> Ident:
    """A person as git's author and committer."""
    return Ident(person.name, person.email, *when)


def working_snapshot(work: Work) -> Snapshot:
    """The files as they stand in the working tree, on top of the last commit."""
    git = work.repository.git
    index = open_index(work.repository)
    changes = working_changes(git, work.repository.root)
    released, merged = release_lookup(work.ledger), merge_heads(git, {})
    return Snapshot(
        git, index, head_tree(git), changes, work.repository.root, released=released, merged=merged,
        standing=released.standing,
    )  # fmt: skip


def committed_snapshot(work: Work) -> Snapshot:
    """The files of the last commit, whatever stands in the working tree."""
    git = work.repository.git
    released = release_lookup(work.ledger)
    index = open_index(work.repository)
    return Snapshot(git, index, head_tree(git), {}, released=released, standing=released.standing)


def open_index(repository: Repository) -> Index:
    """The register's cache of this clone."""
    return Index(repository.git, repository.private("index.sqlite"))


def release_lookup(ledger: Ledger) -> Published:
    """Answers which versions are published, and what stands in them."""
    return Published(ledger)
