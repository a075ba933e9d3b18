"""A new document repository: policy, genesis of the ledger, first commit, hooks, identity.

Built in a folder beside the target and moved into place at the end, so that a crash leaves nothing half made.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from presales_repo.errors import PrsError
from presales_repo.model.entry import GENESIS, NO_LEDGER, Entry
from presales_repo.model.frontmatter import quote, set_value
from presales_repo.model.policy import (
    ADMINISTRATOR,
    PEOPLE,
    REPOSITORY,
    Person,
    Policy,
    build_policy,
    policy_data,
    validate_policy,
)
from presales_repo.model.sshkey import PublicKey
from presales_repo.model.text import decode_text
from presales_repo.model.yamlsubset import parse_node, parse_yaml, to_data
from presales_repo.ops.hooks import own_hooks_folder, write_hooks
from presales_repo.ops.people import person_block, slug
from presales_repo.ops.session import Session, ident, stamp
from presales_repo.ops.titles import check_name
from presales_repo.resources import data_dir
from presales_repo.store.files import disk_errors, read_file, write_file
from presales_repo.store.git import Git, git_environment
from presales_repo.store.ledger import ALLOWED_SIGNERS, found_ledger, open_ledger
from presales_repo.store.repository import MAIN, Repository, check_git, open_repository
from presales_repo.store.sign import SigningKey, load_signing_key
from presales_repo.store.worktree import commit_first

_IGNORED = "# Made by prs, never committed\n/pdf/\n*.prs-tmp\n.DS_Store\nThumbs.db\n~$*\n*~\n"
_ATTRIBUTES = "# File contents are never converted: what was signed is what is stored.\n* -text\n"
_EMAIL = re.compile(r"[^\s<>@,;\"]+@[^\s<>@,;\"]+")


@dataclass(frozen=True, slots=True)
class Founded:
    """What was made. `genesis`: the ledger's identity, to compare over another channel."""

    directory: str
    genesis: str
    founder: str
    people: int


def init(session: Session, directory: str, organisation: str, name: str, email: str, people_file: str = "") -> Founded:
    """Make a document repository in `directory`, which must be new or empty.

    Raises PrsError E121 (not empty), W117, S107 (names), F111 (e-mail), E130 (no key), A4xx (the people list), E1xx
    (machine).
    """
    target = os.path.abspath(os.path.join(session.directory, directory))
    if os.path.lexists(target) and (not os.path.isdir(target) or os.listdir(target)):
        raise PrsError("E121", directory=directory)
    organisation, name = check_name(organisation, "--org", "公司"), check_name(name, "--name", "姓名")
    if not _EMAIL.fullmatch(email):
        raise PrsError("F111", field="email", title="邮箱", found=email, expected="name@example.com")
    key = load_signing_key(session.key or session.environment.get("PRS_KEY", "") or _no_key(), session.home)
    files = _policy_files(organisation, name, email, key.public, _listed_people(session, people_file))
    policy = build_policy(policy_data(files))
    validate_policy(policy)
    founder = next(person for person in policy.people.values() if key.public.line().split()[1] in " ".join(person.keys))
    temporary = f"{target}.{secrets.token_hex(4)}.prs-tmp"
    try:
        with disk_errors(directory):
            os.makedirs(temporary)
        _build(session, temporary, target, files, policy, founder, key)
        with disk_errors(directory):
            os.rename(temporary, target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return Founded(target, _pin(session, target), founder.id, len(policy.people))


def _no_key() -> str:
    raise PrsError("E130")


def _listed_people(session: Session, people_file: str) -> list[dict[str, Any]]:
    """The entries of a `--people` file. Raises PrsError E122 when it cannot be read, A402 when it is no such list."""
    if not people_file:
        return []
    data = read_file(session.directory, people_file, 1 << 20)
    if data is None:
        raise PrsError("E122", path=people_file)
    node = parse_node(decode_text(data, people_file), people_file)
    people = to_data(node) if node is not None else []
    if isinstance(people, dict):
        people = people.get("people")
    if not isinstance(people, list) or not all(isinstance(item, dict) for item in people):
        raise PrsError("A402", path=people_file, where="--people", problem="not a list of people")
    return people


def _policy_files(
    organisation: str, name: str, email: str, key: PublicKey, listed: Sequence[Mapping[str, Any]]
) -> dict[str, bytes]:
    """The built-in policy with the organisation's name and its people, the founder among them as administrator."""
    files = built_in_policy()
    text = files[REPOSITORY].decode()
    files[REPOSITORY] = set_value(text, parse_yaml(text), "organisation", quote(organisation)).encode()
    comment = files[PEOPLE].decode().split("\npeople:")[0]
    blocks = [person_block(person) for person in _with_founder(listed, name, email, key)]
    indented = "".join("  " + line + "\n" for block in blocks for line in block.rstrip("\n").split("\n"))
    files[PEOPLE] = f"{comment}\npeople:\n{indented}".encode()
    return files


def built_in_policy() -> dict[str, bytes]:
    """The files of the policy that prs comes with, as they stand in a new repository."""
    root = os.path.join(data_dir("schemas"), "policy")
    files = {}
    for folder, _, names in os.walk(root):
        for name in names:
            full = os.path.join(folder, name)
            with open(full, "rb") as file:
                files["policy/" + os.path.relpath(full, root).replace(os.sep, "/")] = file.read()
    return files


def _with_founder(listed: Sequence[Mapping[str, Any]], name: str, email: str, key: PublicKey) -> list[Person]:
    """The founder is administrator whatever the list says; known in it by key, else by e-mail."""
    people = [_person(raw) for raw in listed]
    line = " ".join(key.line().split()[:2])
    for index, person in enumerate(people):
        if any(line == " ".join(item.split()[:2]) for item in person.keys) or person.email == email:
            keys = tuple(dict.fromkeys((*(" ".join(item.split()[:2]) for item in person.keys), line)))
            roles = tuple(dict.fromkeys((*person.roles, ADMINISTRATOR)))
            people[index] = person._replace(keys=keys, roles=roles)
            return people
    taken = {person.id for person in people}
    founder = Person(slug(email, taken), name, "management", (ADMINISTRATOR,), email, (line,), True, ())
    return [founder, *people]


def _person(raw: Mapping[str, Any]) -> Person:
    try:
        return Person(
            str(raw["id"]), str(raw["name"]), str(raw["department"]), tuple(raw.get("roles") or ()), str(raw["email"]),
            tuple(raw.get("keys") or ()), True, (),
        )  # fmt: skip
    except (KeyError, TypeError) as error:
        raise PrsError("A402", where=f"--people {raw.get('id', '?')}", problem=f"{error}") from None


def _build(
    session: Session,
    folder: str,
    target: str,
    files: Mapping[str, bytes],
    policy: Policy,
    founder: Person,
    key: SigningKey,
) -> None:
    """Everything, so that the rename that follows makes it complete. Settings name the final place."""
    git = Git(folder, git_environment(session.environment))
    check_git(git)
    git.run("init", "-q", "-b", MAIN, "--object-format=sha1", "--template=", ".")
    own_hooks_folder(git, os.path.join(target, ".git", "hooks"))
    write_hooks(os.path.join(folder, ".git", "hooks"))
    _configure(git, target, founder, key)
    readme = f"# {policy.organisation}\n\n售前文档库。每份文档是一个 Markdown 文件;用 `prs` 编号、检查、送审与发布。\n"
    everything = {
        **files,
        "README.md": readme.encode(),
        ".gitignore": _IGNORED.encode(),
        ".gitattributes": _ATTRIBUTES.encode(),
    }
    for path, data in everything.items():
        write_file(folder, path, data, replace=False)
    repository = open_repository(folder, session.environment)
    when = stamp(session, policy)
    first = commit_first(repository.git, f"prs init: {policy.organisation}", ident(founder, when), key)
    _found(repository, policy, founder, key, when, repository.git.text("rev-parse", f"{first}:policy"))
    repository.git.close()
    git.close()


def _found(
    repository: Repository, policy: Policy, founder: Person, key: SigningKey, when: tuple[int, str], policy_tree: str
) -> None:
    from presales_repo.model.tree import TREE_MODE, format_tree
    from presales_repo.store.objects import new_object, write_objects

    tree = new_object("tree", format_tree({"policy": (TREE_MODE, policy_tree)}))
    write_objects(repository.git, [tree])
    entry = Entry(GENESIS, NO_LEDGER, 0, founder.id, policy.digest, comment=f"Ledger of {policy.organisation}")
    found_ledger(repository, tree.oid, entry, founder, key, when)


def _configure(git: Git, target: str, founder: Person, key: SigningKey) -> None:
    signers = os.path.join(target, ".git", "prs", ALLOWED_SIGNERS)
    spec = os.path.abspath(key.path) if key.path else f"key::{key.public.line()}"
    settings = {
        "user.name": founder.name,
        "user.email": founder.email,
        "user.signingkey": spec,
        "gpg.format": "ssh",
        "gpg.ssh.allowedSignersFile": signers,
        "commit.gpgsign": "true",
        "core.quotepath": "false",
        "core.precomposeunicode": "true",
        "merge.ff": "false",
        "log.showSignature": "false",
    }
    for name, value in settings.items():
        git.run("config", name, value)


def _pin(session: Session, target: str) -> str:
    """The ledger's identity, verified and remembered for this place as at any first contact."""
    repository = open_repository(target, session.environment)
    try:
        ledger = open_ledger(repository)
        ledger.close()
        return ledger.head.ledger
    finally:
        repository.git.close()
