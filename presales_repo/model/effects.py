"""What publishing a document does beside publishing it: the type says which effect (`effect:` in its data).

The submission fixes the effect, as it fixes the text; the entry that publishes lets it happen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from presales_repo.model.delegation import read_letter
from presales_repo.model.doctype import DELEGATION, DISPOSE, EMERGENCY
from presales_repo.model.document import Document
from presales_repo.model.emergency import check_request, read_request, released
from presales_repo.model.ledger import DocumentState, Round
from presales_repo.model.policy import Policy
from presales_repo.model.upkeep import Upkeep, check_targets, lifted, marked, read_upkeep
from presales_repo.model.voiding import library_changes

if TYPE_CHECKING:
    from presales_repo.model.replay import Outcome

RELEASED = "emergency"  # the action of the event at a document that is given out before its approval
States = Callable[[str], DocumentState | None]


def with_effects(
    policy: Policy, before: DocumentState | None, document: Document | None, outcome: Outcome, states: States
) -> Outcome:
    """What an entry does, with the effects of the document's type. `before`: the document's state; `document`: the text
    that the entry submits, None when it submits none; `states`: those of other documents.

    Raises PrsError as read_letter, read_request, check_request, read_upkeep and check_targets do.
    """
    (after,) = outcome.states
    if document is not None:
        return replace(outcome, states=(_declare(policy, before, document, after, states),)) if after.round else outcome
    ended = before.round if before else None
    if ended is None or after.release is None or after.release.start != ended.start:
        return outcome  # nothing is published
    if ended.upkeep is not None:
        return _upkeep(before, after, ended.upkeep, outcome, states)
    if ended.requests is not None:
        outcome = replace(outcome, states=(after, _release(after, ended, states)))
    return replace(outcome, delegation=ended.grants)


def _declare(
    policy: Policy, before: DocumentState | None, document: Document, after: DocumentState, states: States
) -> DocumentState:
    """The submitted document with the effect that its text declares."""
    opened, submitted = after.round, after.events[-1]
    assert opened is not None
    effect = policy.types[document.type_id].effect
    if effect == DELEGATION:
        first = before is None or before.release is None
        opened = replace(opened, grants=read_letter(policy, document, first=first))
    elif effect == EMERGENCY:
        target = states(document.value("target").partition("@")[0])
        opened = replace(opened, requests=read_request(policy, document, target, submitted.time, submitted.offset))
    elif effect:
        opened = replace(opened, upkeep=read_upkeep(policy, document, before, states, submitted))
    return replace(after, round=opened)


def _upkeep(
    before: DocumentState | None, after: DocumentState, upkeep: Upkeep, outcome: Outcome, states: States
) -> Outcome:
    """What a notice, list or request, just published, does to the documents that it names, and undoes of what its
    version before did."""
    signed = after.events[-1]
    former = before.upkeep.targets if before and before.upkeep else ()
    known = {state.number: state for number in former if (state := states(number)) is not None}
    known = {number: lifted(state, (after.number,), signed) for number, state in known.items()}
    targets = check_targets(after.number, upkeep.effect, upkeep.targets, states)
    known |= {state.number: marked(state, after.number, upkeep, signed) for state in targets}
    gone = [library_changes(state.release, None) for state in targets] if upkeep.effect == DISPOSE else []
    changes = (*outcome.changes, *(change for group in gone for change in group))
    return replace(outcome, states=(replace(after, upkeep=upkeep), *known.values()), changes=changes)


def _release(request: DocumentState, ended: Round, states: States) -> DocumentState:
    """The document that a request, just published, gives out; an event of its own keeps that in its history."""
    asked, signed = ended.requests, request.events[-1]
    assert asked is not None
    target = states(asked.target)
    opened = check_request(request.number, asked, target, signed)
    assert target is not None
    event = replace(signed, action=RELEASED, version=opened.version, step="", comment=request.number)
    mark = released(request.number, asked, opened, signed)
    return replace(target.with_event(event), round=replace(opened, released=mark))
