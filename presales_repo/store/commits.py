"""The commits on main: who changed which files, when."""

from __future__ import annotations

from presales_repo.model.feed import Commit
from presales_repo.store.git import Git

_RECORD, _PART = "\x01", "\x02"
_FORMAT = "%x01%H%x02%cI%x02%ae%x02%s%x02"
MOST = 2000


def commits_since(git: Git, base: str, since: str, *, most: int = MOST) -> list[Commit]:
    """The newest commits of HEAD that are not in `base` ("": any), made since a time (ISO 8601, "": ever); merges,
    which bring nothing of their own, left out."""
    limits = [f"--since={since}"] if since else []
    span = f"{base}..HEAD" if base else "HEAD"
    done = git.run(
        "-c", "core.quotepath=false", "log", "-O/dev/null", "--no-merges", "--no-renames", "--name-only", "-z",
        f"--max-count={most}", f"--format={_FORMAT}", *limits, span, "--", ok=(0, 128),
    )  # fmt: skip
    records = done.stdout.decode("utf-8", "replace").split(_RECORD)[1:]
    return [_commit(record) for record in records if record.count(_PART) >= 4]


def _commit(record: str) -> Commit:
    oid, time, email, subject, paths = record.split(_PART, 4)
    names = [name for name in paths.replace("\n", "").split("\0") if name]
    return Commit(oid, time, email, subject, tuple(names))
