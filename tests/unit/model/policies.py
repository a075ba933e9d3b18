"""Policies for tests: the built-in one with people, chains and types of one's own."""

from __future__ import annotations

import base64
import copy
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from presales_repo.model.policy import APPROVAL, PEOPLE, Policy, build_policy, policy_data
from presales_repo.model.sshkey import wire_string

SCHEMAS = Path(__file__).resolve().parents[3] / "schemas"
TYPES = "policy/types/QD.yaml"


@cache
def built_in_files() -> dict[str, bytes]:
    """The files of the policy that prs comes with."""
    paths = sorted((SCHEMAS / "policy").rglob("*.yaml"))
    return {path.relative_to(SCHEMAS).as_posix(): path.read_bytes() for path in paths}


@cache
def _data() -> dict[str, Any]:
    return policy_data(built_in_files())


def built_in_data() -> dict[str, Any]:
    """The same as plain data, to be changed at will."""
    return copy.deepcopy(_data())


def public_key(name: str) -> str:
    """A public key in one line, always the same for a name."""
    seed = name.encode().ljust(32, b".")[:32]
    point = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    blob = wire_string(b"ssh-ed25519") + wire_string(point)
    return f"ssh-ed25519 {base64.b64encode(blob).decode()}"


def person(id_: str, department: str = "presales", *roles: str, **more: Any) -> dict[str, Any]:
    """A person as in people.yaml."""
    return {
        "id": id_,
        "name": id_.title(),
        "department": department,
        "roles": list(roles),
        "email": f"{id_}@q.example",
        "keys": [public_key(id_)],
        **more,
    }


def doctype(id_: str, chain: str, **more: Any) -> dict[str, Any]:
    """A document type as in types/QD.yaml."""
    return {
        "id": id_,
        "title_zh": id_,
        "category": "survey",
        "stage": "QD",
        "chain": chain,
        "authors": ["team-member"],
        "sensitivity": "internal",
        "retention": "y10",
        **more,
    }


def step(id_: str, by: str, quorum: int = 1, **needs: Any) -> dict[str, Any]:
    """A step of a chain as in approval.yaml."""
    return {"id": id_, "title_zh": id_, "by": by, "quorum": quorum, "needs": needs}


def policy_of(
    people: Sequence[Mapping[str, Any]],
    chains: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    types: Sequence[Mapping[str, Any]] = (),
    **approval: Any,
) -> Policy:
    """The built-in policy with these people; `chains` and `types` are added to, or replace, those it has."""
    data = built_in_data()
    files = data["files"]
    files[PEOPLE] = {"people": list(people)}
    files[APPROVAL].update(approval)
    for id_, steps in (chains or {}).items():
        files[APPROVAL]["chains"][id_] = {"title_zh": id_, "steps": list(steps)}
    if types:
        for path in [path for path in files if path.startswith("policy/types/")]:
            del files[path]
        files[TYPES] = {"types": list(types)}
    return build_policy(data)
