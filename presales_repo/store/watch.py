"""Watching the working tree for saved files. The one module that uses watchdog."""

from __future__ import annotations

import os
import queue
from collections.abc import Iterator, Sequence

SETTLE = 0.3  # seconds of silence after which a burst of events (an editor's save) counts as one


def saved_files(root: str, folders: Sequence[str]) -> Iterator[set[str]]:
    """Sets of paths (relative to `root`) that were written, one set for each burst, until interrupted.

    What is saved after this returns is seen.
    """
    from watchdog.events import FileSystemEvent, FileSystemEventHandler
    from watchdog.observers import Observer

    seen: queue.Queue[str] = queue.Queue()

    class Handler(FileSystemEventHandler):
        def on_any_event(self, event: FileSystemEvent) -> None:
            if event.event_type in ("created", "modified", "moved", "closed") and not event.is_directory:
                seen.put(os.fsdecode(event.dest_path or event.src_path))

    observer = Observer()
    for folder in folders:
        path = os.path.join(root, folder)
        os.makedirs(path, exist_ok=True)
        observer.schedule(Handler(), path, recursive=True)
    observer.start()

    def bursts() -> Iterator[set[str]]:
        try:
            while True:
                yield {os.path.relpath(path, root) for path in _burst(seen)}
        finally:
            observer.stop()
            observer.join()

    return bursts()


def _burst(seen: queue.Queue[str]) -> set[str]:
    """Wait for an event, then collect until nothing comes any more."""
    found = {seen.get()}
    while True:
        try:
            found.add(seen.get(timeout=SETTLE))
        except queue.Empty:
            return found
