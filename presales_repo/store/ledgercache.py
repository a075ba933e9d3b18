"""What this machine has verified of one clone's ledger: a SQLite file outside the repository.

It is a cache and a memory: it may be deleted (the next command verifies from genesis again), but while it is
there a ledger that was rewound or exchanged is noticed. Trusted only for the same version of the verifier.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from presales_repo.model.ledger import DocumentState, Head, Proposal
from presales_repo.model.policy import Policy, build_policy
from presales_repo.model.statejson import dump_state, load_state
from presales_repo.store.sqlite import open_database

VERIFIER = "1"  # raise it whenever verification changes: older caches are then made anew
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS policy (digest TEXT PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS document (number TEXT PRIMARY KEY, open INTEGER NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS document_open ON document (number) WHERE open;
"""


class LedgerCache:
    """Opened for one command. `path` None keeps everything in memory (a read-only home)."""

    def __init__(self, path: str | None) -> None:
        self._db = open_database(path, _SCHEMA)
        self._meta: dict[str, str] = dict(self._db.execute("SELECT key, value FROM meta"))
        if self._meta.get("verifier") != VERIFIER:
            self._db.executescript("DELETE FROM document; DELETE FROM policy;")

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
        )

    def _proposal(self, text: str) -> Proposal | None:
        if not text:
            return None
        raw: dict[str, Any] = json.loads(text)
        policy = self._policy(raw["digest"])
        return policy and Proposal(raw["digest"], raw["content"], raw["tree"], policy, tuple(raw["endorsed"]))

    def _policy(self, digest: str) -> Policy | None:
        row = self._db.execute("SELECT data FROM policy WHERE digest = ?", (digest,)).fetchone()
        return build_policy(json.loads(row[0])) if row else None

    def policies(self) -> Iterator[Policy]:
        """Every policy that was ever in force or proposed."""
        for (text,) in self._db.execute("SELECT data FROM policy ORDER BY digest"):
            yield build_policy(json.loads(text))

    def document(self, number: str) -> DocumentState | None:
        """One document's state."""
        row = self._db.execute("SELECT state FROM document WHERE number = ?", (number,)).fetchone()
        return load_state(row[0]) if row else None

    def documents(self, *, only_open: bool = False) -> Iterator[DocumentState]:
        """All documents that the ledger knows, by number."""
        where = "WHERE open" if only_open else ""
        for (text,) in self._db.execute(f"SELECT state FROM document {where} ORDER BY number"):
            yield load_state(text)

    def store(self, head: Head, states: Iterable[DocumentState], policies: dict[str, dict[str, Any]]) -> None:
        """Remember a new head, the documents that changed and the data of policies not kept yet, all or nothing."""
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
        }
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            if self._is_behind(head):
                return  # another process verified further meanwhile
            self._db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", meta.items())
            rows = [(state.number, int(state.round is not None), dump_state(state)) for state in states]
            self._db.executemany("INSERT OR REPLACE INTO document VALUES (?, ?, ?)", rows)
            kept = [(digest, json.dumps(data, ensure_ascii=False)) for digest, data in policies.items()]
            self._db.executemany("INSERT OR REPLACE INTO policy VALUES (?, ?)", kept)
        self._meta = meta

    def forget_head(self) -> None:
        """Give up the verified head but not the pin: entries that were never shared are about to be made again."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("DELETE FROM meta WHERE key NOT IN ('ledger')")
            self._db.execute("DELETE FROM document")
        self._meta = {key: value for key, value in self._meta.items() if key == "ledger"}

    def _is_behind(self, head: Head) -> bool:
        stored = dict(self._db.execute("SELECT key, value FROM meta"))
        same = (stored.get("verifier"), stored.get("ledger")) == (VERIFIER, head.ledger)
        return same and int(stored["sequence"]) > head.sequence

    def close(self) -> None:
        """Close the file."""
        self._db.close()
