"""One company whose ledger stands in several states, made once and copied for each attack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from presales_repo.model.policy import PEOPLE
from tests.attacks.forge import Forger
from tests.attacks.ledger.projects import LIFE, stage
from tests.company import make_key
from tests.unit.store.library import OPENED, PATH, Library, document, make_keys, new_library, policy_files

DRAFT = PATH.replace("QD202305001", "QD202305009")
ISSUE = document("issue", actions="[{text: 催问}]")
CLOSED = document("issue", actions="[{text: 催问, done: 2023-05-20}]")
SECOND_KEYS = {"shen": "shen-2", "cheng": "cheng-2"}


def staff(keys: Path, **changes: object) -> dict[str, bytes]:
    """The policy: shen is presales manager and a head of department, shen and cheng have two keys each; two of the
    administrators, cheng and ye, must agree to a policy."""
    files = policy_files(keys, quorum=2, **changes)  # type: ignore[arg-type]
    data = yaml.safe_load(files[PEOPLE])
    for person in data["people"]:
        if person["id"] in SECOND_KEYS:
            line = (keys / f"{SECOND_KEYS[person['id']]}.pub").read_text()
            person["keys"].append(" ".join(line.split()[:2]))
        if person["id"] == "shen":
            person["roles"].append("dept-head")
    return {**files, PEOPLE: yaml.safe_dump(data, allow_unicode=True).encode()}


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_keys(tmp_path_factory.mktemp("keys"))
    for name in SECOND_KEYS.values():
        make_key(folder / name)
    return folder


@pytest.fixture(scope="session")
def states(keys: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Library]:
    """founded: a survey plan on main; submitted: it waits for shen; published: shen signed it; reviewed: a white
    paper instead, of whose three steps shen signed the first as a head of department; reviewing: before that; tracked: a
    published issue, of which one tracked change has set a date."""
    folder = tmp_path_factory.mktemp("ledgers")
    founded = new_library(folder / "founded", keys, staff(keys))
    paper = founded.copy(folder / "reviewing")
    founded.commit({PATH: document(), DRAFT: b"a draft, which is never published"})
    submitted = founded.copy(folder / "submitted")
    submitted.append("submit", "lin")
    published = submitted.copy(folder / "published")
    published.append("approve", "shen")
    paper.commit({PATH: document(kind="technical-white-paper")})
    paper.append("submit", "lin")
    reviewed = paper.copy(folder / "reviewed")
    reviewed.append("approve", "shen")
    tracked = founded.copy(folder / "tracked")
    tracked.commit({PATH: ISSUE})
    tracked.append("submit", "lin")
    tracked.append("approve", "shen")
    tracked.commit({PATH: CLOSED})
    tracked.append("track", "lin")
    projects = new_library(folder / "projects", keys, staff(keys, project=LIFE.encode()))
    stage(projects)
    return {
        "founded": founded, "submitted": submitted, "published": published, "reviewing": paper, "reviewed": reviewed,
        "tracked": tracked, "projects": projects,
    }  # fmt: skip


@pytest.fixture(autouse=True)
def _readers_ended() -> Iterator[None]:
    yield
    for library in OPENED:
        library.git.close()
    del OPENED[:]


@pytest.fixture
def begin(states: dict[str, Library], tmp_path: Path) -> Begin:
    return Begin(states, tmp_path)


class Begin:
    """Brings a colleague's clone, who has verified the ledger so far, and the attacker who writes into it."""

    def __init__(self, states: dict[str, Library], folder: Path) -> None:
        self._states = states
        self._folder = folder

    def at(self, state: str, name: str = "clone", *, met: bool = True) -> Forger:
        """The clone; `met`: its owner has verified the ledger before."""
        library = self._states[state].copy(self._folder / name)
        if met:
            library.open().close()
        return Forger(library)
