"""prs completion"""

from __future__ import annotations

import click


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script of a shell: eval "$(prs completion bash)"."""
    from click.shell_completion import get_completion_class

    from presales_repo.cli.main import prs

    found = get_completion_class(shell)
    assert found is not None, "click knows these three shells"
    click.echo(found(prs, {}, "prs", "_PRS_COMPLETE").source())
