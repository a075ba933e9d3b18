"""What publishing a document does beside publishing it: the type says which effect (`effect:` in its data)."""

from __future__ import annotations

from dataclasses import replace

from presales_repo.model.delegation import read_letter
from presales_repo.model.doctype import DELEGATION, DocType
from presales_repo.model.document import Document
from presales_repo.model.ledger import DocumentState, Round
from presales_repo.model.policy import Policy


def declared(policy: Policy, doctype: DocType, document: Document, opened: Round, state: DocumentState | None) -> Round:
    """The round with the effect that its text declares, fixed by the submission as the text is. `state`: the document
    before. Raises PrsError as read_letter does."""
    if doctype.effect == DELEGATION:
        first = state is None or state.release is None
        return replace(opened, grants=read_letter(policy, document, first=first))
    return opened
