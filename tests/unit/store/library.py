"""A document repository with a real ledger, made by the store alone, and the means to forge entries of it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import yaml

from presales_repo.errors import PrsError
from presales_repo.model.commit import Ident, attach_signature, build_commit
from presales_repo.model.entry import GENESIS, NO_LEDGER, Entry, format_message
from presales_repo.model.policy import APPROVAL, PEOPLE, REPOSITORY, Person, build_policy, policy_data, policy_digest
from presales_repo.model.replay import Stamp
from presales_repo.model.tree import TREE_MODE, TreeEntries, format_tree, parse_tree
from presales_repo.store.git import Git
from presales_repo.store.ledger import Ledger, found_ledger, open_ledger, verify_all
from presales_repo.store.objects import change_tree, new_object, write_objects
from presales_repo.store.repository import APPROVED, Repository, open_repository
from presales_repo.store.sign import SigningKey, load_signing_key, sign
from presales_repo.store.verifier import load_content
from tests.unit.model.policies import built_in_files

NUMBER = "QD202305001"
PATH = f"common/2-需求调研文档/{NUMBER}-计划.md"
OPENED: list[Library] = []  # whose git readers are ended after each test
WHEN = (1_690_000_000, "+0800")
ZERO = "0" * 40

# id: department, roles
STAFF = {
    "cheng": ("management", ["company-leader", "repo-admin"]),
    "ye": ("quality", ["doc-controller", "repo-admin"]),
    "gao": ("presales", ["dept-head"]),
    "han": ("technology", ["dept-head"]),
    "shen": ("presales", ["presales-manager"]),
    "lin": ("presales", ["solution-architect"]),
}

_TYPE = "category: survey, stage: QD, authors: [team-member], sensitivity: internal, retention: y10"
_CONTROL = "category: survey, stage: QD, authors: [doc-controller], sensitivity: internal, retention: y10"
TYPES = f"""types:
- {{id: survey-plan, title_zh: 需求调研计划, chain: light, {_TYPE}}}
- {{id: interview-record, title_zh: 访谈记录, chain: none, {_TYPE}}}
- {{id: technical-white-paper, title_zh: 技术白皮书, chain: full-leader, important: true, {_TYPE}}}
- {{id: issue, title_zh: 协作问题单, chain: light, {_TYPE}, mutable_after_release: [closed_on, verified, actions.done],
   fields: {{closed_on: {{type: date}}, verified: {{type: string, set_by: reviewer}},
   actions: {{type: list<object>, item: {{text: {{type: string}}, done: {{type: date}}}}}}}}}}
- {{id: notice, title_zh: 作废通知单, chain: light, effect: obsolete, {_CONTROL}}}
- {{id: list, title_zh: 归档清单, chain: light, effect: archive, {_CONTROL}}}
- {{id: request, title_zh: 销毁申请单, chain: light, effect: dispose, {_CONTROL}}}
- {{id: delegation-letter, title_zh: 审批授权书, chain: leader-only, effect: delegation, {_TYPE}}}
- {{id: emergency-release, title_zh: 紧急发布申请单, chain: light, effect: emergency, {_TYPE}}}
"""


def document(kind: str = "survey-plan", author: str = "lin", number: str = NUMBER, **fields: str) -> bytes:
    """The bytes of a document; `fields` are further lines of its front matter."""
    lines = "".join(f"{key}: {value}\n" for key, value in fields.items())
    return f"---\nnumber: {number}\ntitle: 计划\ntype: {kind}\nauthor: {author}\n{lines}---\n# 计划\n\n正文\n".encode()


def make_keys(folder: Path) -> Path:
    """A key for everybody, and for `stranger`, whom no policy knows."""
    for name in (*STAFF, "stranger"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name)]
        subprocess.run(command, check=True, capture_output=True)
    return folder


def policy_files(keys: Path, quorum: int = 1, version: int = 1, **more: bytes) -> dict[str, bytes]:
    """The built-in policy with the staff as its people and few types, since every test reads it several times.

    `more`: further files by their names."""
    people = [
        {
            "id": id_,
            "name": f"{id_.title()} 先生",
            "department": department,
            "roles": roles,
            "email": f"{id_}@q.example",
            "keys": [" ".join((keys / f"{id_}.pub").read_text().split()[:2])],
        }
        for id_, (department, roles) in STAFF.items()
    ]
    files = {path: content for path, content in built_in_files().items() if not path.startswith("policy/types/")}
    files["policy/types/test.yaml"] = TYPES.encode()
    files[PEOPLE] = yaml.safe_dump({"people": people}, allow_unicode=True).encode()
    files[APPROVAL] = files[APPROVAL].replace(b"{quorum: 1}", f"{{quorum: {quorum}}}".encode(), 1)
    files[REPOSITORY] = files[REPOSITORY].replace(b"\nversion: 1", f"\nversion: {version}".encode(), 1)
    return {**files, **{f"policy/{name}.yaml": content for name, content in more.items()}}


@dataclass(frozen=True)
class Draft:
    """An entry about to be signed, every part of which a forger may choose."""

    entry: Entry
    parents: tuple[str, ...]
    tree: str
    author: Ident
    committer: Ident
    key: str
    message: str | None = None


@dataclass
class Library:
    """One clone. `keys`: the folder of the keys; `home`: where this machine's memory of it lies."""

    folder: Path
    keys: Path
    home: Path

    def __post_init__(self) -> None:
        self.repository: Repository = open_repository(str(self.folder), self.environment)
        OPENED.append(self)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "XDG_STATE_HOME": str(self.home / "state"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
        }

    @property
    def git(self) -> Git:
        return self.repository.git

    @property
    def tip(self) -> str:
        return self.git.text("rev-parse", APPROVED)

    def key(self, name: str) -> SigningKey:
        return load_signing_key(str(self.keys / name), "/")

    def copy(self, folder: Path, *, home: Path | None = None) -> Library:
        """Another copy of everything at another place; with its own home, unless one is given."""
        shutil.copytree(self.folder, folder / "repo", symlinks=True)
        return Library(folder / "repo", self.keys, home or folder / "home")

    def ident(self, name: str) -> Ident:
        return Ident(f"{name.title()} 先生", f"{name}@q.example", *WHEN)

    # -- main

    def commit(self, files: Mapping[str, bytes | tuple[str, bytes] | None], who: str = "lin") -> str:
        """Commit files to main without touching the working tree; (mode, bytes) for links, None to delete."""
        parent = self.git.resolve("refs/heads/main")
        names = {}
        for path, content in files.items():
            mode, data = content if isinstance(content, tuple) else ("100644", content)
            names[path] = None if data is None else (mode, data)
        tree = self.tree_with(self.git.resolve("refs/heads/main^{tree}"), names)
        ident = self.ident(who)
        raw = new_object("commit", build_commit(tree, [parent] if parent else [], ident, ident, f"{who} edits\n"))
        write_objects(self.git, [raw])
        assert self.git.update_refs([("refs/heads/main", raw.oid, parent or ZERO)], "test")
        return raw.oid

    def tree_with(self, base: str | None, files: Mapping[str, tuple[str, bytes] | None]) -> str:
        """A tree with some files changed, made by git itself."""
        index = {"GIT_INDEX_FILE": str(self.folder / ".git" / "test-index")}
        self.git.run("read-tree", base or "--empty", extra=index)
        for path, content in files.items():
            if content is None:
                self.git.run("update-index", "--force-remove", path, extra=index)
                continue
            mode, data = content
            oid = (
                data.decode()
                if mode == "160000"
                else self.git.run("hash-object", "-w", "--stdin", stdin=data).stdout.decode().strip()
            )
            self.git.run("update-index", "--add", "--cacheinfo", f"{mode},{oid},{path}", extra=index)
        return self.git.run("write-tree", extra=index).stdout.decode().strip()

    # -- the ledger

    def open(self) -> Ledger:
        return open_ledger(self.repository)

    def person(self, ledger: Ledger, name: str) -> Person:
        return ledger.policy.people[name]

    def found(self, files: Mapping[str, bytes], founder: str = "cheng", later: int = 0) -> str:
        """The first commit of main and genesis, so many seconds `later` than usual; the id of the genesis commit."""
        self.commit(files, founder)
        tree = new_object(
            "tree", format_tree({"policy": (TREE_MODE, self.git.resolve("refs/heads/main:policy") or "")})
        )
        write_objects(self.git, [tree])
        entry = Entry(GENESIS, NO_LEDGER, 0, founder, policy_digest(files))
        person = build_policy(policy_data(files)).people[founder]
        when = (WHEN[0] + later, WHEN[1])
        return found_ledger(self.repository, tree.oid, entry, person, self.key(founder), when)

    def entry(self, ledger: Ledger, action: str, signer: str, number: str = NUMBER, **claims: object) -> Entry:
        """An entry that claims the truth, but for `claims`."""
        head = ledger.head
        entry = Entry(action, head.ledger, head.sequence + 1, signer, head.policy.digest, comment="意见")
        if action in ("submit", "register"):
            main = str(claims.get("content") or self.git.resolve("refs/heads/main"))
            path = str(claims.get("path") or PATH)
            content = load_content(ledger.reader, main, path)
            entry = replace(
                entry,
                document=number,
                path=path,
                version="1.0",
                content=main,
                digest=content.document.digest,
                authors=tuple(dict.fromkeys((*content.document.authors, signer))),
                attachments=tuple((digest, name) for name, _, digest in content.attachments),
            )
        elif action == "track":
            main = self.git.resolve("refs/heads/main") or ""
            content = load_content(ledger.reader, main, PATH)
            state = ledger.document(number)
            assert state is not None
            assert state.release is not None
            entry = replace(
                entry,
                document=number,
                path=PATH,
                version=state.release.version,
                content=main,
                digest=content.document.digest,
                replaces=state.release.digest,
            )
        elif action in ("countersign", "approve", "reject", "withdraw"):
            state = ledger.document(number)
            assert state is not None
            assert state.round is not None
            opened = state.round
            entry = replace(
                entry,
                document=number,
                path=opened.path,
                version=opened.version,
                content=opened.content,
                digest=opened.digest,
                step="" if action == "withdraw" else opened.step.id,
                attachments=tuple((digest, name) for name, _, digest in opened.attachments),
            )
        return replace(entry, **claims)  # type: ignore[arg-type]

    def policy_entry(self, ledger: Ledger, action: str, signer: str, content: str, **claims: object) -> Entry:
        head = ledger.head
        files = ledger.reader.files_below(ledger.reader.tree_of(content), "policy")
        entry = Entry(
            action,
            head.ledger,
            head.sequence + 1,
            signer,
            head.policy.digest,
            version=str(head.policy.version + 1),
            content=content,
            digest=policy_digest(files),
        )
        return replace(entry, **claims)  # type: ignore[arg-type]

    def append(self, action: str, signer: str, number: str = NUMBER, **claims: object) -> str:
        """Record an honest entry; its commit."""
        ledger = self.open()
        try:
            entry = self.entry(ledger, action, signer, number, **claims)
            oid = ledger.append(entry, self.person(ledger, signer), self.key(signer), WHEN)
            assert oid is not None
            return oid
        finally:
            ledger.close()

    def append_policy(self, action: str, signer: str, content: str) -> str:
        ledger = self.open()
        try:
            oid = ledger.append(
                self.policy_entry(ledger, action, signer, content), self.person(ledger, signer), self.key(signer), WHEN
            )
            assert oid is not None
            return oid
        finally:
            ledger.close()

    # -- forging

    def draft(self, action: str, signer: str, number: str = NUMBER, **claims: object) -> Draft:
        """The honest next entry, not yet signed."""
        ledger = self.open()
        try:
            return self.draft_of(ledger, self.entry(ledger, action, signer, number, **claims))
        finally:
            ledger.close()

    def draft_of(self, ledger: Ledger, entry: Entry) -> Draft:
        outcome = ledger.judge(entry, Stamp("", *WHEN, self.key(entry.signer).public.fingerprint()))
        tree, trees = change_tree(ledger.reader.tree, ledger.head.tree, outcome.changes)
        write_objects(self.git, trees)
        ident = self.ident(entry.signer)
        return Draft(entry, (ledger.head.tip, entry.content), tree, ident, ident, entry.signer)

    def write(self, draft: Draft, alter: Callable[[bytes], bytes] = lambda raw: raw) -> str:
        """Sign a draft as it stands and make it the tip of the ledger, as plain git would; `alter` the finished object."""
        message = format_message(draft.entry) if draft.message is None else draft.message
        payload = build_commit(draft.tree, draft.parents, draft.author, draft.committer, message)
        raw = attach_signature(payload, sign(payload, self.key(draft.key))) if draft.key else payload
        return self.push(alter(raw))

    def push(self, raw: bytes) -> str:
        commit = new_object("commit", raw)
        self.git.run("hash-object", "-t", "commit", "-w", "--stdin", "--literally", stdin=raw)
        self.git.run("update-ref", APPROVED, commit.oid)
        return commit.oid

    def tree_of(self, commit: str) -> TreeEntries:
        found = self.git.read(f"{commit}^{{tree}}")
        assert found is not None
        return parse_tree(found.data or b"")

    # -- judging

    def refused(self, code: str, commit: str | None = None) -> PrsError:
        """Both ways of verifying refuse the ledger as it stands, for the same reason, at the same entry."""
        with pytest.raises(PrsError) as caught:
            self.open().close()
        _, _, problems = verify_all(self.repository)
        assert [problem.error.code for problem in problems] == [caught.value.code]
        assert caught.value.code == code, caught.value
        if commit is not None:
            assert (problems[0].commit, caught.value.args_["entry"]) == (commit, commit)
        return caught.value

    def accepted(self) -> int:
        """The ledger verifies, both ways and for plain git; how many entries it has."""
        self.open().close()
        head, count, problems = verify_all(self.repository)
        assert problems == []
        assert head is not None
        assert head.tip == self.tip
        signers = self.folder / ".git" / "prs" / "allowed_signers"
        entries = self.git.text("rev-list", "--first-parent", APPROVED).split()
        self.git.run("-c", f"gpg.ssh.allowedSignersFile={signers}", "verify-commit", *entries)
        assert len(entries) == count == head.sequence + 1
        return count


Change = Callable[[Library, Draft], Draft]


def claim(**claims: object) -> Change:
    """The same entry with other claims."""
    return lambda library, draft: replace(draft, entry=replace(draft.entry, **claims))  # type: ignore[arg-type]


def tree(*changes: tuple[str, str, bytes] | str) -> Change:
    """The same entry over a tree with files put in (path, mode, bytes), or taken out (path)."""

    def change(library: Library, draft: Draft) -> Draft:
        files = {
            item if isinstance(item, str) else item[0]: None if isinstance(item, str) else item[1:] for item in changes
        }
        return replace(draft, tree=library.tree_with(draft.tree, files))

    return change


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def new_library(folder: Path, keys: Path, files: Mapping[str, bytes], later: int = 0) -> Library:
    """A repository with this policy on main and its genesis."""
    folder.mkdir(parents=True, exist_ok=True)
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
    }
    subprocess.run(["git", "init", "-q", "-b", "main", "--template=", "repo"], cwd=folder, env=env, check=True)
    library = Library(folder / "repo", keys, folder / "home")
    library.found(files, later=later)
    return library
