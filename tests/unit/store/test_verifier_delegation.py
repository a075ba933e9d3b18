"""Attacks with signatures for somebody else: real commits with real signatures, each with one thing wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from presales_repo.store.ledger import verify_all
from tests.unit.store.library import NUMBER, PATH, WHEN, Draft, Library, document

LETTER = "QD202305009"
DAY = 86_400


def letter_path(number: str) -> str:
    return f"common/2-需求调研文档/{number}-计划.md"


def delegate(library: Library, number: str = LETTER, version: str = "1.0", **terms: str) -> None:
    """Publish a letter by lin, approved by cheng: shen delegates to han from 2023-07-20 to 2023-07-24, unless `terms`
    say otherwise. The ledger's entries are of 2023-07-22."""
    fields = {
        "principal": "shen", "delegate": "han", "roles": "[presales-manager]", "from_date": "2023-07-20",
        "to_date": "2023-07-24",
    }  # fmt: skip
    path = letter_path(number)
    library.commit({path: document("delegation-letter", number=number, **{**fields, **terms})})
    library.append("submit", "lin", number, path=path, version=version)
    library.append("approve", "cheng", number)


@pytest.fixture(scope="session")
def delegated_library(submitted_library: Library, tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = submitted_library.copy(tmp_path_factory.mktemp("delegated"))
    delegate(library)
    return library


@pytest.fixture
def delegated(delegated_library: Library, tmp_path: Path) -> Library:
    """The survey plan waits for shen, for whom han may sign."""
    return delegated_library.copy(tmp_path)


def forged(library: Library, signer: str, principal: str, number: str = NUMBER, days: int = 0) -> Draft:
    """An approval by `signer` for `principal`, some days after the other entries, in the tree that it would publish."""
    ledger = library.open()
    entry = library.entry(ledger, "approve", signer, number, on_behalf=principal)
    ledger.close()
    path = PATH if number == NUMBER else letter_path(number)
    content = library.git.read(f"{entry.content}:{path}")
    assert content is not None
    assert content.data is not None
    tree = library.tree_with(ledger.head.tree, {path: ("100644", content.data)})
    ident = replace(library.ident(signer), time=WHEN[0] + days * DAY)
    return Draft(entry, (ledger.head.tip, entry.content), tree, ident, ident, signer)


def test_an_honest_signature_for_somebody_else_is_accepted(delegated: Library) -> None:
    """So the refusals below are for the change, not for the way the attacks are made."""
    delegated.write(forged(delegated, "han", "shen"))
    assert delegated.accepted() == 5
    ledger = delegated.open()
    state = ledger.document(NUMBER)
    ledger.close()
    assert state is not None
    assert (state.events[-1].person, state.events[-1].on_behalf) == ("han", "shen")


@pytest.mark.parametrize("days", [0, 2])
def test_until_its_last_day(delegated: Library, days: int) -> None:
    delegated.write(forged(delegated, "han", "shen", days=days))
    assert delegated.accepted() == 5


@pytest.mark.parametrize(("signer", "principal"), [("gao", "shen"), ("lin", "shen"), ("han", "gao"), ("han", "nobody")])
def test_by_a_stranger_or_for_somebody_who_delegated_nothing(delegated: Library, signer: str, principal: str) -> None:
    code = {"lin": "A302", "gao": "A335"}.get(signer, "A335" if principal == "nobody" else "A303")
    delegated.refused(code, delegated.write(forged(delegated, signer, principal)))


def test_past_its_end(delegated: Library) -> None:
    delegated.refused("A336", delegated.write(forged(delegated, "han", "shen", days=3)))


def test_past_its_end_in_a_zone_where_the_day_has_not_ended(delegated: Library) -> None:
    draft = forged(delegated, "han", "shen", days=3)
    ident = replace(draft.committer, offset="-1200")
    delegated.refused("A336", delegated.write(replace(draft, author=ident, committer=ident)))


def test_past_its_end_with_an_old_author_date(delegated: Library) -> None:
    """Git shows the author's date; the committer's counts."""
    draft = forged(delegated, "han", "shen", days=3)
    old = replace(draft.author, time=WHEN[0])
    delegated.refused("A336", delegated.write(replace(draft, author=old)))


def later(library: Library, days: int) -> None:
    """An honest entry of a later day: the plan is taken back, and submitted again."""
    for action in ("withdraw", "submit"):
        draft = library.draft(action, "lin")
        ident = replace(draft.committer, time=WHEN[0] + days * DAY)
        library.write(replace(draft, author=ident, committer=ident))


def test_past_its_end_with_an_old_date(delegated: Library) -> None:
    later(delegated, 10)
    delegated.refused("A337", delegated.write(forged(delegated, "han", "shen", days=1)))


def test_past_its_end_with_an_old_date_after_another_old_date(delegated: Library) -> None:
    """Entries in one's own name may bear any date; one of them does not open the way."""
    later(delegated, 10)
    later(delegated, 0)
    delegated.refused("A337", delegated.write(forged(delegated, "han", "shen", days=1)))


def test_before_its_first_day(submitted: Library) -> None:
    delegate(submitted, from_date="2023-07-23")
    submitted.refused("A336", submitted.write(forged(submitted, "han", "shen")))


def test_after_a_new_version_ended_it(delegated: Library) -> None:
    delegate(delegated, version="1.1", to_date="2023-07-21")
    delegated.refused("A336", delegated.write(forged(delegated, "han", "shen")))


def test_of_another_role(submitted: Library) -> None:
    delegate(submitted, principal="gao", roles="[dept-head]")
    submitted.refused("A303", submitted.write(forged(submitted, "han", "gao")))


def test_chained(delegated: Library) -> None:
    """han, to whom shen delegated, delegates shen's role to gao: refused as a letter, and worth nothing by hand."""
    path = letter_path("QD202305008")
    terms = {"principal": "han", "delegate": "gao", "roles": "[presales-manager]"}
    text = document("delegation-letter", number="QD202305008", from_date="2023-07-20", to_date="2023-07-24", **terms)
    content = delegated.commit({path: text})
    ledger = delegated.open()
    entry = delegated.entry(ledger, "submit", "lin", "QD202305008", path=path)
    ledger.close()
    ident = delegated.ident("lin")
    oid = delegated.write(Draft(entry, (ledger.head.tip, content), ledger.head.tree, ident, ident, "lin"))
    delegated.refused("A333", oid)


def test_a_letter_that_the_delegate_of_the_leader_approves(submitted: Library) -> None:
    delegate(submitted, principal="cheng", roles="[company-leader]")
    path = letter_path("QD202305008")
    terms = {"principal": "cheng", "delegate": "han", "roles": "[company-leader]"}
    text = document("delegation-letter", number="QD202305008", from_date="2023-07-20", to_date="2023-09-24", **terms)
    submitted.commit({path: text})
    submitted.append("submit", "lin", "QD202305008", path=path)
    submitted.refused("A338", submitted.write(forged(submitted, "han", "cheng", "QD202305008")))


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("A206", lambda draft: replace(draft, key="gao")),
        ("A301", lambda draft: replace(draft, key="stranger")),
        ("A303", lambda draft: replace(draft, entry=replace(draft.entry, on_behalf=""))),
        ("A335", lambda draft: replace(draft, entry=replace(draft.entry, on_behalf="shen x"))),
        ("A211", lambda draft: replace(draft, entry=replace(draft.entry, on_behalf="沈"))),
    ],
    ids=["another's key", "a stranger's key", "the trailer left out", "two words", "not ASCII"],
)
def test_a_trailer_that_does_not_fit(delegated: Library, code: str, change: Callable[[Draft], Draft]) -> None:
    delegated.refused(code, delegated.write(change(forged(delegated, "han", "shen"))))


def test_the_cache_keeps_rights_and_the_latest_time(delegated: Library) -> None:
    """The next command goes on from what was verified; it knows what one knows that begins anew."""
    later(delegated, 10)
    delegated.open().close()
    ledger = delegated.open()
    head, _, problems = verify_all(delegated.repository)
    ledger.close()
    assert problems == []
    assert head is not None
    assert (ledger.head.latest, ledger.head.delegations) == (head.latest, head.delegations)
    assert head.latest == WHEN[0] + 10 * DAY
    assert [item.letter for item in head.delegations] == [LETTER]
