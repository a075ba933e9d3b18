"""Files of the working tree and of `.git/prs`: written whole or not at all, never through a symbolic link."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator

from presales_repo.errors import PrsError

_DISK = {errno.ENOSPC: "E107", errno.EDQUOT: "E107", errno.EROFS: "E106", errno.EACCES: "E106", errno.EPERM: "E106"}


@contextlib.contextmanager
def disk_errors(path: str) -> Iterator[None]:
    """Turn the operating system's refusals into E106 (read-only), E107 (full) or E109 (any other)."""
    try:
        yield
    except OSError as error:
        code = _DISK.get(error.errno or 0, "E109")
        raise PrsError(code, path=path, detail=error.strerror or str(error)) from None


def write_file(root: str, path: str, data: bytes, *, replace: bool) -> None:
    """Write `root`/`path` atomically and durably: a reader, or a crash, sees the old file or the new one.

    Raises PrsError S110 when a folder on the way is a symbolic link, P110 when the file exists and `replace` is
    false, E106, E107, E109 when the disk refuses.
    """
    target = os.path.join(root, path)
    with disk_errors(path):
        os.makedirs(os.path.dirname(_without_links(root, path)), exist_ok=True)
        # A name of its own: the target's may have all the 255 bytes that a name can have.
        temporary = os.path.join(os.path.dirname(target), f".{os.urandom(8).hex()}.prs-tmp")
        try:
            _write_synced(temporary, data)
            if replace:
                os.replace(temporary, target)
            else:
                _link_new(temporary, target, path)
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)
        sync_folder(os.path.dirname(target))


def remove_file(root: str, path: str) -> None:
    """Remove a file of the working tree. Raises PrsError E106, E109 when the disk refuses."""
    target = os.path.join(root, path)
    with disk_errors(path):
        os.unlink(target)
        sync_folder(os.path.dirname(target))


def _without_links(root: str, path: str) -> str:
    """The whole path. Raises PrsError S110 when a folder below `root` is a symbolic link."""
    folder = root
    for part in path.split("/")[:-1]:
        folder = os.path.join(folder, part)
        if os.path.islink(folder):
            raise PrsError("S110", path=path, link=os.path.relpath(folder, root))
    return os.path.join(root, path)


def _write_synced(path: str, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _link_new(temporary: str, target: str, path: str) -> None:
    """Give the finished file its name unless the name is taken: a link never overwrites, a rename would."""
    try:
        os.link(temporary, target, follow_symlinks=False)
    except FileExistsError:
        raise PrsError("P110", path=path) from None


def sync_folder(folder: str) -> None:
    """Make a new name durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_file(root: str, path: str, limit: int) -> bytes | None:
    """The bytes of a regular file, at most `limit` + 1 of them; None when there is none, or a folder.

    Raises PrsError S110 when it is, or lies behind, a symbolic link, S111 when it is a device or a pipe, E106, E109
    when it cannot be read.
    """
    target = _without_links(root, path)
    with disk_errors(path):
        try:
            mode = os.lstat(target).st_mode
        except (FileNotFoundError, NotADirectoryError):
            return None
        if stat.S_ISDIR(mode):
            return None
        if stat.S_ISLNK(mode):
            raise PrsError("S110", path=path, link=path)
        if not stat.S_ISREG(mode):
            raise PrsError("S111", path=path, mode=f"{stat.S_IFMT(mode):o}")
        # Whatever takes the file's place meanwhile is neither followed nor waited for.
        with open(os.open(target, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            return file.read(limit + 1)


@contextlib.contextmanager
def locked(path: str) -> Iterator[None]:
    """Hold an exclusive lock on a file (made if absent). The system frees it when the process dies."""
    import fcntl

    with disk_errors(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
