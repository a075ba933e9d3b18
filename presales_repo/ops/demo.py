"""The demo company: plays presales_repo/demo/scenario.yaml with the same operations a user has."""

from __future__ import annotations

import datetime
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from presales_repo.errors import PrsError
from presales_repo.model.countersign import DISAGREE
from presales_repo.model.frontmatter import read_front_matter, set_field
from presales_repo.model.paths import relative_link
from presales_repo.model.text import decode_text
from presales_repo.model.yamlsubset import parse_node, to_data
from presales_repo.ops.countersign import countersign
from presales_repo.ops.decide import approve, register, reject, submit, withdraw
from presales_repo.ops.export import Exported, export
from presales_repo.ops.init import init
from presales_repo.ops.new import new
from presales_repo.ops.projects import new_project
from presales_repo.ops.save import save
from presales_repo.ops.session import Session
from presales_repo.store.files import disk_errors, write_file
from presales_repo.store.repository import open_repository

_DATA = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "demo")
_KEYS = "keys"
_PLACEHOLDER = re.compile(r"\{\{([a-z0-9-]+)(\.path)?\}\}")


@dataclass(frozen=True, slots=True)
class Demo:
    """What was made. `keys`: the folder of throw-away keys; `documents`: numbers by the scenario's names."""

    directory: str
    keys: str
    pdfs: tuple[Exported, ...]
    documents: Mapping[str, str]


@dataclass(slots=True)
class _Player:
    """The state of a performance: where each document of the scenario stands."""

    session: Session
    root: str
    keys: str
    numbers: dict[str, str] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)


def demo(session: Session, directory: str) -> Demo:
    """Build the demo company's repository in `directory`, which must be new or empty; its keys lie in `keys/`.

    Raises PrsError E121 (not empty), and whatever an operation refuses.
    """
    target = os.path.abspath(os.path.join(session.directory, directory))
    if os.path.lexists(target) and (not os.path.isdir(target) or os.listdir(target)):
        raise PrsError("E121", directory=directory)
    scenario, people = _read("scenario.yaml"), _read("people.yaml")
    player = _Player(session, target, os.path.join(target, _KEYS))
    _found(player, scenario, people)
    events = scenario["events"]
    for done, event in enumerate(events, 1):
        _ACTIONS[event["do"]](player, event)
        session.progress("demo", done, len(events))
    made = export(_as(player, "", events[-1]["at"]), (), everything=True)
    if made.failed:
        raise made.failed[0].error
    return Demo(player.root, player.keys, made.exported, player.numbers)


def _read(name: str) -> Any:
    path = os.path.join(_DATA, name)
    with open(path, "rb") as file:
        node = parse_node(decode_text(file.read(), name), name)
    return to_data(node) if node is not None else {}


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


def _found(player: _Player, scenario: Mapping[str, Any], people: list[dict[str, Any]]) -> None:
    """The repository with all people, their keys and the projects' records."""
    founder = next(person for person in people if "repo-admin" in person["roles"])
    start = scenario["events"][0]["at"]
    with tempfile.TemporaryDirectory(prefix="prs-demo-") as folder:
        keys = os.path.join(folder, _KEYS)  # a new repository's folder must be empty: they move in afterwards
        _make_keys(keys, [person["id"] for person in people])
        listed = [{**person, "keys": [_public_key(keys, person["id"])]} for person in people]
        write_file(folder, "people.yaml", _people_yaml(listed).encode(), replace=True)
        session = replace(_as(player, "", start), directory=folder, key=os.path.join(keys, founder["id"]))
        init(session, player.root, scenario["organisation"], founder["name"], founder["email"], "people.yaml")
        with disk_errors(player.keys):
            shutil.move(keys, player.keys)
    _settle_keys(player, founder["id"])
    for project in _read("projects.yaml"):
        manager = _as(player, project["manager"], start)
        made = new_project(manager, project["id"], project["name"], project["customer"], project["manager"])
        _complete_record(player, made.path, project)
    save(_as(player, founder["id"], start), (), "登记项目")


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


def _complete_record(player: _Player, path: str, project: Mapping[str, Any]) -> None:
    full = os.path.join(player.root, path)
    with open(full, encoding="utf-8", newline="") as file:
        text = file.read()
    for name in ("industry", "procurement", "est_amount", "priority", "opened_on"):
        if project.get(name):
            text = set_field(text, name, str(project[name]))
    write_file(player.root, path, text.encode(), replace=True)


def _as(player: _Player, person: str, at: str) -> Session:
    """The session of one person at one moment, in the company's time."""
    moment = datetime.datetime.fromisoformat(f"{at}:00+08:00" if len(at) == 16 else at)
    key = os.path.join(player.keys, person) if person else ""
    silent = replace(player.session, progress=lambda *_: None)
    return replace(silent, directory=player.root, now=moment, key=key)


def _new(player: _Player, event: Mapping[str, Any]) -> None:
    session = _as(player, event["by"], event["at"])
    made = new(session, event["type"], event["title"], event.get("project") or "", {})
    player.numbers[event["key"]], player.paths[event["key"]] = made.number, made.path
    _write_text(player, event["key"], event["text"])
    save(session, [made.number], f"{event['title']}:初稿")


def _edit(player: _Player, event: Mapping[str, Any]) -> None:
    _write_text(player, event["key"], event["text"])
    save(_as(player, event["by"], event["at"]), [player.numbers[event["key"]]], event["message"])


def _write_text(player: _Player, key: str, name: str) -> None:
    """The document's own front matter with the fields of the text, then the text's body."""
    path = player.paths[key]
    with open(os.path.join(_DATA, name), encoding="utf-8", newline="") as file:
        text = _PLACEHOLDER.sub(lambda match: _resolve(player, match, path), file.read())
    head = read_front_matter(text, name)
    with open(os.path.join(player.root, path), encoding="utf-8", newline="") as file:
        old = file.read()
    kept = read_front_matter(old, path)
    own = "".join(line + "\n" for line in old[kept.start : kept.end].splitlines() if line.split(":")[0] in _SET_BY_PRS)
    body = text[head.body_start :]
    write_file(player.root, path, f"---\n{own}{text[head.start : head.end]}---\n{body}".encode(), replace=True)


_SET_BY_PRS = ("number", "title", "type", "project", "author", "created")


def _resolve(player: _Player, match: re.Match[str], path: str) -> str:
    return relative_link(path, player.paths[match[1]]) if match[2] else player.numbers[match[1]]


def _submit(player: _Player, event: Mapping[str, Any]) -> None:
    number = player.numbers[event["key"]]
    submit(_as(player, event["by"], event["at"]), number, event["note"], major=event.get("bump") == "major")


def _decision(operation: Callable[..., object], words: str = "") -> Callable[[_Player, Mapping[str, Any]], None]:
    def act(player: _Player, event: Mapping[str, Any]) -> None:
        texts = [event.get(words) or ""] if words else []
        operation(_as(player, event["by"], event["at"]), player.numbers[event["key"]], *texts)

    return act


def _countersign(player: _Player, event: Mapping[str, Any]) -> None:
    session, number = _as(player, event["by"], event["at"]), player.numbers[event["key"]]
    countersign(session, number, event["comment"], agrees=event.get("opinion") != DISAGREE)


_ACTIONS: dict[str, Callable[[_Player, Mapping[str, Any]], None]] = {
    "new": _new,
    "edit": _edit,
    "submit": _submit,
    "countersign": _countersign,
    "approve": _decision(approve, "comment"),
    "reject": _decision(reject, "reason"),
    "withdraw": _decision(withdraw),
    "register": _decision(register),
}
