"""Projects: the folder and the record `project.md` (二(一), 四(二)2). Moves: ops/advance; views: ops/projectview."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from presales_repo.errors import PrsError
from presales_repo.model.document import Document, read_document
from presales_repo.model.frontmatter import quote
from presales_repo.model.lifecycle import Lifecycle, build_lifecycle
from presales_repo.model.paths import PROJECT_RECORD, PROJECTS, is_project_id, project_folder
from presales_repo.model.projects import find_project as find_state
from presales_repo.ops.session import Session, Work, find_actor, open_work, today
from presales_repo.ops.titles import check_name, check_title
from presales_repo.store.files import read_file, write_file


@dataclass(frozen=True, slots=True)
class Project:
    """A project's record. `path`: of its `project.md`."""

    id: str
    name: str
    customer: str
    state: str
    manager: str
    path: str


def find_project(work: Work, project: str) -> str | None:
    """The folder of a project in the working tree, or in the last commit (a sparse clone has not all folders)."""
    for name in _folders(work):
        if name.split("-", 1)[0] == project:
            return f"{PROJECTS}/{name}"
    return None


def _folders(work: Work) -> list[str]:
    try:
        names = sorted(os.listdir(os.path.join(work.repository.root, PROJECTS)))
    except FileNotFoundError:
        names = []
    committed = work.repository.git.run("ls-tree", "-z", "--name-only", "HEAD:projects", ok=(0, 128)).stdout
    names += [name for name in committed.decode("utf-8", "surrogateescape").split("\0") if name]
    return list(dict.fromkeys(names))


def new_project(session: Session, project: str, name: str, customer: str, manager: str = "") -> Project:
    """Make a project's folder and record.

    Raises PrsError P111 (id), P112 (exists), P107 (name), W117, S107 (customer), F114 (manager).
    """
    if not is_project_id(project):
        raise PrsError("P111", found=project)
    name, customer = check_title(name), check_name(customer, "--customer", "客户")
    with open_work(session, exclusive=True) as work:
        actor = find_actor(work)
        if manager and manager not in work.policy.people:
            import difflib

            near = ", ".join(difflib.get_close_matches(manager, list(work.policy.people), 3, 0.4)) or "prs person list"
            raise PrsError("F114", field="manager", title="售前经理", found=manager, near=near)
        existing = find_project(work, project)
        if existing is not None:
            raise PrsError("P112", project=project, folder=existing)
        path = f"{project_folder(project, name)}/{PROJECT_RECORD}"
        state = build_lifecycle(work.policy.project).opening.to
        record = Project(project, name, customer, state, manager or actor.person.id, path)
        opened = today(session, work.policy).isoformat()
        write_file(work.repository.root, path, _render(record, opened).encode(), replace=False)
        return record


def _render(record: Project, opened: str) -> str:
    fields = {
        "id": record.id,
        "name": quote(record.name),
        "customer": quote(record.customer),
        "priority": "normal",
        "manager": record.manager,
        "opened_on": opened,
    }
    head = "".join(f"{key}: {value}\n" for key, value in fields.items())
    return f"---\n{head}---\n\n# {record.name}\n"


def read_projects(work: Work) -> list[Project]:
    """All projects of an opened repository, by id, in the state that the ledger gives them."""
    lifecycle = build_lifecycle(work.policy.project)
    return [_project(work, lifecycle, record) for record in records(work)]


def _project(work: Work, lifecycle: Lifecycle, record: Document) -> Project:
    value = record.value
    state = find_state(work.ledger.head.projects, value("id")).state(lifecycle)
    return Project(value("id"), value("name"), value("customer"), state, value("manager"), record.path)


def records(work: Work) -> Iterator[Document]:
    """The records of all projects, by id: as they stand in the working tree, else in the last commit."""
    for name in _folders(work):
        path = f"{PROJECTS}/{name}/{PROJECT_RECORD}"
        data = read_file(work.repository.root, path, 1 << 20)
        if data is None:
            blob = work.repository.git.read(f"HEAD:{path}")
            data = blob.data if blob else None
        if data is not None:
            yield read_document(data, path)


def find_record(work: Work, project: str) -> Document:
    """One project's record. Raises PrsError P106 when there is none."""
    found = next((record for record in records(work) if record.value("id") == project), None)
    if found is None:
        raise PrsError("P106", project=project)
    return found
