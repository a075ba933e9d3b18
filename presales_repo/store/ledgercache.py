"""What this machine has verified of one clone's ledger: a SQLite file outside the repository.

It is a cache and a memory: it may be deleted (the next command verifies from genesis again), but while it is
there a ledger that was rewound or exchanged is noticed. Trusted only for the same version of the verifier.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from presales_repo.model.ledger import DocumentState, Head, Proposal
from presales_repo.model.policy import Policy, build_policy
from presales_repo.model.statejson import (
    STATE_SHAPE,
    dump_delegations,
    dump_projects,
    dump_state,
    load_delegations,
    load_projects,
    load_state,
)
from presales_repo.store.sqlite import open_database

T = TypeVar("T")

# Raise the number whenever verification changes: what older versions kept is then verified anew.
VERIFIER = f"4 {STATE_SHAPE}"
_META = "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"
_FORGET = "DROP TABLE IF EXISTS policy; DROP TABLE IF EXISTS document"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS policy (digest TEXT PRIMARY KEY, data TEXT NOT NULL, in_force INTEGER NOT NULL)
  WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS document (number TEXT PRIMARY KEY, open INTEGER NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS document_open ON document (number) WHERE open;
"""


class LedgerCache:
    """Opened for one command. `path` None keeps everything in memory (a read-only home)."""

    def __init__(self, path: str | None) -> None:
        self._db = open_database(path, _META)
        self._meta = self._read_meta()
        if self._meta.get("verifier") != VERIFIER:
            self._forget()
        self._read_one_state()

    def _read_one_state(self) -> None:
        """From here to the next store, documents are as they were at `head`, whatever other processes add."""
        self._db.execute("BEGIN")
        self._meta = self._read_meta()

    def _read_meta(self) -> dict[str, str]:
        return dict(self._db.execute("SELECT key, value FROM meta"))

    def _forget(self) -> None:
        """Drop what another version of the verifier kept, all but its memory of ledger and tip."""
        with self._db.writing():
            if self._read_meta().get("verifier") != VERIFIER:
                self._db.executescript(_FORGET)
            self._db.executescript(_SCHEMA)

    @property
    def remembered_ledger(self) -> str | None:
        """The ledger (SHA-256 of genesis) pinned at first contact."""
        return self._meta.get("ledger")

    @property
    def remembered_tip(self) -> tuple[int, str] | None:
        """Sequence and commit of the highest verified entry, whatever version of the verifier saw it."""
        return (int(self._meta["sequence"]), self._meta["tip"]) if "tip" in self._meta else None

    def head(self) -> Head | None:
        """The verified head, None when nothing usable is kept."""
        if self._meta.get("verifier") != VERIFIER:
            return None
        policy = self._policy(self._meta["policy"])
        if policy is None:
            return None
        return Head(
            self._meta["ledger"],
            int(self._meta["sequence"]),
            self._meta["tip"],
            self._meta["tree"],
            policy,
            self._proposal(self._meta.get("proposal", "")),
            int(self._meta["latest"]),
            self._load(load_delegations, self._meta["delegations"]),
            self._load(load_projects, self._meta["projects"]),
        )

    def _proposal(self, text: str) -> Proposal | None:
        if not text:
            return None
        raw = self._load(json.loads, text)
        policy = self._policy(raw["digest"])
        if policy is None:
            return None
        return Proposal(raw["digest"], raw["content"], raw["tree"], policy, tuple(raw["endorsed"]))

    def _policy(self, digest: str) -> Policy | None:
        row = self._db.execute("SELECT data FROM policy WHERE digest = ?", (digest,)).fetchone()
        return self._load(_load_policy, row[0]) if row else None

    def policies(self) -> Iterator[Policy]:
        """Every policy that was ever in force; not those that were only proposed."""
        for (text,) in self._db.execute("SELECT data FROM policy WHERE in_force ORDER BY digest"):
            yield self._load(_load_policy, text)

    def document(self, number: str) -> DocumentState | None:
        """One document's state."""
        row = self._db.execute("SELECT state FROM document WHERE number = ?", (number,)).fetchone()
        return self._load(load_state, row[0]) if row else None

    def documents(self, *, only_open: bool = False) -> Iterator[DocumentState]:
        """All documents that the ledger knows, by number."""
        where = "WHERE open" if only_open else ""
        for (text,) in self._db.execute(f"SELECT state FROM document {where} ORDER BY number"):
            yield self._load(load_state, text)

    def superseding(self) -> Iterator[DocumentState]:
        """The documents of which a version names others in `supersedes`; of most of them the JSON need not be read."""
        query = """SELECT state FROM document WHERE instr(state, '"supersedes":["') ORDER BY number"""
        for (text,) in self._db.execute(query):
            yield self._load(load_state, text)

    def highest(self, stage: str, period: str) -> int:
        """The highest sequence of a stage and month that the ledger knows, 0 for none."""
        month = f"{stage}{period}"
        query = "SELECT max(number) FROM document WHERE number BETWEEN ? AND ?"
        found = self._db.execute(query, (f"{month}000", f"{month}999")).fetchone()[0]
        return int(found[-3:]) if found else 0

    def _load(self, load: Callable[[str], T], text: str) -> T:
        try:
            return load(text)
        except (ValueError, KeyError, TypeError) as error:
            raise self._db.discard(repr(error)) from None

    def store(
        self,
        head: Head,
        states: Iterable[DocumentState],
        policies: Mapping[str, Mapping[str, Any]],
        in_force: Iterable[str],
    ) -> None:
        """Remember a new head, the documents that changed, and policies not kept yet, all or nothing.

        `policies`: data by digest; `in_force`: digests of those that the entries before `head` were judged by.
        """
        proposal = head.proposal and json.dumps(
            {
                "digest": head.proposal.digest,
                "content": head.proposal.content,
                "tree": head.proposal.tree,
                "endorsed": head.proposal.endorsed,
            }
        )
        meta = {
            "verifier": VERIFIER,
            "ledger": head.ledger,
            "sequence": str(head.sequence),
            "tip": head.tip,
            "tree": head.tree,
            "policy": head.policy.digest,
            "proposal": proposal or "",
            "latest": str(head.latest),
            "delegations": dump_delegations(head.delegations),
            "projects": dump_projects(head.projects),
        }
        self._db.leave()
        with self._db.writing():
            if self._is_behind(head):
                return  # another process verified further meanwhile
            self._db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", meta.items())
            rows = [(state.number, int(state.round is not None), dump_state(state)) for state in states]
            self._db.executemany("INSERT OR REPLACE INTO document VALUES (?, ?, ?)", rows)
            kept = [(digest, json.dumps(data, ensure_ascii=False)) for digest, data in policies.items()]
            self._db.executemany("INSERT OR IGNORE INTO policy VALUES (?, ?, 0)", kept)
            self._db.executemany("UPDATE policy SET in_force = 1 WHERE digest = ?", [(digest,) for digest in in_force])
        self._read_one_state()

    def forget_head(self) -> None:
        """Give up the verified head but not the pin: entries that were never shared are about to be made again."""
        self._db.leave()
        with self._db.writing():
            self._db.execute("DELETE FROM meta WHERE key != 'ledger'")
        self._read_one_state()

    def _is_behind(self, head: Head) -> bool:
        stored = self._read_meta()
        same = (stored.get("verifier"), stored.get("ledger")) == (VERIFIER, head.ledger)
        return same and int(stored["sequence"]) > head.sequence

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def _load_policy(text: str) -> Policy:
    return build_policy(json.loads(text))
