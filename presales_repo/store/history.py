"""What ordinary commits say of a file: who, when, what. The one module that uses GitPython.

Reading only, for commands a person waits for; GitPython rewrites the index in Python and starts slowly, so
neither the hooks nor anything that writes goes through it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from presales_repo.store.git import Git
from presales_repo.store.repository import Repository


@dataclass(frozen=True, slots=True)
class Revision:
    """One commit on main that changed a file. `time`: seconds since 1970; `offset`: seconds east of UTC."""

    commit: str
    time: int
    offset: int
    name: str
    email: str
    message: str
    path: str
    added: int
    deleted: int


def revisions(repository: Repository, path: str, limit: int = 1000) -> Iterator[Revision]:
    """The commits of main that changed a file, newest first, its renames followed."""
    import git

    repo = git.Repo(repository.root)
    try:
        log = repo.git.log(f"--max-count={limit}", "--follow", "--format=%x01%H", "--numstat", "-z", "HEAD", "--", path)
        for record in log.split("\x01")[1:]:
            yield _revision(repo.commit(record[:40]), record[40:], path)
    finally:
        repo.close()


def _revision(commit: object, numstat: str, path: str) -> Revision:
    words = [word for word in numstat.replace("\n", "").split("\0") if word]
    added, deleted, name = (words[0].split("\t") + ["", "", ""])[:3] if words else ("0", "0", path)
    renamed = words[-1] if len(words) > 1 else ""
    return Revision(
        commit=commit.hexsha,  # type: ignore[attr-defined]
        time=commit.authored_date,  # type: ignore[attr-defined]
        offset=-commit.author_tz_offset,  # type: ignore[attr-defined]
        name=str(commit.author.name),  # type: ignore[attr-defined]
        email=str(commit.author.email),  # type: ignore[attr-defined]
        message=str(commit.message),  # type: ignore[attr-defined]
        path=renamed or name or path,
        added=int(added) if added.isdigit() else 0,
        deleted=int(deleted) if deleted.isdigit() else 0,
    )


def diff_blobs(git: Git, old: str, new: str) -> str:
    """The difference between two blobs as git prints it, without its head of blob ids."""
    done = git.run("diff", "--no-ext-diff", "--no-textconv", "--no-color", "--unified=2", old, new, ok=(0, 1))
    text = done.stdout.decode("utf-8", "replace")
    _, mark, hunks = text.partition("\n@@ ")
    return f"@@ {hunks}" if mark else ""


def committers(repository: Repository, path: str, since: str, until: str) -> list[str]:
    """E-mail addresses of those whose commits changed a file after `since` ("": ever) up to `until`."""
    span = [f"{since}..{until}"] if since else [until]
    done = repository.git.run("log", "--format=%ae", *span, "--", path)
    return list(dict.fromkeys(done.stdout.decode("utf-8", "replace").split()))
