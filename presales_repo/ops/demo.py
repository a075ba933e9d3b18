"""The demo company: plays the scenario of presales_repo/demo with the same operations a user has."""

from __future__ import annotations

import datetime
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from presales_repo.errors import PrsError
from presales_repo.model.frontmatter import read_front_matter, set_field
from presales_repo.model.paths import ATTACHMENTS, relative_link
from presales_repo.ops.advance import advance
from presales_repo.ops.countersign import countersign
from presales_repo.ops.decide import approve, register, reject, submit, withdraw
from presales_repo.ops.export import Exported, export
from presales_repo.ops.init import init
from presales_repo.ops.new import new
from presales_repo.ops.projects import new_project
from presales_repo.ops.save import save
from presales_repo.ops.scenario import DATA, Scenario, Step, read_scenario
from presales_repo.ops.session import Session
from presales_repo.ops.track import track
from presales_repo.store.files import disk_errors, write_file
from presales_repo.store.repository import open_repository

_KEYS = "keys"
_PLACEHOLDER = re.compile(r"\{\{([a-z0-9/.-]+?)(\.path|\.blob|\.sha256)?\}\}")
_SET_BY_PRS = ("number", "title", "type", "project", "author", "created")
_RECORD = ("industry", "procurement", "est_amount", "priority", "partners", "competitors")


@dataclass(frozen=True, slots=True)
class Demo:
    """What was made. `keys`: the folder of throw-away keys; `documents`, `projects`: numbers and ids by the scenario's
    names; `last`: when the last thing happened, as YYYY-MM-DDTHH:MM."""

    directory: str
    keys: str
    pdfs: tuple[Exported, ...]
    documents: Mapping[str, str]
    projects: Mapping[str, str]
    last: str


@dataclass(slots=True)
class _Player:
    """The state of a performance: where each document of the scenario stands."""

    session: Session
    root: str
    scenario: Scenario
    numbers: dict[str, str] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    edits: dict[str, int] = field(default_factory=dict)

    @property
    def keys(self) -> str:
        return os.path.join(self.root, _KEYS)


def demo(session: Session, directory: str) -> Demo:
    """Build the demo company's repository in `directory`, which must be new or empty; its keys lie in `keys/`.

    Raises PrsError E121 (not empty), and whatever an operation refuses.
    """
    target = os.path.abspath(os.path.join(session.directory, directory))
    if os.path.lexists(target) and (not os.path.isdir(target) or os.listdir(target)):
        raise PrsError("E121", directory=directory)
    player = _Player(session, target, read_scenario())
    _found(player)
    steps = player.scenario.steps
    for done, step in enumerate(steps, 1):
        _ACTIONS[step.verb](player, step)
        session.progress("demo", done, len(steps))
    made = export(_as(player, "", steps[-1].at), [player.numbers[key] for key in player.scenario.pdfs])
    if made.failed:
        raise made.failed[0].error
    return Demo(player.root, player.keys, made.exported, player.numbers, player.scenario.scenes, steps[-1].at)


def _make_keys(folder: str, names: list[str]) -> None:
    """A throw-away SSH key for each person, without a passphrase."""
    with disk_errors(folder):
        os.makedirs(folder, mode=0o700)
    for name in names:
        path = os.path.join(folder, name)
        try:
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", f"{name} (demo)", "-f", path],
                check=True,
                capture_output=True,
            )
        except FileNotFoundError:
            raise PrsError("A159", program="ssh-keygen", reason="not found") from None
        except subprocess.CalledProcessError as error:
            raise PrsError("A162", program="ssh-keygen", detail=error.stderr.decode("utf-8", "replace")) from None


def _found(player: _Player) -> None:
    """The repository with all people and their keys."""
    people = player.scenario.people
    founder = next(person for person in people if "repo-admin" in person["roles"])
    start = player.scenario.steps[0].at
    with tempfile.TemporaryDirectory(prefix="prs-demo-") as folder:
        keys = os.path.join(folder, _KEYS)  # a new repository's folder must be empty: they move in afterwards
        _make_keys(keys, [person["id"] for person in people])
        listed = [{**person, "keys": [_public_key(keys, person["id"])]} for person in people]
        write_file(folder, "people.yaml", _people_yaml(listed).encode(), replace=True)
        session = replace(_as(player, "", start), directory=folder, key=os.path.join(keys, founder["id"]))
        init(session, player.root, player.scenario.organisation, founder["name"], founder["email"], "people.yaml")
        with disk_errors(player.keys):
            shutil.move(keys, player.keys)
    _settle_keys(player, founder["id"])


def _settle_keys(player: _Player, founder: str) -> None:
    """Sign as the founder unless told otherwise; keep the throw-away keys out of every commit."""
    repository = open_repository(player.root, player.session.environment)
    repository.git.run("config", "user.signingkey", os.path.join(player.keys, founder))
    write_file(repository.git_dir, "info/exclude", f"/{_KEYS}/\n".encode(), replace=True)
    repository.git.close()


def _public_key(folder: str, name: str) -> str:
    with open(os.path.join(folder, f"{name}.pub"), encoding="utf-8") as file:
        return " ".join(file.read().split()[:2])


def _people_yaml(people: list[dict[str, Any]]) -> str:
    rows = [
        f"- {{id: {p['id']}, name: {p['name']}, department: {p['department']}, roles: [{', '.join(p['roles'])}],"
        f' email: {p["email"]}, keys: ["{p["keys"][0]}"]}}\n'
        for p in people
    ]
    return "".join(rows)


def _as(player: _Player, person: str, at: str) -> Session:
    """The session of one person at one moment, in the company's time."""
    key = os.path.join(player.keys, person) if person else ""
    silent = replace(player.session, progress=lambda *_: None)
    return replace(silent, directory=player.root, now=datetime.datetime.fromisoformat(f"{at}:00+08:00"), key=key)


def _who(player: _Player, step: Step) -> Session:
    return _as(player, step.person, step.at)


def _open(player: _Player, step: Step) -> None:
    """A project's record, with the fields that its scenario gives it."""
    fields = player.scenario.projects[step.subject]
    session = _who(player, step)
    path = new_project(session, step.subject, fields["name"], fields["customer"], fields["manager"]).path
    with open(os.path.join(player.root, path), encoding="utf-8", newline="") as file:
        text = file.read()
    for name in _RECORD:
        if name in fields:
            text = set_field(text, name, fields[name])
    write_file(player.root, path, text.encode(), replace=True)
    save(session, [], f"登记项目 {step.subject}")


def _new(player: _Player, step: Step) -> None:
    plan = player.scenario.plans[step.subject]
    session = _who(player, step)
    made = new(session, plan.type, plan.title, plan.project, {})
    player.numbers[step.subject], player.paths[step.subject] = made.number, made.path
    _write_text(player, step.subject, plan.texts[0])
    save(session, [made.number], f"{plan.title}:初稿")


def _edit(player: _Player, step: Step) -> None:
    edit = player.edits[step.subject] = player.edits.get(step.subject, 0) + 1
    _write_text(player, step.subject, player.scenario.plans[step.subject].texts[edit])
    save(_who(player, step), [player.numbers[step.subject]], step.words)


def _write_text(player: _Player, key: str, name: str) -> None:
    """The document's own front matter with the fields of the text, then the text's body."""
    path = player.paths[key]
    with open(os.path.join(DATA, name), encoding="utf-8", newline="") as file:
        text = _PLACEHOLDER.sub(lambda match: _resolve(player, match, key), file.read())
    head = read_front_matter(text, name)
    with open(os.path.join(player.root, path), encoding="utf-8", newline="") as file:
        old = file.read()
    kept = read_front_matter(old, path)
    own = "".join(line + "\n" for line in old[kept.start : kept.end].splitlines() if line.split(":")[0] in _SET_BY_PRS)
    body = text[head.body_start :]
    write_file(player.root, path, f"---\n{own}{text[head.start : head.end]}---\n{body}".encode(), replace=True)


def _resolve(player: _Player, match: re.Match[str], key: str) -> str:
    """What stands for a placeholder in the text of `key`: a number, a link, a text's Git blob, or an attachment."""
    scene = key.partition("/")[0]
    name = match[1] if "/" in match[1] else f"{scene}/{match[1]}"
    if name.endswith(".png"):
        return _attach(player, key, name, digest=match[2] == ".sha256")
    if match[2] == ".path":
        return relative_link(player.paths[key], player.paths[name])
    if match[2] == ".blob":
        return _blob(os.path.join(player.root, player.paths[name]))
    return player.numbers[name]


def _attach(player: _Player, key: str, name: str, *, digest: bool) -> str:
    """Puts a scan beside the document; its path, or its SHA-256."""
    with open(os.path.join(DATA, "attachments", name), "rb") as file:
        data = file.read()
    path = f"{ATTACHMENTS}/{player.numbers[key]}/{os.path.basename(name)}"
    write_file(player.root, path, data, replace=True)
    return hashlib.sha256(data).hexdigest() if digest else path


def _blob(path: str) -> str:
    """The id that Git gives a file's bytes."""
    with open(path, "rb") as file:
        data = file.read()
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _propose(player: _Player, step: Step, *, major: bool = False) -> None:
    submit(_who(player, step), player.numbers[step.subject], step.words, major=major)


def _decision(operation: Callable[..., object]) -> Callable[[_Player, Step], None]:
    """An operation on a number, with words where there are some."""

    def act(player: _Player, step: Step) -> None:
        operation(_who(player, step), player.numbers[step.subject], *([step.words] if step.words else []))

    return act


def _approve_for(player: _Player, step: Step) -> None:
    principal, _, comment = step.words.partition(" ")
    approve(_who(player, step), player.numbers[step.subject], comment, principal)


def _advance(player: _Player, step: Step) -> None:
    state, _, reason = step.words.partition(" ")
    advance(_who(player, step), step.subject, state, (), reason)


def _waive(player: _Player, step: Step) -> None:
    gate, state, reason = step.words.split(" ", 2)
    advance(_who(player, step), step.subject, state, [gate], reason)


def _track(player: _Player, step: Step) -> None:
    pairs = [(name, value) for name, _, value in (word.partition("=") for word in step.words.split(" "))]
    track(_who(player, step), player.numbers[step.subject], pairs)


def _opinion(player: _Player, step: Step) -> None:
    countersign(_who(player, step), player.numbers[step.subject], step.words, agrees=step.verb == "agree")


_ACTIONS: dict[str, Callable[[_Player, Step], None]] = {
    "open": _open,
    "new": _new,
    "edit": _edit,
    "submit": _propose,
    "submit-major": lambda player, step: _propose(player, step, major=True),
    "advance": _advance,
    "waive": _waive,
    "track": _track,
    "agree": _opinion,
    "disagree": _opinion,
    "approve": _decision(approve),
    "approve-for": _approve_for,
    "reject": _decision(reject),
    "withdraw": _decision(withdraw),
    "register": _decision(register),
}
