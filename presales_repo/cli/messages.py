"""Errors and findings in words, without click: git's hooks use this too."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import IO

from presales_repo.cli.vocabulary import SPOKEN
from presales_repo.codes import rule_of, severity_of
from presales_repo.errors import PrsError
from presales_repo.findings import Finding
from presales_repo.i18n import gettext as _
from presales_repo.i18n import language

_SEVERITIES = {"error": "31", "warning": "33", "info": "36"}


class _Words(dict[str, object]):
    """Placeholders without a value stay visible instead of breaking the message."""

    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def fill(template: str, args: Mapping[str, object]) -> str:
    """A translated template with its placeholders filled; control characters of the values shown by their codes."""
    safe = {name: _spoken(name, _printable(value)) for name, value in args.items()}
    return _(template).format_map(_Words(safe)) if template else ""


def _spoken(name: str, value: object) -> object:
    """A word of this program in the reader's language; a text of the user as it is."""
    return _(value) if isinstance(value, str) and name in SPOKEN else value


def _printable(value: object) -> object:
    if not isinstance(value, str):
        return value
    return "".join(char if char.isprintable() or char in " \n\u3000" else f"\\u{ord(char):04x}" for char in value)


def words(code: str, args: Mapping[str, object]) -> tuple[str, str]:
    """Message and hint of a code."""
    rule = rule_of(code)
    if rule is None:
        return code, ""
    return fill(rule.message, args), fill(rule.hint, args)


def hint_line(hint: str) -> str:
    """`hint: what to do`. This word and the severities stay the same in every language: scripts read them."""
    return f"hint: {hint}"


def place(path: str, line: int, column: int) -> str:
    """`path:line:column`, as far as known; on one line, whatever the file's name."""
    shown = str(_printable(path)).replace("\n", "\\u000a")
    return ":".join(str(part) for part in (shown, line, column) if part)


def print_error(error: PrsError) -> None:
    """A refusal on stderr: `error[CODE]: what is wrong` and `hint: what to do`."""
    message, hint = words(error.code, _in_language({"path": error.path, **error.args_}))
    where = place(error.path, error.line, error.column)
    sys.stderr.write(f"{paint('error', sys.stderr)}[{error.code}]: {message}\n")
    if where and where not in message:
        sys.stderr.write(f"  {_('at')} {where}\n")
    if error.args_.get("entry") and str(error.args_["entry"]) not in message:
        sys.stderr.write(f"  {_('entry')} {error.args_['entry']}\n")
    if hint:
        sys.stderr.write(f"{hint_line(hint)}\n")


def print_notice(code: str, args: Mapping[str, object]) -> None:
    """Something to know that stops nothing, on stderr."""
    message, hint = words(code, args)
    sys.stderr.write(f"{paint('info', sys.stderr)}[{code}]: {message}\n")
    if hint:
        sys.stderr.write(f"{hint_line(hint)}\n")


def finding_args(finding: Finding) -> dict[str, object]:
    """What fills the placeholders of a finding's words."""
    return _in_language({"path": finding.path, **finding.args})


def _in_language(args: Mapping[str, object]) -> dict[str, object]:
    """Arguments; of a text that the policy has in both languages, the reader's."""
    return {name: value[language()] if isinstance(value, Mapping) else value for name, value in args.items()}


def print_findings(findings: Iterable[Finding], stream: IO[str], strict: bool = False) -> None:
    """Findings as text: place, severity and code, message; the hint once below those of a file that share it.

    On a terminal, where names of files would fill the lines, a file is named once above its findings.
    """
    told: tuple[str, str, str] | None = None
    terminal, above = stream.isatty(), ""
    for finding in findings:
        message, hint = words(finding.code, finding_args(finding))
        same = (finding.path, finding.code, hint)
        if told is not None and told != same:
            _write_hint(told[2], stream, told[0] and terminal)
        told = same
        if terminal and finding.path != above:
            above = finding.path
            stream.write(f"{place(above, 0, 0)}\n" if above else "")
        where = place(finding.path, finding.line, finding.column)
        if terminal and above:
            where = "  " + place("", finding.line, finding.column) if finding.line else " "
        severity = paint(severity_of(finding.code, strict), stream)
        stream.write(f"{where + ': ' if where else ''}{severity}[{finding.code}]: {message}\n")
    if told is not None:
        _write_hint(told[2], stream, told[0] and terminal)


def _write_hint(hint: str, stream: IO[str], below: object) -> None:
    """`below`: whether it stands below the findings of a file that is named above them."""
    if hint:
        stream.write(f"{'    ' if below else '  '}{hint_line(hint)}\n")


def paint(severity: str, stream: IO[str]) -> str:
    """A severity, in colour on a terminal."""
    import os

    if not stream.isatty() or os.environ.get("NO_COLOR"):
        return severity
    return f"\x1b[1;{_SEVERITIES.get(severity, '0')}m{severity}\x1b[0m"
