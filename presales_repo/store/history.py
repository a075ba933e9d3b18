"""What ordinary commits say of a file: who, when, what. The one module that uses GitPython.

Reading only, for commands a person waits for; GitPython rewrites the index in Python and starts slowly, so
neither the hooks nor anything that writes goes through it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from presales_repo.store.git import Git
from presales_repo.store.repository import Repository

if TYPE_CHECKING:
    from git import Commit


_RECORD = "\x01"


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

    log = repository.git.text(
        "-c",
        "diff.orderFile=/dev/null",  # somebody's own order of files, which may not exist
        "log",
        f"--max-count={limit}",
        "--follow",
        "--format=%x01%H",
        "--numstat",
        "-z",
        "HEAD",
        "--",
        path,
    )
    repo = git.Repo(repository.root)
    try:
        for record in log.split("\x01")[1:]:
            yield _revision(repo.commit(record[:40]), record[40:], path)
    finally:
        repo.close()


def _revision(commit: Commit, numstat: str, path: str) -> Revision:
    """`numstat`: added, deleted and path, or with a rename an empty path and then the old and the new one."""
    words = [word for word in numstat.replace("\n", "").split("\0") if word]
    added, deleted, name = words[0].split("\t") if words else ("0", "0", path)
    return Revision(
        commit=commit.hexsha,
        time=commit.authored_date,
        offset=-int(commit.author_tz_offset),
        name=commit.author.name or "",
        email=commit.author.email or "",
        message=str(commit.message),
        path=words[-1] if len(words) > 1 else name,
        added=int(added) if added.isdigit() else 0,  # git counts no lines of a binary file
        deleted=int(deleted) if deleted.isdigit() else 0,
    )


def diff_blobs(git: Git, old: str, new: str) -> str:
    """The difference between two blobs as git prints it, without its head of blob ids."""
    done = git.run(
        "diff", "--no-ext-diff", "--no-textconv", "--no-color", "-O/dev/null", "--unified=2", old, new, ok=(0, 1)
    )
    text = done.stdout.decode("utf-8", "replace")
    _, mark, hunks = text.partition("\n@@ ")
    return f"@@ {hunks}" if mark else ""


def committers(repository: Repository, path: str, since: str, until: str) -> list[str]:
    """E-mail addresses of those whose commits changed a document after `since` ("": ever) up to `until`.

    All files count that carry its number, so that a renamed document has the authors of its old name too.
    """
    number = path.rsplit("/", 1)[-1].split("-", 1)[0].removesuffix(".md")
    files = [f":(glob)**/{number}-*", f":(glob)**/{number}.md"]
    log = ("log", "-O/dev/null", "--no-renames", "--name-status", f"--format={_RECORD}%ae")
    records: list[list[str]] = []
    for start in [since] if since else _further_back(repository.git, until):
        done = repository.git.run(*log, f"{start}..{until}" if start else until, "--", *files)
        records = [record.split("\n") for record in done.stdout.decode("utf-8", "replace").split(_RECORD)[1:]]
        if any(_begins(lines[1:]) for lines in records):
            break
    return list(dict.fromkeys(lines[0] for lines in records))


def _further_back(git: Git, commit: str) -> Iterator[str]:
    """Ancestors of a commit further and further back, at last "" for all of history: most documents are young when
    they are submitted, and git takes long to look for a number in many commits."""
    steps = 64
    while (ancestor := git.resolve(f"{commit}~{steps}")) is not None:
        yield ancestor
        steps *= 8
    yield ""


def _begins(changes: list[str]) -> bool:
    """Whether a commit (its lines of `--name-status`) brings a number that was nowhere before: no file of another
    name goes away in it."""
    kinds = {line[:1] for line in changes}
    return "A" in kinds and "D" not in kinds
