"""A capable attacker: entries of the ledger made with plain git and ssh-keygen, by somebody with a real key.

Nothing of the model is used here: message, commit object and signature are written after docs/ledger-format.md alone,
so that what the program refuses to write can be written all the same.
"""

from __future__ import annotations

import subprocess
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

from tests.unit.store.library import NUMBER, PATH, WHEN, Library, sha256

APPROVED = "refs/heads/approved"
MAIN = "refs/heads/main"
Files = Mapping[str, bytes | tuple[str, bytes] | None]
"""path → bytes, (mode, bytes), or None to take out."""

_ORDER = (
    "Format", "Ledger", "Sequence", "Action", "Document", "Path", "Version", "Step",
    "Project", "From", "To", "Gates", "Waived", "Evidence", "Authors", "Content", "Digest",
    "Replaces", "Attachments", "Policy", "Signer",
)  # fmt: skip


def percent(path: str) -> str:
    """A path as trailers spell it."""
    return quote(path, safe="/-_.~")


@dataclass
class Forgery:
    """An entry about to be signed: an honest one, every part of which the attacker may bend.

    `headers` and `message` change the finished text; `key`: whose private key signs, "" for nobody's.
    """

    claims: dict[str, str]
    parents: list[str]
    tree: str
    author: str
    key: str
    comment: str = "意见"
    namespace: str = "git"
    headers: Callable[[list[str]], list[str]] = field(default=lambda lines: lines)
    message: Callable[[str], str] = field(default=lambda text: text)
    armour: Callable[[str], str] = field(default=lambda text: text)

    def claim(self, **claims: str) -> Forgery:
        """Make other claims; an empty one is left out. The second parent is what `Content` says."""
        self.claims |= claims
        if "Content" in claims and len(self.parents) > 1:
            self.parents[1] = claims["Content"]
        return self

    def words(self) -> str:
        """The commit message."""
        claims = self.claims
        version = claims.get("Version") and f"v{claims['Version']}"
        subject = " ".join(
            word
            for word in (
                "prs:",
                claims["Action"],
                claims.get("Document"),
                version,
                claims.get("Step"),
                claims.get("Project"),
                claims.get("To"),
            )
            if word
        )
        trailers = "".join(f"Prs-{key}: {claims[key]}\n" for key in _ORDER if claims.get(key))
        return self.message("\n\n".join(part for part in (subject, self.comment, trailers) if part))

    def payload(self) -> bytes:
        """The commit object without its signature."""
        lines = [f"tree {self.tree}", *(f"parent {parent}" for parent in self.parents)]
        lines += [f"author {self.author}", f"committer {self.author}"]
        return ("\n".join(self.headers(lines)) + "\n\n" + self.words()).encode()


def signed(payload: bytes, armour: str) -> bytes:
    """A commit object with a signature where git puts it: behind the committer."""
    head, separator, body = payload.partition(b"\n\n")
    return head + b"\ngpgsig " + armour.rstrip("\n").replace("\n", "\n ").encode() + separator + body


@dataclass
class Forger:
    """The attacker at a clone that everybody uses: what is written here is what colleagues fetch."""

    library: Library

    # -- plain git

    @property
    def folder(self) -> Path:
        return self.library.folder

    def git(self, *words: str, stdin: bytes = b"") -> bytes:
        """Plain git."""
        command = ["git", "-C", self.folder, *words]
        environment = self.library.environment
        return subprocess.run(command, input=stdin, capture_output=True, env=environment, check=True).stdout

    def oid(self, name: str) -> str:
        """What git resolves a name to."""
        return self.git("rev-parse", "--verify", name).decode().strip()

    def raw(self, name: str) -> bytes:
        """A commit object's bytes."""
        return self.git("cat-file", "commit", name)

    def store(self, kind: str, data: bytes) -> str:
        """Write an object, whatever is in it."""
        return self.git("hash-object", "-t", kind, "-w", "--stdin", "--literally", stdin=data).decode().strip()

    def replace_object(self, oid: str, kind: str, data: bytes) -> None:
        """Other bytes in the place of a loose object: git shows them without a look at their id."""
        path = self.object_file(oid)
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_bytes(zlib.compress(f"{kind} {len(data)}\0".encode() + data))

    def object_file(self, oid: str) -> Path:
        return self.folder / ".git" / "objects" / oid[:2] / oid[2:]

    def point(self, ref: str, oid: str) -> None:
        self.git("update-ref", ref, oid)

    def entries(self) -> list[str]:
        """The ledger's entries, oldest first."""
        return self.git("rev-list", "--first-parent", "--reverse", APPROVED).decode().split()

    # -- signing

    def sign(self, payload: bytes, key: str, namespace: str = "git", *options: str) -> str:
        """An armoured signature of ssh-keygen."""
        command = ["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", self.library.keys / key, *options]
        return subprocess.run(command, input=payload, capture_output=True, check=True).stdout.decode()

    # -- honest entries, after the page on the format

    def _entry(self, action: str, signer: str, key: str, content: str, **claims: str) -> Forgery:
        entries = self.entries()
        last = _claims(self.raw(entries[-1]))
        base = {
            "Format": "1",
            "Ledger": sha256(self.raw(entries[0])),
            "Sequence": str(len(entries)),
            "Action": action,
            "Content": content,
            "Policy": self.policy_digest(APPROVED) if last["Action"] == "policy-endorse" else last["Policy"],
            "Signer": signer,
        }
        tree = self.oid(f"{APPROVED}^{{tree}}")
        return Forgery({**base, **claims}, [entries[-1], content], tree, self.ident(signer), key or signer)

    def ident(self, who: str, when: int = WHEN[0]) -> str:
        """Name, address and time as in a commit."""
        return f"{who.title()} 先生 <{who}@q.example> {when} +0800"

    def policy_digest(self, commit: str) -> str:
        """The policy's digest in a commit, as sha256sum would make it."""
        names = self.git("ls-tree", "-r", "-z", "--name-only", commit, "policy/").decode().rstrip("\0").split("\0")
        lines = [f"{sha256(self.git('cat-file', 'blob', f'{commit}:{name}'))}  {name}\n" for name in sorted(names)]
        return sha256("".join(lines).encode())

    def submission(self, signer: str = "lin", *, path: str = PATH, number: str = NUMBER, key: str = "") -> Forgery:
        """The first submission of what main holds."""
        content = self.oid(MAIN)
        digest = sha256(self.git("cat-file", "blob", f"{content}:{path}"))
        return self._entry(
            "submit", signer, key, content,
            Document=number, Path=percent(path), Version="1.0", Authors=signer, Digest=digest,
        )  # fmt: skip

    def approval(
        self, signer: str = "shen", *, key: str = "", step: str = "check", number: str = NUMBER, final: bool = True
    ) -> Forgery:
        """A signature on a document's open round. `final`: the last one, which publishes."""
        opened = next(
            claims
            for claims in (_claims(self.raw(oid)) for oid in reversed(self.entries()))
            if claims["Action"] == "submit" and claims["Document"] == number
        )
        same = {name: opened.get(name, "") for name in ("Path", "Version", "Digest", "Attachments")}
        entry = self._entry("approve", signer, key, opened["Content"], Document=number, Step=step, **same)
        if final:
            path = unquote(opened["Path"])
            data = self.git("cat-file", "blob", f"{opened['Content']}:{path}")
            entry.tree = self.tree({path: data}, entry.tree)
        return entry

    def tracking(self, text: bytes, signer: str = "lin", *, path: str = PATH, number: str = NUMBER) -> Forgery:
        """Another text in the place of a published one, as a change of status."""
        content = self.library.commit({path: text}, signer)
        before = sha256(self.git("cat-file", "blob", f"{APPROVED}:{path}"))
        entry = self._entry(
            "track", signer, "", content,
            Document=number, Path=percent(path), Version="1.0", Digest=sha256(text), Replaces=before,
        )  # fmt: skip
        entry.tree = self.tree({path: text}, entry.tree)
        return entry

    def move(self, to: str, gates: str, evidence: str, signer: str = "shen", *, origin: str, path: str) -> Forgery:
        """A project goes from one state to another; `path`: of its record."""
        content = self.oid(MAIN)
        digest = sha256(self.git("cat-file", "blob", f"{content}:{path}"))
        project = path.split("/")[1].split("-", maxsplit=1)[0]
        claims = {"From": origin, "To": to, "Gates": gates, "Evidence": evidence}
        return self._entry(
            "advance", signer, "", content, Project=project, Path=percent(path), Digest=digest, **claims,
        )  # fmt: skip

    def proposal(self, files: Mapping[str, bytes], signer: str = "cheng", *, version: str = "2") -> Forgery:
        """The policy of `files` as the next one."""
        content = self.library.commit(files, signer)
        digest = self.policy_digest(content)
        return self._entry("policy-propose", signer, "", content, Version=version, Digest=digest)

    def endorsement(self, signer: str = "ye", *, key: str = "") -> Forgery:
        """The endorsement that completes the quorum of the last proposal."""
        opened = _claims(self.raw(APPROVED))
        same = {name: opened[name] for name in ("Version", "Digest")}
        entry = self._entry("policy-endorse", signer, key, opened["Content"], **same)
        policy = self.oid(f"{opened['Content']}:policy")
        lines = self.git("ls-tree", entry.tree).decode().splitlines()
        kept = [line for line in lines if not line.endswith("\tpolicy")]
        listing = "".join(f"{line}\n" for line in [*kept, f"040000 tree {policy}\tpolicy"])
        entry.tree = self.git("mktree", stdin=listing.encode()).decode().strip()
        return entry

    # -- writing

    def tree(self, files: Files, base: str = "") -> str:
        """A tree with files put in or taken out, made by git."""
        changed = {path: ("100644", item) if isinstance(item, bytes) else item for path, item in files.items()}
        return self.library.tree_with(base or self.oid(f"{APPROVED}^{{tree}}"), changed)

    def write(self, entry: Forgery) -> str:
        """Sign an entry and store it, without moving a ref."""
        payload = entry.payload()
        if not entry.key:
            return self.store("commit", payload)
        return self.store("commit", signed(payload, entry.armour(self.sign(payload, entry.key, entry.namespace))))

    def publish(self, entry: Forgery | bytes) -> str:
        """Make an entry, or the bytes of one, the ledger's tip."""
        oid = self.store("commit", entry) if isinstance(entry, bytes) else self.write(entry)
        self.point(APPROVED, oid)
        return oid

    def moved(self, raw: bytes, changes: Sequence[tuple[str, str]]) -> bytes:
        """An entry's bytes with words exchanged everywhere: what a transplant needs."""
        for old, new in changes:
            assert old.encode() in raw, old
            raw = raw.replace(old.encode(), new.encode())
        return raw


def _claims(raw: bytes) -> dict[str, str]:
    """The trailers of an honest entry."""
    lines = raw.decode().rstrip("\n").rpartition("\n\n")[2].split("\n")
    return dict(line.removeprefix("Prs-").split(": ", 1) for line in lines)
