"""prs verify"""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any

import click

from presales_repo.cli.main import input_path, make_session
from presales_repo.cli.messages import hint_line, paint, print_error, words
from presales_repo.cli.output import show_json
from presales_repo.errors import PrsError
from presales_repo.i18n import gettext as _
from presales_repo.model.fingerprint import spoken
from presales_repo.ops.session import Session


@click.command("verify")
@click.argument("target", required=False, metavar="[NUMBER | FILE.pdf]")
@click.option("--full", is_flag=True, help="From genesis, trusting nothing verified before.")
@click.option("--genesis", default="", metavar="SHA256", help="The genesis it must have (a pin for CI).")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(ctx: click.Context, target: str | None, full: bool, genesis: str, as_json: bool) -> int:
    """Replay the ledger from the pinned genesis; with NUMBER that document's text, with FILE.pdf its pages too."""
    from presales_repo.ops.verify import verify, verify_document

    session = make_session(ctx)
    if target and target.lower().endswith(".pdf"):
        return _verify_pdf(session, input_path(ctx, target), as_json)
    result = verify_document(session, target) if target else verify(session, full=full)
    if genesis and result.genesis != genesis.lower():
        raise PrsError("A261", found=result.genesis or "-", expected=genesis)
    problems = [_problem(item.commit, item.error.code, item.error.args_) for item in result.problems]
    if as_json:
        keys = ("ok", "entries", "tip", "genesis")
        show_json({**{key: getattr(result, key) for key in keys}, "problems": problems})
    else:
        for problem in problems:
            click.echo(f"{paint('error', sys.stdout)}[{problem['code']}]: {problem['message']}")
            click.echo(f"  {_('entry')} {problem['commit']}")
            click.echo(f"  {hint_line(problem['hint'])}")
        verdict = _("The ledger verifies.") if result.ok else _("The ledger does NOT verify.")
        click.echo(verdict)
        if target and result.ok:
            click.echo(_compared(target, result.version))
        if result.genesis:
            text = _("{entries} entries, tip {tip}, genesis {genesis}")
            click.echo(text.format(entries=result.entries, tip=result.tip[:12], genesis=result.genesis))
            said = spoken(result.genesis)
            click.echo(f"  {' '.join(said.words)}\n  {' '.join(said.digits)}")
    return 0 if result.ok else 1


def _compared(number: str, version: str) -> str:
    """What was asked of the document beside the ledger."""
    if not version:
        return _("{number} is not published yet: nothing to compare.").format(number=number)
    return _("{number}@{version} in the library is byte for byte what was signed.").format(
        number=number, version=version
    )


def _verify_pdf(session: Session, path: str, as_json: bool) -> int:
    from presales_repo.ops.verifypdf import verify_pdf

    found = verify_pdf(session, path)
    if as_json:
        problems = [_problem("", found.error.code, found.error.args_)] if found.error else []
        values = {key: value for key, value in asdict(found).items() if key != "error"}
        show_json({"ok": found.error is None, **values, "problems": problems})
    elif found.error is None:
        text = _("{path} is {number} version {version} as published ({profile}), byte for byte.")
        click.echo(text.format(path=path, number=found.number, version=found.version, profile=found.profile))
        if not found.in_force:
            click.echo(_("It is no longer in force: prs show {number}").format(number=found.number))
    else:
        print_error(found.error)
    return 0 if found.error is None else 1


def _problem(commit: str, code: str, args: dict[str, object]) -> dict[str, Any]:
    message, hint = words(code, args)
    return {"code": code, "commit": commit, "message": message, "hint": hint}
