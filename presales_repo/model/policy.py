"""The policy of a document repository: people, roles, keys, chains, numbering, document types.

It lives in `policy/` of the ledger's tree and is judged only by the policy before it (docs/ledger-format.md).
Reading goes bytes → plain data (policy_data, which a cache may keep) → values (build_policy).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from presales_repo.errors import PrsError
from presales_repo.model.doctype import EFFECTS, SINGLE_KINDS, DocType, DocTypes, Field, build_fields
from presales_repo.model.needs import NO_NEEDS, Needs, build_needs, contradictions
from presales_repo.model.plaindata import flag_of, list_of, located, mapping_of, text_of, texts_of, whole_of
from presales_repo.model.text import decode_text
from presales_repo.model.tracecheck import trace_problems
from presales_repo.model.wordlists import NO_HONESTY, Honesty, build_honesty
from presales_repo.model.yamlsubset import parse_yaml, to_data

# Keys and digests are for those who judge a policy; git's hooks only build one, and would pay for these modules.
if TYPE_CHECKING:
    from presales_repo.model.sshkey import PublicKey

ROOT = "policy/"
REPOSITORY = "policy/repository.yaml"
PEOPLE = "policy/people.yaml"
APPROVAL = "policy/approval.yaml"
PROJECT = "policy/project.yaml"
ASSESSMENT = "policy/assessment.yaml"
CALENDAR = "policy/calendar.yaml"
TYPES = "policy/types/"
ADMINISTRATOR = "repo-admin"
LEADER = "company-leader"
DEPARTMENT_HEAD = "dept-head"
HEAD_OF_AUTHOR = "dept-head-of-author"  # in a chain: the head of the department that the author belongs to
FULL_CHAIN = "full-leader"

_STAGE = re.compile("[A-Z]{2}")
_WORD = re.compile("[!-~]+")  # as it stands in a trailer of the ledger
# No blanks, quotes, commas and wildcards: they have a meaning in the file of allowed signers (ssh-keygen(1)).
_EMAIL = re.compile(r"[^\s<>@,;\"'\\*?!#]+@[^\s<>@,;\"'\\*?!#]+")
_FINGERPRINT = re.compile("SHA256:[A-Za-z0-9+/]{43}")


class Titled(NamedTuple):
    """An entry of a catalogue table: stage, category, sensitivity, department, role, retention."""

    id: str
    title_zh: str
    title_en: str
    raw: Mapping[str, Any]


class Revocation(NamedTuple):
    """A key that counts for nothing from ledger sequence `from_sequence` on (lost or stolen: A-35)."""

    fingerprint: str
    from_sequence: int


class Person(NamedTuple):
    """A person of the company; `active` false: may sign nothing any more."""

    id: str
    name: str
    department: str
    roles: tuple[str, ...]
    email: str
    keys: tuple[str, ...]
    active: bool
    revoked: tuple[Revocation, ...]


class Step(NamedTuple):
    """One step of a chain; `by`: a role, or `dept-head-of-author`; `quorum`: how many of them must sign."""

    id: str
    title_zh: str
    title_en: str
    by: str
    quorum: int
    needs: Needs = NO_NEEDS


class Chain(NamedTuple):
    """The approval steps of a kind of document, in order (四(三)1: 初审, 审核, 终审)."""

    id: str
    title_zh: str
    title_en: str
    steps: tuple[Step, ...]


class Policy(NamedTuple):
    """A policy in force. `digest`: SHA-256 over its files, see policy_digest; `calendar`: working days and deadlines,
    empty in a policy that leaves them to the built-in file; `assessment`: indicators and reports, likewise."""

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
    calendar: Mapping[str, Any] = {}
    assessment: Mapping[str, Any] = {}
    honesty: Honesty = NO_HONESTY

    @property
    def trackers(self) -> tuple[str, ...]:
        """Roles that may change what may change after release, beside a document's authors."""
        return texts_of(self.chain_rules.get("trackers"))


def policy_digest(files: Mapping[str, bytes]) -> str:
    """SHA-256 (hex) over a line `<SHA-256>  <path>` for each file, sorted by path, as sha256sum prints them."""
    import hashlib

    lines = [f"{hashlib.sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(files)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def policy_data(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The policy's files as plain data, one value that JSON can hold. Raises PrsError A401 when a file is missing."""
    for path in (REPOSITORY, PEOPLE, APPROVAL, PROJECT):
        if path not in files:
            raise PrsError("A401", path=path)
    tables = sorted(path for path in files if path.endswith(".yaml"))
    data = {path: to_data(parse_yaml(decode_text(files[path], path), path)) for path in tables}
    return {"digest": policy_digest(files), "files": data}


def build_policy(data: Mapping[str, Any]) -> Policy:
    """Values from policy_data. Raises PrsError A402 naming the place of what is missing or wrong."""
    files = data["files"]
    repository, approval = files[REPOSITORY], files[APPROVAL]
    with located("policy"):
        return Policy(
            digest=data["digest"],
            version=whole_of(repository["version"]),
            organisation=text_of(repository["organisation"] or ""),
            timezone=text_of(repository["timezone"]),
            quorum=whole_of(mapping_of(approval["administrators"])["quorum"]),
            **{name: _table(mapping_of(repository[name])) for name in _TABLES},
            common_fields=build_fields(repository["common_fields"], "common_fields"),
            people=_people(list_of(files[PEOPLE]["people"])),
            chains={id_: _chain(id_, mapping_of(raw)) for id_, raw in mapping_of(approval["chains"]).items()},
            chain_rules=mapping_of(approval["chain_rules"]),
            project=files[PROJECT],
            types=DocTypes(_raw_types(files)),
            calendar=mapping_of(files.get(CALENDAR)),
            assessment=mapping_of(files.get(ASSESSMENT)),
            honesty=build_honesty(repository.get("words")),
        )


_TABLES = ("stages", "categories", "sensitivities", "retentions", "departments", "roles")


def _table(raw: Mapping[str, Any]) -> dict[str, Titled]:
    return {id_: _titled(id_, mapping_of(entry)) for id_, entry in raw.items()}


def _titled(id_: str, raw: Mapping[str, Any]) -> Titled:
    title = text_of(raw["title_zh"])
    return Titled(id_, title, text_of(raw.get("title_en", title)), raw)


def _people(raw: list[Any]) -> dict[str, Person]:
    people: dict[str, Person] = {}
    for entry in raw:
        person = _person(mapping_of(entry))
        if person.id in people:
            raise PrsError("A402", where=f"person {person.id}", problem="defined twice")
        people[person.id] = person
    return people


def _person(raw: Mapping[str, Any]) -> Person:
    with located(f"person {raw.get('id', '?')}"):
        return Person(
            id=text_of(raw["id"]),
            name=text_of(raw["name"]),
            department=text_of(raw["department"]),
            roles=texts_of(raw.get("roles")),
            email=text_of(raw["email"]),
            keys=texts_of(raw.get("keys")),
            active=flag_of(raw.get("active", True)),
            revoked=tuple(_revocation(mapping_of(item)) for item in list_of(raw.get("revoked"))),
        )


def _revocation(raw: Mapping[str, Any]) -> Revocation:
    return Revocation(text_of(raw["key"]), whole_of(raw["from"]))


def _chain(id_: str, raw: Mapping[str, Any]) -> Chain:
    with located(f"chain {id_}"):
        title = text_of(raw["title_zh"])
        steps = tuple(_step(mapping_of(step)) for step in list_of(raw.get("steps")))
        return Chain(id_, title, text_of(raw.get("title_en", title)), steps)


def _step(raw: Mapping[str, Any]) -> Step:
    title = text_of(raw["title_zh"])
    titles = title, text_of(raw.get("title_en", title))
    needs = build_needs(mapping_of(raw.get("needs")))
    return Step(text_of(raw["id"]), *titles, text_of(raw["by"]), whole_of(raw.get("quorum", 1)), needs)


def _raw_types(files: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    raw: dict[str, Mapping[str, Any]] = {}
    for path, content in files.items():
        if path.startswith(TYPES):
            for entry in map(mapping_of, list_of(content.get("types"))):
                id_ = text_of(entry["id"])
                if id_ in raw:
                    raise PrsError("A402", path=path, where=f"type {id_}", problem="defined twice")
                raw[id_] = entry
    return raw


def validate_policy(policy: Policy) -> None:
    """Refuse a policy that contradicts itself, that nobody could change again, or whose people could not sign.

    Raises PrsError A402 (wrong at a place that it names), A403 (a key of two people), A404 (the administrators
    cannot reach their quorum), A405 (QD or FJ changed: 四(二)1 fixes them).
    """
    from presales_repo.model.lifecycle import build_lifecycle, validate_lifecycle

    _validate_stages(policy)
    _validate_people(policy)
    if policy.quorum < 1 or len(administrators(policy)) < policy.quorum:
        raise PrsError("A404", quorum=policy.quorum, count=len(administrators(policy)))
    for chain in policy.chains.values():
        _validate_chain(policy, chain)
    _validate_chain_rules(policy)
    validate_lifecycle(build_lifecycle(policy.project), policy.roles)
    for doctype in policy.types.values():
        _validate_type(policy, doctype)


def _require(good: object, where: str, problem: str) -> None:
    if not good:
        raise PrsError("A402", where=where, problem=problem)


def _validate_stages(policy: Policy) -> None:
    for code in policy.stages:
        _require(_STAGE.fullmatch(code), f"stage {code}", "a stage has two capital letters")
    for code, title in (("QD", "需求调研"), ("FJ", "解决方案设计")):
        if code not in policy.stages or policy.stages[code].title_zh != title:
            raise PrsError("A405", stage=code, title=title)


def _validate_people(policy: Policy) -> None:
    keys: dict[str, str] = {}
    emails: dict[str, str] = {}
    for person in policy.people.values():
        _validate_person(policy, person)
        other = emails.setdefault(person.email.casefold(), person.id)
        _require(other == person.id, f"person {person.id}", f"email {person.email} is that of {other}")
        for key in keys_of(person):
            fingerprint = key.fingerprint()
            if keys.setdefault(fingerprint, person.id) != person.id:
                raise PrsError("A403", fingerprint=fingerprint, first=keys[fingerprint], second=person.id)


def _validate_person(policy: Policy, person: Person) -> None:
    """Names as git writes them unchanged: an entry must show exactly its signer's name and address (A207)."""
    from presales_repo.model.commit import Ident, clean_ident
    from presales_repo.model.text import control_character, hidden_character

    where = f"person {person.id}"
    _require(_WORD.fullmatch(person.id), where, "an id has ASCII letters, digits and signs, no spaces")
    _require(person.department in policy.departments, where, f"department {person.department}")
    for role in person.roles:
        _require(role in policy.roles, where, f"role {role}")
    _require(_EMAIL.fullmatch(person.email), where, f"email {person.email!r}")
    git = clean_ident(Ident(person.name, person.email, 0, "+0000"))
    same = (git.name, git.email) == (person.name, person.email) and person.name
    _require(same, where, f"name {person.name!r}, email {person.email!r}: git would write {git.name} <{git.email}>")
    text = person.name + person.email
    _require(not control_character(text) and not hidden_character(text), where, f"hidden characters in {text!r}")
    for revocation in person.revoked:
        _require(_FINGERPRINT.fullmatch(revocation.fingerprint), where, f"revoked key {revocation.fingerprint}")


def _validate_chain(policy: Policy, chain: Chain) -> None:
    for number, step in enumerate(chain.steps):
        where = f"chain {chain.id}, step {step.id}"
        _require(_WORD.fullmatch(step.id), where, "an id has ASCII letters, digits and signs, no spaces")
        _require(step.id not in {other.id for other in chain.steps[:number]}, where, "defined twice")
        _require(step.by == HEAD_OF_AUTHOR or step.by in policy.roles, where, f"role {step.by}")
        _require(step.quorum >= 1, where, f"quorum {step.quorum}")
        for problem in contradictions(step.needs, policy.departments):
            raise PrsError("A402", where=where, problem=problem)


def _validate_chain_rules(policy: Policy) -> None:
    with located("chain_rules"):
        least = policy.chain_rules.get("important_min_distinct_signers")
        if least is not None:
            whole_of(least)
        selector = mapping_of(policy.chain_rules.get("final_selector"))
        chosen = [text_of(chain) for scope, chain in selector.items() if scope != "field"]
        trackers = texts_of(policy.chain_rules.get("trackers"))
    for role in trackers:
        _require(role in policy.roles, "chain_rules", f"trackers: {role}")
    for chain in (*chosen, FULL_CHAIN):
        _require(chain in policy.chains, "chain_rules", f"chain {chain}")


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
        _require(key in table, f"type {doctype.id}", key)
    _validate_effect(policy, doctype)
    for problem in trace_problems(doctype.trace, doctype.fields):
        raise PrsError("A402", where=f"type {doctype.id}", problem=problem)
    _validate_mutable(policy, doctype)


def _validate_mutable(policy: Policy, doctype: DocType) -> None:
    """What may change after release is a single value of the type, and has no effect."""
    where = f"type {doctype.id}"
    for name in doctype.mutable:
        field, _, key = name.partition(".")
        spec = doctype.fields.get(field)
        spec = spec.item.get(key) if spec and key else spec
        _require(spec and spec.kind in SINGLE_KINDS, where, f"mutable_after_release: {name}")
    _require(not (doctype.mutable and doctype.effect), where, f"mutable_after_release with effect {doctype.effect}")
    for role in doctype.trackers:
        _require(role in policy.roles, where, f"trackers: {role}")


def _validate_effect(policy: Policy, doctype: DocType) -> None:
    """An effect needs somebody else's signature, and the limit that the policy sets for it."""
    if not doctype.effect:
        return
    where = f"type {doctype.id}"
    _require(doctype.effect in EFFECTS, where, f"effect {doctype.effect}")
    _require(
        policy.chains[doctype.chain].steps, where, f"effect {doctype.effect}, but chain {doctype.chain} has no step"
    )
    limit = EFFECTS[doctype.effect]
    if not limit:
        return
    with located(f"chain_rules, {limit}"):
        _require(whole_of(policy.chain_rules[limit]) >= 1, "chain_rules", limit)


def administrators(policy: Policy) -> list[str]:
    """Ids of those who may propose and endorse a policy: holders of repo-admin who can sign."""
    return [person.id for person in policy.people.values() if ADMINISTRATOR in person.roles and can_sign(person)]


def can_sign(person: Person) -> bool:
    """Whether a person is active and has a key that is not revoked."""
    if not person.active or not person.revoked:
        return person.active and bool(person.keys)
    revoked = {revocation.fingerprint for revocation in person.revoked}
    return any(key.fingerprint() not in revoked for key in keys_of(person))


def keys_of(person: Person) -> list[PublicKey]:
    """A person's public keys, parsed."""
    from presales_repo.model.sshkey import parse_public_key

    return [parse_public_key(line) for line in person.keys]


def owner_of(policy: Policy, key: PublicKey, sequence: int) -> Person | None:
    """The one active person whose key this is at a position of the ledger; a revoked key has none."""
    wanted = _without_comment(key.line())  # a key has one spelling: no need to parse those of a thousand people
    fingerprint = key.fingerprint()
    for person in policy.people.values():
        if person.active and any(_without_comment(line) == wanted for line in person.keys):
            revoked = (entry for entry in person.revoked if entry.fingerprint == fingerprint)
            return person if all(sequence < entry.from_sequence for entry in revoked) else None
    return None


def _without_comment(line: str) -> list[str]:
    return line.split(" ", 2)[:2]
