"""prs hook NAME: for hook managers that call prs themselves."""

from __future__ import annotations

import os

import click

from presales_repo.cli.hook import main


@click.command("hook")
@click.argument("name")
@click.argument("words", nargs=-1)
@click.pass_context
def command(ctx: click.Context, name: str, words: tuple[str, ...]) -> int:
    """Run one hook as git would."""
    os.chdir(ctx.find_root().obj["directory"])
    return main([name, *words])
