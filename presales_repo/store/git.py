"""Git's plumbing: one place that starts git, with a known environment and machine-readable output."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from presales_repo.errors import PrsError
from presales_repo.model.text import MAX_BYTES

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"  # every repository knows it (git hash-object -t tree)
OLDEST_GIT = (2, 36)  # cat-file --batch-command
# What a caller's shell could use to point git elsewhere; a hook of git itself keeps them.
_REDIRECTIONS = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
)
_FIXED = {
    "LC_ALL": "C.UTF-8",
    "LANGUAGE": "",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
}
_DURABLE = ("-c", "core.fsync=all", "-c", "core.fsyncMethod=fsync")


@dataclass(frozen=True, slots=True)
class Blob:
    """An object's id, kind and bytes. `data` is None when it is larger than the reader takes."""

    oid: str
    kind: str
    size: int
    data: bytes | None


def git_environment(environ: Mapping[str, str], *, inside_hook: bool = False) -> dict[str, str]:
    """The environment that git gets: the caller's, without redirections (unless git itself set them for a hook)."""
    kept = {key: value for key, value in environ.items() if inside_hook or key not in _REDIRECTIONS}
    return {**kept, **_FIXED}


class Git:
    """Runs git in one directory."""

    def __init__(self, directory: str, environment: Mapping[str, str]) -> None:
        self.directory = directory
        self.environment = dict(environment)
        self._batch: subprocess.Popen[bytes] | None = None

    def run(
        self,
        *args: str,
        stdin: bytes = b"",
        ok: Sequence[int] = (0,),
        durable: bool = False,
        extra: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run one git command. Raises PrsError E101 (no git), E103 (it failed, with git's own words)."""
        command = ["git", *(_DURABLE if durable else ()), *args]
        try:
            done = subprocess.run(
                command,
                cwd=self.directory,
                env={**self.environment, **(extra or {})},
                input=stdin,
                capture_output=True,
                check=False,
            )
        except FileNotFoundError:
            raise _missing(self.directory) from None
        if done.returncode not in ok:
            raise git_failure(args, done.stderr, self.directory)
        return done

    def text(self, *args: str) -> str:
        """The output of a git command as text, without the last line end."""
        return self.run(*args).stdout.decode("utf-8", "surrogateescape").rstrip("\n")

    def paths(self, *args: str) -> list[str]:
        """The NUL-separated paths that a git command (with -z) prints."""
        return [path.decode("utf-8", "surrogateescape") for path in self.run(*args).stdout.split(b"\0") if path]

    # -- objects

    def read(self, name: str, limit: int = MAX_BYTES + 1024) -> Blob | None:
        """The object that `name` (an id, `rev:path`, `:path`) means, None when there is none."""
        return next(self.read_many((name,), limit))

    def read_many(self, names: Iterable[str], limit: int = MAX_BYTES + 1024) -> Iterator[Blob | None]:
        """Objects in the order of their names, through one `git cat-file` that stays open."""
        for name in names:
            if "\n" in name or "\0" in name:
                yield None
                continue
            batch = self._open_batch()
            yield self._read_answer(_stdin(batch), _stdout(batch), name, limit)

    def _read_answer(self, stdin: IO[bytes], stdout: IO[bytes], name: str, limit: int) -> Blob | None:
        stdin.write(b"contents " + name.encode("utf-8", "surrogateescape") + b"\n")
        stdin.flush()
        header = stdout.readline().split(b" ")
        if len(header) != 3 or not header[2].strip().isdigit():
            if not header[0]:
                raise PrsError("E104", detail="git cat-file ended")
            return None
        oid, kind, size = header[0].decode(), header[1].decode(), int(header[2])
        if size > limit:
            self.close()  # the only way not to read it: the next request starts a new process
            return Blob(oid, kind, size, None)
        data = stdout.read(size)
        if len(data) != size:
            raise PrsError("E104", detail=f"object {oid} is truncated")
        stdout.read(1)
        return Blob(oid, kind, size, data)

    def _open_batch(self) -> subprocess.Popen[bytes]:
        if self._batch is None:
            try:
                self._batch = subprocess.Popen(
                    ["git", "cat-file", "--batch-command"],
                    cwd=self.directory,
                    env=self.environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
            except FileNotFoundError:
                raise _missing(self.directory) from None
        return self._batch

    def close(self) -> None:
        """End the reader process."""
        if self._batch is not None:
            _stdin(self._batch).close()
            _stdout(self._batch).close()
            self._batch.wait()
            self._batch = None

    def resolve(self, name: str) -> str | None:
        """The id of what `name` means, or None."""
        if "\n" in name or "\0" in name:
            return None
        batch = self._open_batch()
        stdin, stdout = _stdin(batch), _stdout(batch)
        stdin.write(b"info " + name.encode("utf-8", "surrogateescape") + b"\n")
        stdin.flush()
        header = stdout.readline().split(b" ")
        return header[0].decode() if len(header) == 3 and header[2].strip().isdigit() else None

    # -- refs

    def update_refs(self, updates: Sequence[tuple[str, str, str]], message: str) -> bool:
        """Move refs in one transaction: (ref, new id, id it must have now or zeros for none). False: lost the race.

        Raises PrsError E103 for any other failure.
        """
        lines = "".join(f"update {ref} {new} {old}\n" for ref, new, old in updates)
        done = self.run("update-ref", "-m", message, "--stdin", stdin=lines.encode(), ok=(0, 1, 128), durable=True)
        if done.returncode == 0:
            return True
        if b"cannot lock ref" in done.stderr:
            return False
        raise git_failure(("update-ref",), done.stderr)


def _stdin(process: subprocess.Popen[bytes]) -> IO[bytes]:
    assert process.stdin is not None
    return process.stdin


def _stdout(process: subprocess.Popen[bytes]) -> IO[bytes]:
    assert process.stdout is not None
    return process.stdout


def _missing(directory: str) -> PrsError:
    if not os.path.isdir(directory):
        return PrsError("E102", directory=directory)
    return PrsError("E101")


def git_failure(args: Sequence[str], stderr: bytes, directory: str = "") -> PrsError:
    """What git said when it failed, as one of our codes where the reason is known."""
    words = stderr.decode("utf-8", "replace").strip()
    lowered = words.lower()
    if "dubious ownership" in lowered:
        return PrsError("E105", detail=words.splitlines()[0])
    if "no space left" in lowered:
        return PrsError("E107", detail=words.splitlines()[-1])
    if "read-only file system" in lowered or "permission denied" in lowered or "insufficient permission" in lowered:
        return PrsError("E106", detail=words.splitlines()[0])
    if "not a git repository" in lowered:
        return PrsError("E102", directory=directory)
    if "unable to create" in lowered and ".lock" in lowered:
        return PrsError("E108", detail=words.splitlines()[0])
    return PrsError("E103", command="git " + " ".join(args[:2]), detail=words[-500:] or "-")
