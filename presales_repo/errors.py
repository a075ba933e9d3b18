"""The one exception for what could not be done. Its words live in presales_repo.codes."""

from __future__ import annotations


class PrsError(Exception):
    """A refusal: nothing was changed.

    `code` is a stable code of presales_repo.codes; keyword arguments fill the placeholders of its message
    and hint. `path`, `line` and `column` (from 1) say where, when the reason lies in a file.
    """

    def __init__(self, code: str, /, *, path: str = "", line: int = 0, column: int = 0, **args: object) -> None:
        super().__init__(code)
        self.code = code
        self.path = path
        self.line = line
        self.column = column
        self.args_ = dict(args)

    def __reduce__(self) -> tuple[object, ...]:
        """As pickle needs it, which carries refusals from one process to another."""
        return _again, (self.code, self.path, self.line, self.column, self.args_)

    def __str__(self) -> str:
        detail = ", ".join(f"{name}={value!r}" for name, value in self.args_.items())
        return f"{self.code} {detail}".rstrip()


def _again(code: str, path: str, line: int, column: int, args: dict[str, object]) -> PrsError:
    return PrsError(code, path=path, line=line, column=column, **args)
