"""Attacks on the policy: rolled back, out of reach of its own quorum, or installed by too few."""

from __future__ import annotations

from collections.abc import Callable

import yaml

from presales_repo.model.policy import APPROVAL, PEOPLE, REPOSITORY
from tests.attacks.forge import Forger
from tests.attacks.ledger.attack import Catalogue, without
from tests.attacks.mutate import Edit, Swap, accept

policies = Catalogue("founded")

VERSION = Edit(
    "model.replay:judge_policy",
    "proposed.policy.version != expected or entry.version != str(expected)",
    "False",
)
VALID = Swap("store.verifier:validate_policy", accept)
ADMINISTRATOR = Edit("model.replay:judge_policy", "entry.signer not in administrators(head.policy)", "False")
ONCE = Edit("model.replay:judge_policy", "entry.signer in head.proposal.endorsed", "False")
DIGEST = Edit("model.replay:judge_policy", "proposed is None or proposed.digest != entry.digest", "False")
SAME_TEXT = Edit("store.verifier:judge_entry", "if head.proposal.content == entry.content else None", "")
TREE = Edit("store.verifier:verify_entry", "tree != commit.tree", "False")
Texts = dict[str, Callable[[bytes], bytes]]


def changed(evil: Forger, texts: Texts, version: int) -> dict[str, bytes]:
    """The policy in force with some texts changed, and another version."""

    def number(text: bytes) -> bytes:
        head, _, rest = text.partition(b"\nversion: ")
        return head + b"\nversion: %d" % version + rest.lstrip(b"0123456789")

    files = {}
    for name, change in {REPOSITORY: number, **texts}.items():
        files[name] = change(evil.git("cat-file", "blob", f"approved:{name}"))
    return files


def _easier(text: bytes) -> bytes:
    return text.replace(b"{quorum: 2}", b"{quorum: 1}")


def _install(evil: Forger, texts: Texts, version: int, key: str = "") -> None:
    evil.publish(evil.proposal(changed(evil, texts, version), version=str(version)))
    evil.publish(evil.endorsement(key=key))


@policies.attack("A323", VERSION)
def rolled_back_to_the_version_before(evil: Forger) -> None:
    """The first policy asked for two administrators, the second for one; here the older comes back as it was."""
    first = {name: evil.git("cat-file", "blob", f"approved:{name}") for name in (REPOSITORY, APPROVAL)}
    _install(evil, {APPROVAL: _easier}, 2)
    evil.library.open().close()
    entry = evil.proposal(first, version="1")
    entry.tree = evil.tree(first)
    evil.publish(entry)


@policies.attack("A323", VERSION)
def a_version_left_out(evil: Forger) -> None:
    evil.publish(evil.proposal(changed(evil, {}, 3), version="3"))


@policies.attack("A323", VERSION)
def another_version_than_the_entry_says(evil: Forger) -> None:
    evil.publish(evil.proposal(changed(evil, {}, 1), version="2"))


@policies.attack("A404", VALID)
def a_policy_that_drops_its_own_quorum(evil: Forger) -> None:
    """Three administrators to be asked, of whom there are two: nobody could ever change it again."""
    hard = {APPROVAL: lambda text: text.replace(b"{quorum: 2}", b"{quorum: 3}")}
    evil.publish(evil.proposal(changed(evil, hard, 2)))


@policies.attack("A404", VALID)
def a_policy_without_administrators(evil: Forger) -> None:
    nobody = {PEOPLE: lambda text: text.replace(b"  - repo-admin\n", b"")}
    evil.publish(evil.proposal(changed(evil, nobody, 2)))


@policies.attack("A404", VALID)
def a_policy_that_asks_for_nobody(evil: Forger) -> None:
    free = {APPROVAL: lambda text: text.replace(b"{quorum: 2}", b"{quorum: 0}")}
    evil.publish(evil.proposal(changed(evil, free, 2)))


@policies.attack("A403", VALID)
def a_key_of_two_people(evil: Forger) -> None:
    """Lin's key is listed for gao too: whose signature would it be?"""

    def share(text: bytes) -> bytes:
        data = yaml.safe_load(text)
        staff = {person["id"]: person for person in data["people"]}
        staff["gao"]["keys"] += staff["lin"]["keys"]
        return yaml.safe_dump(data, allow_unicode=True, default_flow_style=None).encode()

    evil.publish(evil.proposal(changed(evil, {PEOPLE: share}, 2)))


@policies.attack("A219", TREE)
def installed_by_one_of_two(evil: Forger) -> None:
    """The proposal already has the new policy in its tree."""
    entry = evil.proposal(changed(evil, {APPROVAL: _easier}, 2))
    entry.tree = evil.tree(changed(evil, {APPROVAL: _easier}, 2))
    evil.publish(entry)


@policies.attack("A322", ONCE)
def two_keys_of_one_administrator(evil: Forger) -> None:
    evil.publish(evil.proposal(changed(evil, {APPROVAL: _easier}, 2)))
    evil.publish(evil.endorsement("cheng", key="cheng-2"))


@policies.attack("A320", ADMINISTRATOR)
def endorsed_by_somebody_else(evil: Forger) -> None:
    evil.publish(evil.proposal(changed(evil, {APPROVAL: _easier}, 2)))
    evil.publish(evil.endorsement("gao"))


@policies.attack("A320", ADMINISTRATOR)
def proposed_by_somebody_else(evil: Forger) -> None:
    evil.publish(evil.proposal(changed(evil, {APPROVAL: _easier}, 2), "gao"))


@policies.attack("A216", without(SAME_TEXT, DIGEST, TREE), without(SAME_TEXT, DIGEST, then="A219"))
def another_text_than_was_proposed(evil: Forger) -> None:
    """Ye endorses; what comes into force is something else that the attacker put on main meanwhile."""
    evil.publish(evil.proposal(changed(evil, {}, 2)))
    other = evil.library.commit(changed(evil, {APPROVAL: _easier}, 2))
    entry = evil.endorsement()
    entry.tree = evil.tree(changed(evil, {APPROVAL: _easier}, 2))
    evil.publish(entry.claim(Content=other))
