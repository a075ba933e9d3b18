"""The life of a project as data of the policy (project.yaml): states, gates and the transitions between states.

三 售前工作流程: the stages follow one another, with gates in between.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from presales_repo.errors import PrsError
from presales_repo.model.plaindata import flag_of, list_of, located, mapping_of, text_of, texts_of, whole_of

PREVIOUS = "previous"  # as a transition's `to`: the state before the suspension
LAST_TRANSITION = "last-transition"
MANAGER = "presales-manager"
_SECTION = "transitions"  # of project.yaml, where a refusal has its place
_NEED = frozenset(
    "type min where distinct same_version without covers current since record waivable note".split(),
)
_GATE = frozenset(("title_zh", "title_en", "needs", "any_of", "signer", "reason", "waivable", "note"))

Values = Mapping[str, tuple[str, ...]]


class Same(NamedTuple):
    """`field` names NUMBER@VERSION of a document of `type` in force in the same project."""

    field: str
    type: str


class Without(NamedTuple):
    """No item of the list `field` has all these values."""

    field: str
    where: Values


class Covers(NamedTuple):
    """Each person in field `of` of the documents of `type` has an item in the list `field`, whose `key` names them and
    which has the values of `where`."""

    field: str
    key: str
    where: Values
    type: str
    of: str


class Need(NamedTuple):
    """A line of a gate: `least` documents of `type` that fulfil the conditions (project.yaml says what each means).

    `record`: a field that the project's record must have; `since`: only what was published after the last transition.
    """

    type: str
    least: int
    where: Values
    distinct: str
    same: Same | None
    without: Without | None
    covers: Covers | None
    current: bool
    since: bool
    record: str
    waivable: bool

    @property
    def types(self) -> tuple[str, ...]:
        """Types whose documents the line looks at."""
        named = (self.type, self.same.type if self.same else "", self.covers.type if self.covers else "")
        return tuple(dict.fromkeys(name for name in named if name))


class Gate(NamedTuple):
    """A gate (关口). `any_of`: one of its needs is enough; `signer`: role that opens it; `reason`: needs words."""

    id: str
    title_zh: str
    title_en: str
    needs: tuple[Need, ...]
    any_of: bool
    signer: str
    reason: bool
    waivable: bool


class State(NamedTuple):
    """A state of a project. `outcome`: how 六(一)1 counts it: success, failure, none, or "" for a state on the way;
    `stage`: of the numbers that its documents usually have."""

    id: str
    title_zh: str
    title_en: str
    active: bool
    stage: str
    outcome: str


class Transition(NamedTuple):
    """A way from any of `origins` (none: it opens a project) to `to`, through all of `gates`."""

    origins: tuple[str, ...]
    to: str
    gates: tuple[str, ...]


class Lifecycle(NamedTuple):
    """States, gates and transitions of a policy."""

    states: Mapping[str, State]
    gates: Mapping[str, Gate]
    transitions: tuple[Transition, ...]

    @property
    def opening(self) -> Transition:
        """The transition that opens a project; to no state where the policy knows none."""
        return next((item for item in self.transitions if not item.origins), Transition((), "", ()))

    def leaving(self, state: str) -> list[Transition]:
        """The transitions from a state, the main one first."""
        return [item for item in self.transitions if state in item.origins]


def build_lifecycle(raw: Mapping[str, Any]) -> Lifecycle:
    """The life of projects from policy/project.yaml. Raises PrsError A402 naming the place of what is malformed."""
    with located("project.yaml"):
        signer = text_of(raw.get("signer", MANAGER))
        gates = mapping_of(raw.get("gates"))
        return Lifecycle(
            {id_: _state(id_, mapping_of(item)) for id_, item in mapping_of(raw.get("states")).items()},
            {id_: _gate(id_, mapping_of(item), signer) for id_, item in gates.items()},
            tuple(_transition(mapping_of(item)) for item in list_of(raw.get("transitions"))),
        )


def _state(id_: str, raw: Mapping[str, Any]) -> State:
    with located(f"state {id_}"):
        title = text_of(raw["title_zh"])
        return State(
            id_, title, text_of(raw.get("title_en", title)), flag_of(raw.get("active", True)),
            text_of(raw.get("stage", "")), text_of(raw.get("outcome", "")),
        )  # fmt: skip


def _gate(id_: str, raw: Mapping[str, Any], signer: str) -> Gate:
    with located(f"gate {id_}"):
        _only(raw, _GATE)
        title = text_of(raw["title_zh"])
        lines = list_of(raw.get("any_of")) or list_of(raw.get("needs"))
        return Gate(
            id=id_,
            title_zh=title,
            title_en=text_of(raw.get("title_en", title)),
            needs=tuple(_need(mapping_of(line)) for line in lines),
            any_of=bool(raw.get("any_of")),
            signer=text_of(raw.get("signer", signer)),
            reason=flag_of(raw.get("reason", False)),
            waivable=flag_of(raw.get("waivable", True)),
        )


def _only(raw: Mapping[str, Any], known: frozenset[str]) -> None:
    """A condition not known here would be one that nobody checks."""
    unknown = set(raw) - known
    if unknown:
        raise ValueError(f"unknown: {min(unknown)}")


def _need(raw: Mapping[str, Any]) -> Need:
    _only(raw, _NEED)
    same, without, covers = (mapping_of(raw.get(name)) for name in ("same_version", "without", "covers"))
    since = text_of(raw.get("since", ""))
    if since not in ("", LAST_TRANSITION):
        raise ValueError(f"since: {since}")
    return Need(
        type=text_of(raw["type"]),
        least=whole_of(raw.get("min", 1)),
        where=_values(raw.get("where")),
        distinct=text_of(raw.get("distinct", "")),
        same=Same(text_of(same["field"]), text_of(same["type"])) if same else None,
        without=Without(text_of(without["field"]), _values(without["where"])) if without else None,
        covers=_covers(covers) if covers else None,
        current=flag_of(raw.get("current", False)),
        since=bool(since),
        record=text_of(raw.get("record", "")),
        waivable=flag_of(raw.get("waivable", False)),
    )


def _covers(raw: Mapping[str, Any]) -> Covers:
    field, key, type_id, of = (text_of(raw[name]) for name in ("field", "key", "type", "of"))
    return Covers(field, key, _values(raw.get("where")), type_id, of)


def _values(raw: Any) -> dict[str, tuple[str, ...]]:
    """Values by field, as they are written in front matter."""
    return {name: tuple(_word(item) for item in list_of(values)) for name, values in mapping_of(raw).items()}


def _word(value: Any) -> str:
    return ("false", "true")[value] if isinstance(value, bool) else text_of(value)


def _transition(raw: Mapping[str, Any]) -> Transition:
    return Transition(texts_of(raw["from"]), text_of(raw["to"]), texts_of(raw["gates"]))


def validate_lifecycle(lifecycle: Lifecycle, roles: Mapping[str, Any]) -> None:
    """Refuse a life that cannot be followed.

    Raises PrsError A413 a transition with an unknown state or gate, A414 not exactly one way to open a project, A415 a
    gate that an unknown role signs, A416 two transitions between the same states.
    """
    for number, transition in enumerate(lifecycle.transitions, 1):
        for name in _unknown(lifecycle, transition):
            raise PrsError("A413", section=_SECTION, transition=number, found=name)
    opening = [transition for transition in lifecycle.transitions if not transition.origins]
    if lifecycle.transitions and len(opening) != 1:
        raise PrsError("A414", section=_SECTION, count=len(opening))
    for gate in lifecycle.gates.values():
        if gate.signer not in roles:
            raise PrsError("A415", gate=gate.id, role=gate.signer)
    seen: set[tuple[str, str]] = set()
    for transition in lifecycle.transitions:
        for origin in transition.origins:
            if (origin, transition.to) in seen:
                raise PrsError("A416", section=_SECTION, origin=origin, to=transition.to)
            seen.add((origin, transition.to))


def _unknown(lifecycle: Lifecycle, transition: Transition) -> Iterator[str]:
    states = [*transition.origins, transition.to]
    yield from (name for name in states if name not in lifecycle.states and name != PREVIOUS)
    yield from (name for name in transition.gates if name not in lifecycle.gates)
