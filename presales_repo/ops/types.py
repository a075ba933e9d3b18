"""The catalogue of document types: of the repository's policy, or the built-in one where there is no repository."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from presales_repo.errors import PrsError
from presales_repo.model.doctype import DocType
from presales_repo.model.fold import fold
from presales_repo.model.policy import Policy, build_policy, policy_data
from presales_repo.ops.init import built_in_policy
from presales_repo.ops.session import Session, open_work

FEW = 6  # types offered where several may be meant


def list_types(session: Session, *, category: str = "", stage: str = "") -> list[DocType]:
    """Types in the order of the catalogue, filtered."""
    policy = _policy(session)
    return [t for t in policy.types.values() if category in ("", t.category) and stage in ("", t.stage)]


def _policy(session: Session) -> Policy:
    try:
        with open_work(session) as work:
            return work.policy
    except PrsError as error:
        if error.code not in ("E102", "E113"):
            raise
    return build_policy(policy_data(built_in_policy()))


def pick_type(types: Iterable[DocType], type_id: str) -> DocType:
    """One type, by its id or its Chinese title in either script. Raises PrsError F122 with the nearest names."""
    known = {item.id: item for item in types}
    if type_id not in known:
        titled = [item for item in known.values() if fold(item.title_zh) == fold(type_id)]
        if len(titled) == 1:
            return titled[0]
        raise PrsError("F122", found=type_id, near=_near(type_id, known))
    return known[type_id]


def _near(word: str, known: Mapping[str, DocType]) -> str:
    """Types whose title has the word, else those whose id is spelt alike; else where to look."""
    folded = fold(word)
    found = [item for item in known.values() if folded and folded in fold(item.title_zh)][:FEW]
    if not found:
        import difflib

        found = [known[id_] for id_ in difflib.get_close_matches(word, list(known), 3, 0.4)]
    return ", ".join(f"{item.id} ({item.title_zh})" for item in found) or "prs types"
