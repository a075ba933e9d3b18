"""prs check"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from presales_repo.cli.main import input_path, make_session
from presales_repo.cli.messages import finding_args, print_findings, words
from presales_repo.cli.output import show_json
from presales_repo.codes import rule_of, severity_of
from presales_repo.findings import Finding
from presales_repo.i18n import gettext as _


@click.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--staged", is_flag=True, help="What is staged for the next commit.")
@click.option("--rev", default="", metavar="RANGE", help="What a range of commits changed: A..B.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "github", "sarif"]), default="text", help="Output format."
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--stale", is_flag=True, help="What has to be revised after a change, and nothing else; exit 1 if any.")
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@click.option("--fix", is_flag=True, help="Mend what has exactly one right form.")
@click.pass_context
def command(
    ctx: click.Context, paths: tuple[str, ...], staged: bool, rev: str, form: str, as_json: bool, stale: bool,
    strict: bool, fix: bool,
) -> int:  # fmt: skip
    """Check all documents, or PATHs, against every rule. Nothing is changed without --fix."""
    from presales_repo.ops.check import check

    if stale and (staged or rev or fix):
        raise click.UsageError(_("--stale goes with neither --staged nor --rev nor --fix."))
    if fix and (staged or rev):
        raise click.UsageError(_("--fix mends working files; it goes with neither --staged nor --rev."))
    session = make_session(ctx)
    paths = tuple(input_path(ctx, path) for path in paths)
    if stale:
        return _check_stale(session, paths, "json" if as_json else form)
    mended: list[str] = []
    if fix:
        from presales_repo.ops.fix import fix as mend

        mended = mend(session, paths)
        for path in mended:
            click.echo(_("Mended {path}").format(path=path), err=True)
    result = check(session, paths, staged=staged, rev=rev, mended=mended)
    _show(result.findings, "json" if as_json else form, strict)
    if form == "text" and not as_json and not ctx.find_root().obj["quiet"]:
        text = _("{files} files checked, {count} findings.")
        click.echo(text.format(files=result.files, count=len(result.findings)), err=True)
    return 1 if any(severity_of(item.code, strict) == "error" for item in result.findings) else 0


def _check_stale(session: Any, paths: Sequence[str], form: str) -> int:
    from presales_repo.ops.trace import check_stale

    found = check_stale(session, paths)
    _show(found, form)
    if not found and form == "text":
        click.echo(_("Nothing has to be revised."), err=True)
    return 1 if found else 0


def _show(findings: Sequence[Finding], form: str, strict: bool = False) -> None:
    if form == "json":
        show_json([finding_json(item, strict) for item in findings])
    elif form == "github":
        _github(findings, strict)
    elif form == "sarif":
        show_json(_sarif(findings, strict))
    else:
        print_findings(findings, sys.stdout, strict)


def finding_json(finding: Finding, strict: bool = False) -> dict[str, Any]:
    """A finding in the contract's form."""
    message, hint = words(finding.code, finding_args(finding))
    return {
        "code": finding.code,
        "severity": severity_of(finding.code, strict),
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "message": message,
        "hint": hint,
    }


def _github(findings: Sequence[Finding], strict: bool) -> None:
    """Workflow commands of GitHub Actions."""
    levels = {"error": "error", "warning": "warning", "info": "notice"}
    for finding in findings:
        message, hint = words(finding.code, finding_args(finding))
        text = _escaped(f"{message} {hint}")
        place = _escaped(finding.path).replace(":", "%3A").replace(",", "%2C")
        level = levels[severity_of(finding.code, strict)]
        click.echo(f"::{level} file={place},line={max(finding.line, 1)},title={finding.code}::{text}")


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _sarif(findings: Sequence[Finding], strict: bool) -> dict[str, Any]:
    """SARIF 2.1.0."""
    levels = {"error": "error", "warning": "warning", "info": "note"}
    codes = sorted({finding.code for finding in findings})
    rules = [{"id": code, "shortDescription": {"text": _text(code)}} for code in codes]
    results = [
        {
            "ruleId": finding.code,
            "level": levels[severity_of(finding.code, strict)],
            "message": {"text": " ".join(words(finding.code, finding_args(finding)))},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": finding.path},
                        "region": {"startLine": max(finding.line, 1), "startColumn": max(finding.column, 1)},
                    }
                }
            ],
        }
        for finding in findings
    ]
    driver = {"name": "prs", "rules": rules}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }


def _text(code: str) -> str:
    rule = rule_of(code)
    return _(rule.why or rule.message) if rule else code
