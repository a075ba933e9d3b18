"""People and keys: edits of `policy/people.yaml`, which take effect when the policy is proposed and endorsed."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from presales_repo.errors import PrsError
from presales_repo.model.frontmatter import append_item, quote
from presales_repo.model.policy import PEOPLE, Person, build_policy, keys_of, policy_data, validate_policy
from presales_repo.model.sshkey import parse_public_key
from presales_repo.model.text import decode_text
from presales_repo.model.yamlsubset import Items, Scalar, Table, parse_yaml
from presales_repo.ops.check import working_policy_files
from presales_repo.ops.session import Session, open_work
from presales_repo.store.files import write_file
from presales_repo.store.sign import load_signing_key

_ID = re.compile(r"[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as listed. `in_force`: the policy of the ledger knows them with these keys."""

    id: str
    name: str
    department: str
    roles: tuple[str, ...]
    email: str
    fingerprints: tuple[str, ...]
    active: bool
    in_force: bool


def slug(email: str, taken: Collection[str]) -> str:
    """An id from an e-mail address, different from those taken."""
    base = re.sub(r"[^a-z0-9._-]+", "-", email.partition("@")[0].lower()).strip("._-") or "person"
    candidates = [base, *(f"{base}{count}" for count in range(2, 1000))]
    return next(candidate for candidate in candidates if candidate not in taken)


def person_block(person: Person) -> str:
    """A person as an item of the YAML list."""
    lines = [
        f"- id: {person.id}",
        f"  name: {quote(person.name)}",
        f"  department: {person.department}",
        f"  roles: [{', '.join(person.roles)}]",
        f"  email: {quote(person.email)}",
        "  keys:",
        *(f"    - {' '.join(key.split()[:2])}" for key in person.keys),
    ]
    if not person.keys:
        lines[-1] = "  keys: []"
    return "\n".join(lines) + "\n"


def list_people(session: Session) -> list[PersonRow]:
    """Everybody in the working policy, and whether the ledger knows them so."""
    with open_work(session) as work:
        edited = build_policy(policy_data(working_policy_files(work)))
        return [person_row(person, work.policy.people.get(person.id)) for person in edited.people.values()]


def person_row(person: Person, in_force: Person | None) -> PersonRow:
    """A person as listed."""
    prints = tuple(key.fingerprint() for key in keys_of(person))
    return PersonRow(
        person.id, person.name, person.department, person.roles, person.email, prints, person.active, in_force == person
    )


def add_person(
    session: Session, person_id: str, name: str, department: str, roles: tuple[str, ...], email: str, key: str
) -> str:
    """Append a person to the working policy; the file's path. Raises PrsError A410 (id), A411 (exists), A4xx."""
    if not _ID.fullmatch(person_id):
        raise PrsError("A410", found=person_id)
    public = load_signing_key(key, session.home).public
    line = " ".join(public.line().split()[:2])
    person = Person(person_id, name, department, roles, email, (line,), True, ())

    def edit(text: str) -> str:
        if _item(text, person_id) is not None:
            raise PrsError("A411", person=person_id)
        return append_item(text, "people", person_block(person))

    return _edit_people(session, edit)


def rotate_key(session: Session, person_id: str, new_key: str) -> str:
    """Give a person a new key; the old ones stay good for what they signed before this policy takes effect."""
    line = " ".join(load_signing_key(new_key, session.home).public.line().split()[:2])
    return _edit_people(session, lambda text: _with_keys(text, person_id, [line]))


def revoke_key(session: Session, person_id: str, from_sequence: int) -> str:
    """Void a person's keys from a ledger sequence on (lost or stolen), with all that they signed since.

    Raises PrsError W117 for a sequence below 1.
    """
    if from_sequence < 1:
        raise PrsError("W117", found=f"--from {from_sequence}", expected="--from 12")
    with open_work(session) as work:
        person = work.policy.people.get(person_id)
        if person is None:
            raise PrsError("A412", person=person_id)
        prints = [parse_public_key(line).fingerprint() for line in person.keys]

    def edit(text: str) -> str:
        block = "".join(f"      - {{key: {value}, from: {from_sequence}}}\n" for value in prints)
        return _insert(text, person_id, "revoked", block)

    return _edit_people(session, edit)


def _item(text: str, person_id: str) -> Table | None:
    people = parse_yaml(text, PEOPLE).values.get("people")
    for item in people.items if isinstance(people, Items) else ():
        found = item.values.get("id") if isinstance(item, Table) else None
        if isinstance(item, Table) and isinstance(found, Scalar) and found.text == person_id:
            return item
    return None


def _with_keys(text: str, person_id: str, lines: list[str]) -> str:
    item = _item(text, person_id)
    if item is None or "keys" not in item.values:
        raise PrsError("A412", person=person_id)
    node = item.values["keys"]
    block = "[" + ", ".join(quote(line) for line in lines) + "]"
    end = node.start + len(text[node.start : node.end].rstrip())
    before = text[: node.start].rstrip()
    return f"{before} {block}{text[end:]}"


def _insert(text: str, person_id: str, key: str, block: str) -> str:
    item = _item(text, person_id)
    if item is None or key in item.values:
        raise PrsError("A412", person=person_id)
    first = item.keys["id"]
    line_end = text.index("\n", first.end) + 1
    indent = " " * (first.column - 1)
    return f"{text[:line_end]}{indent}{key}:\n{block}{text[line_end:]}"


def _edit_people(session: Session, edit: Callable[[str], str]) -> str:
    """Change people.yaml, refuse a result that is no valid policy, write it."""
    with open_work(session, exclusive=True) as work:
        files = working_policy_files(work)
        if PEOPLE not in files:
            raise PrsError("A401", path=PEOPLE)
        text = edit(decode_text(files[PEOPLE], PEOPLE))
        changed = {**files, PEOPLE: text.encode()}
        validate_policy(build_policy(policy_data(changed)))
        write_file(work.repository.root, PEOPLE, changed[PEOPLE], replace=True)
        return PEOPLE
