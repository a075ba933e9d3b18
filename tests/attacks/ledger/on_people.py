"""Attacks by somebody who may not sign: the author, the wrong holder, an old key, two keys of one person."""

from __future__ import annotations

import base64
import hashlib

import yaml

from presales_repo.model.policy import PEOPLE, Policy, owner_of
from tests.attacks.forge import Forger
from tests.attacks.ledger.attack import Catalogue, without
from tests.attacks.mutate import Edit, Swap, accept
from tests.unit.store.library import PATH, WHEN, document

people = Catalogue("reviewing")

ANY_HOLDER = Swap("model.replay:check_holder", accept)
NO_AUTHOR = Edit("model.replay:check_holder", "if person_id in opened.authors:", "if False:")
AUTHORS_COUNT = Edit("model.workflow:holders", "excluded = set(authors)", "excluded = set()")
OPEN_STEP = Edit(
    "model.replay:_opened", 'entry.action in ("approve", "reject") and entry.step != opened.step.id', "False"
)
ONCE = Edit(
    "model.replay:check_holder", "if person_id in opened.signed or person_id in opened.hands or again:", "if False:"
)
DISTINCT = Edit("model.replay:_check_distinct", "distinct < least", "False")
REVOKED = Edit("model.policy:owner_of", "sequence < entry.from_sequence", "True")
LEFT = Edit("model.policy:owner_of", "person.active and any", "any")
ACTIVE = Edit("model.replay:check_position", "person is None or not person.active", "False")
ALL_AUTHORS = Edit("model.replay:_open", "set(entry.authors) != set(authors)", "False")
OWN_TEXT = Edit("model.replay:_open", "entry.signer not in authors", "False")


class AnyPolicy:
    """Looks keys up as git does with a file of allowed signers: in every policy that was ever in force."""

    def __init__(self) -> None:
        self._seen: list[Policy] = []

    def __call__(self, policy, key, sequence):  # type: ignore[no-untyped-def]
        self._seen.append(policy)
        return next(filter(None, (owner_of(each, key, sequence) for each in self._seen)), None)


EVER_IN_FORCE = Swap("store.verifier:owner_of", AnyPolicy())


@people.attack("A302", ANY_HOLDER, without(NO_AUTHOR, then="A303"), without(NO_AUTHOR, AUTHORS_COUNT), state="founded")
def the_author_approves(evil: Forger) -> None:
    """Shen holds the step, and wrote a part of the text."""
    evil.library.commit({PATH: document(contributors="[shen]")})
    evil.library.append("submit", "lin")
    evil.publish(evil.approval())


@people.attack("A214", ALL_AUTHORS, state="founded")
def the_author_is_left_out(evil: Forger) -> None:
    """So that shen could approve what shen wrote."""
    evil.library.commit({PATH: document(contributors="[shen]")})
    evil.publish(evil.submission())


@people.attack("A310", OWN_TEXT, state="founded")
def somebody_who_wrote_nothing_submits(evil: Forger) -> None:
    evil.publish(evil.submission("gao").claim(Authors="lin"))


@people.attack("A304", without(OPEN_STEP, ANY_HOLDER), without(OPEN_STEP, then="A304"))
def the_last_step_first(evil: Forger) -> None:
    """Cheng signs the final step while nobody has reviewed the paper."""
    evil.publish(evil.approval("cheng", step="final", final=False))


@people.attack("A304", ANY_HOLDER)
def the_last_holder_as_the_first(evil: Forger) -> None:
    evil.publish(evil.approval("cheng", step="first", final=False))


@people.attack("A219", Edit("store.verifier:verify_entry", "tree != commit.tree", "False"))
def published_after_the_first_of_three_steps(evil: Forger) -> None:
    evil.publish(evil.approval("gao", step="first", final=True))


@people.attack("A305", ANY_HOLDER)
def the_head_of_another_department(evil: Forger) -> None:
    evil.publish(evil.approval("han", step="first", final=False))


@people.attack("A303", ANY_HOLDER)
def somebody_without_a_step(evil: Forger) -> None:
    evil.publish(evil.approval("ye", step="first", final=False))


@people.attack("A303", ANY_HOLDER, state="submitted")
def a_leader_in_the_place_of_the_manager(evil: Forger) -> None:
    evil.publish(evil.approval("cheng"))


@people.attack("A306", ONCE, state="reviewed")
def two_keys_of_one_person(evil: Forger) -> None:
    """Shen signed the first step as head of department, and signs the second as manager with another key."""
    evil.publish(evil.approval("shen", key="shen-2", step="second", final=False))


# -- keys that are no longer good


def _change_people(evil: Forger, change) -> None:  # type: ignore[no-untyped-def]
    """Two administrators change the list of people, honestly."""
    files = {PEOPLE: evil.git("cat-file", "blob", f"approved:{PEOPLE}")}
    data = yaml.safe_load(files[PEOPLE])
    change({person["id"]: person for person in data["people"]})
    name = "policy/repository.yaml"
    files[name] = evil.git("cat-file", "blob", f"approved:{name}").replace(b"\nversion: 1", b"\nversion: 2", 1)
    files[PEOPLE] = yaml.safe_dump(data, allow_unicode=True).encode()
    evil.publish(evil.proposal(files))
    evil.publish(evil.endorsement())


def _rotate(persons: dict[str, dict[str, list[str]]]) -> None:
    del persons["shen"]["keys"][0]


@people.attack("A301", EVER_IN_FORCE, state="submitted")
def a_key_after_its_rotation(evil: Forger) -> None:
    _change_people(evil, _rotate)
    evil.publish(evil.approval(key="shen"))


@people.attack("A301", EVER_IN_FORCE, state="submitted")
def a_key_after_its_rotation_with_a_date_before_it(evil: Forger) -> None:
    """The dates of a commit are what its maker writes."""
    _change_people(evil, _rotate)
    entry = evil.approval(key="shen")
    entry.author = evil.ident("shen", WHEN[0] - 86400)
    evil.publish(entry)


@people.attack("A301", REVOKED, state="submitted")
def a_key_after_its_revocation(evil: Forger) -> None:
    def revoke(persons) -> None:  # type: ignore[no-untyped-def]
        blob = base64.b64decode(persons["shen"]["keys"][0].split()[1])
        fingerprint = "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
        persons["shen"]["revoked"] = [{"key": fingerprint, "from": 4}]

    _change_people(evil, revoke)
    entry = evil.approval(key="shen")
    entry.author = evil.ident("shen", WHEN[0] - 86400)
    evil.publish(entry)


@people.attack("A301", without(LEFT, ACTIVE, ANY_HOLDER), without(LEFT, then="A204"), state="submitted")
def the_key_of_somebody_who_left(evil: Forger) -> None:
    _change_people(evil, lambda persons: persons["shen"].update(active=False))
    evil.publish(evil.approval(key="shen"))
