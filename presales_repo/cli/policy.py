"""prs policy"""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from presales_repo.cli.main import make_session
from presales_repo.cli.output import joined, labelled, show_json
from presales_repo.i18n import gettext as _
from presales_repo.ops.policy import PolicyDecision


@click.group("policy")
def command() -> None:
    """Propose, endorse and show the policy."""


@command.command("show")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def show(ctx: click.Context, as_json: bool) -> None:
    """The policy in force and the open proposal."""
    from presales_repo.ops.policy import show_policy

    shown = asdict(show_policy(make_session(ctx)))
    if as_json:
        show_json(shown)
        return
    for name, value in shown.items():
        if value in ("", ()):
            continue
        click.echo(labelled(_(name), joined(value) if isinstance(value, tuple) else value))


@command.command("diff")
@click.pass_context
def diff(ctx: click.Context) -> None:
    """What policy/ in the working tree would change."""
    from presales_repo.ops.policy import diff_policy

    sys.stdout.write(diff_policy(make_session(ctx)))


@command.command("propose")
@click.option("-m", "--message", required=True, help="What changes, and why.")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def propose(ctx: click.Context, message: str, as_json: bool) -> None:
    """Propose the policy/ of the working tree; a quorum of one installs it at once."""
    from presales_repo.ops.policy import propose as run

    _show(run(make_session(ctx), message), as_json)


@command.command("endorse")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def endorse(ctx: click.Context, as_json: bool) -> None:
    """Sign the open proposal."""
    from presales_repo.ops.policy import endorse as run

    _show(run(make_session(ctx)), as_json)


def _show(decision: PolicyDecision, as_json: bool) -> None:
    if as_json:
        show_json(asdict(decision))
    elif decision.installed:
        click.echo(_("Policy version {version} is in force.").format(version=decision.version))
    else:
        text = _("Policy version {version} is proposed; {missing} more endorsements are needed.")
        click.echo(text.format(version=decision.version, missing=decision.missing))
