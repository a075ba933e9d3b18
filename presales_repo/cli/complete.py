"""What the shell completes: numbers, types, projects. Quiet when there is nothing to offer."""

from __future__ import annotations

import os

import click
from click.shell_completion import CompletionItem

from presales_repo.errors import PrsError


def complete_number(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Numbers of the last commit's documents, with their titles."""
    from presales_repo.ops.session import open_index
    from presales_repo.store.repository import open_repository
    from presales_repo.store.snapshot import head_tree

    try:
        repository = open_repository(_directory(ctx), os.environ)
        index = open_index(repository)
        index.refresh(head_tree(repository.git))
        rows = [row for row in index.rows() if row.number.startswith(incomplete.upper())]
        repository.git.close()
    except PrsError:
        return []
    return [CompletionItem(row.number, help=row.title) for row in rows]


def complete_type(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Ids of the built-in types, with their titles."""
    from presales_repo.model.policy import build_policy, policy_data
    from presales_repo.ops.init import built_in_policy

    types = build_policy(policy_data(built_in_policy())).types.values()
    return [CompletionItem(item.id, help=item.title_zh) for item in types if item.id.startswith(incomplete)]


def complete_project(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Ids of the projects in the working tree, with their names."""
    try:
        names = sorted(os.listdir(os.path.join(_directory(ctx), "projects")))
    except OSError:
        return []
    pairs = (name.partition("-") for name in names)
    return [CompletionItem(project, help=title) for project, _, title in pairs if project.startswith(incomplete)]


def _directory(ctx: click.Context) -> str:
    return str(ctx.find_root().params.get("directory") or ".")
