"""The policy of a document repository: people, roles, keys, chains, numbering, document types.

It lives in `policy/` of the ledger's tree and is judged only by the policy before it (docs/ledger-format.md).
Reading goes bytes → plain data (policy_data, which a cache may keep) → values (build_policy).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from presales_repo.errors import PrsError
from presales_repo.model.doctype import DocType, DocTypes, Field, build_fields
from presales_repo.model.sshkey import PublicKey, parse_public_key
from presales_repo.model.text import decode_text
from presales_repo.model.yamlsubset import parse_yaml, to_data

ROOT = "policy/"
REPOSITORY = "policy/repository.yaml"
PEOPLE = "policy/people.yaml"
APPROVAL = "policy/approval.yaml"
PROJECT = "policy/project.yaml"
ASSESSMENT = "policy/assessment.yaml"
TYPES = "policy/types/"
ADMINISTRATOR = "repo-admin"
LEADER = "company-leader"
DEPARTMENT_HEAD = "dept-head"


@dataclass(frozen=True, slots=True)
class Titled:
    """An entry of a catalogue table: stage, category, sensitivity, department, role, retention."""

    id: str
    title_zh: str
    title_en: str
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Revocation:
    """A key that counts for nothing from ledger sequence `from_sequence` on (lost or stolen: A-35)."""

    fingerprint: str
    from_sequence: int


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the company; `active` false: may sign nothing any more."""

    id: str
    name: str
    department: str
    roles: tuple[str, ...]
    email: str
    keys: tuple[str, ...]
    active: bool
    revoked: tuple[Revocation, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a chain; `by`: a role, or `dept-head-of-author`; `quorum`: how many of them must sign."""

    id: str
    title_zh: str
    title_en: str
    by: str
    quorum: int


@dataclass(frozen=True, slots=True)
class Chain:
    """The approval steps of a kind of document, in order (四(三)1: 初审, 审核, 终审)."""

    id: str
    title_zh: str
    title_en: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy in force. `digest`: SHA-256 over its files, see policy_digest."""

    digest: str
    version: int
    organisation: str
    timezone: str
    quorum: int
    stages: Mapping[str, Titled]
    categories: Mapping[str, Titled]
    sensitivities: Mapping[str, Titled]
    retentions: Mapping[str, Titled]
    departments: Mapping[str, Titled]
    roles: Mapping[str, Titled]
    common_fields: Mapping[str, Field]
    people: Mapping[str, Person]
    chains: Mapping[str, Chain]
    chain_rules: Mapping[str, Any]
    project: Mapping[str, Any]
    types: Mapping[str, DocType]


def policy_digest(files: Mapping[str, bytes]) -> str:
    """SHA-256 (hex) over `<sha256 of the file> <path>\\n`, sorted by path: `sha256sum` output of policy/."""
    lines = [f"{hashlib.sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(files)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def policy_data(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The policy's files as plain data, one value that JSON can hold. Raises PrsError A401 when a file is missing."""
    for path in (REPOSITORY, PEOPLE, APPROVAL, PROJECT):
        if path not in files:
            raise PrsError("A401", path=path)
    data = {path: to_data(parse_yaml(decode_text(files[path], path), path)) for path in sorted(files) if path.endswith(".yaml")}
    return {"digest": policy_digest(files), "files": data}


def build_policy(data: Mapping[str, Any]) -> Policy:
    """Values from policy_data. Raises PrsError A402 naming the place of what is missing or wrong."""
    files = data["files"]
    repository, approval = files[REPOSITORY], files[APPROVAL]
    try:
        return Policy(
            digest=data["digest"],
            version=int(repository["version"]),
            organisation=repository["organisation"] or "",
            timezone=repository["timezone"],
            quorum=int(approval["administrators"]["quorum"]),
            **{name: _table(repository[name]) for name in _TABLES},
            common_fields=build_fields(repository["common_fields"], "common_fields"),
            people={person.id: person for person in map(_person, files[PEOPLE]["people"] or ())},
            chains={id_: _chain(id_, raw) for id_, raw in approval["chains"].items()},
            chain_rules=approval["chain_rules"],
            project=files[PROJECT],
            types=DocTypes(_raw_types(files)),
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise PrsError("A402", where="policy", problem=f"{type(error).__name__}: {error}") from None


_TABLES = ("stages", "categories", "sensitivities", "retentions", "departments", "roles")


def _table(raw: Mapping[str, Mapping[str, Any]]) -> dict[str, Titled]:
    return {
        id_: Titled(id_, entry["title_zh"], entry.get("title_en", entry["title_zh"]), entry) for id_, entry in raw.items()
    }


def _person(raw: Mapping[str, Any]) -> Person:
    return Person(
        id=raw["id"],
        name=raw["name"],
        department=raw["department"],
        roles=tuple(raw.get("roles") or ()),
        email=raw["email"],
        keys=tuple(raw.get("keys") or ()),
        active=raw.get("active", True) is not False,
        revoked=tuple(Revocation(item["key"], int(item["from"])) for item in raw.get("revoked") or ()),
    )


def _chain(id_: str, raw: Mapping[str, Any]) -> Chain:
    steps = tuple(
        Step(step["id"], step["title_zh"], step.get("title_en", step["title_zh"]), step["by"], int(step.get("quorum", 1)))
        for step in raw.get("steps") or ()
    )
    return Chain(id_, raw["title_zh"], raw.get("title_en", raw["title_zh"]), steps)


def _raw_types(files: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    raw: dict[str, Mapping[str, Any]] = {}
    for path, content in files.items():
        if path.startswith(TYPES):
            for entry in content.get("types") or ():
                if entry["id"] in raw:
                    raise PrsError("A402", path=path, where=f"type {entry['id']}", problem="defined twice")
                raw[entry["id"]] = entry
    return raw


def validate_policy(policy: Policy) -> None:
    """Refuse a policy that contradicts itself or that nobody could change again.

    Raises PrsError A402 (a reference to something that is not there), A403 (a key of two people), A404 (the
    administrators cannot reach their quorum), A405 (QD or FJ changed: 四(二)1 fixes them).
    """
    _validate_stages(policy)
    owners: dict[str, str] = {}
    for person in policy.people.values():
        _validate_person(policy, person, owners)
    if len(administrators(policy)) < policy.quorum or policy.quorum < 1:
        raise PrsError("A404", quorum=policy.quorum, count=len(administrators(policy)))
    for chain in policy.chains.values():
        for step in chain.steps:
            if step.by != "dept-head-of-author" and step.by not in policy.roles:
                raise PrsError("A402", where=f"chain {chain.id}, step {step.id}", problem=f"role {step.by}")
    for doctype in policy.types.values():
        _validate_type(policy, doctype)


def _validate_stages(policy: Policy) -> None:
    for code, title in (("QD", "需求调研"), ("FJ", "解决方案设计")):
        if code not in policy.stages or policy.stages[code].title_zh != title:
            raise PrsError("A405", stage=code, title=title)


def _validate_person(policy: Policy, person: Person, owners: dict[str, str]) -> None:
    where = f"person {person.id}"
    if person.department not in policy.departments:
        raise PrsError("A402", where=where, problem=f"department {person.department}")
    for role in person.roles:
        if role not in policy.roles:
            raise PrsError("A402", where=where, problem=f"role {role}")
    for line in person.keys:
        fingerprint = parse_public_key(line).fingerprint()
        if owners.setdefault(fingerprint, person.id) != person.id:
            raise PrsError("A403", fingerprint=fingerprint, first=owners[fingerprint], second=person.id)


def _validate_type(policy: Policy, doctype: DocType) -> None:
    references = [
        (doctype.category, policy.categories),
        (doctype.stage, policy.stages),
        (doctype.chain, policy.chains),
        (doctype.sensitivity, policy.sensitivities),
        (doctype.retention, policy.retentions),
        *((role, policy.roles) for role in doctype.authors),
    ]
    for key, table in references:
        if key not in table:
            raise PrsError("A402", where=f"type {doctype.id}", problem=key)


def administrators(policy: Policy) -> list[str]:
    """Ids of those who may propose and endorse a policy: active holders of repo-admin with a key."""
    return [p.id for p in policy.people.values() if p.active and p.keys and ADMINISTRATOR in p.roles]


def keys_of(person: Person) -> list[PublicKey]:
    """A person's public keys, parsed."""
    return [parse_public_key(line) for line in person.keys]


def owner_of(policy: Policy, key: PublicKey, sequence: int) -> Person | None:
    """The one active person whose key this is at a position of the ledger; a revoked key has none."""
    fingerprint = key.fingerprint()
    for person in policy.people.values():
        if not person.active or all(parse_public_key(line).blob != key.blob for line in person.keys):
            continue
        revoked = [entry for entry in person.revoked if entry.fingerprint == fingerprint]
        if all(sequence < entry.from_sequence for entry in revoked):
            return person
    return None
