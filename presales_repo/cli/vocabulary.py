"""Words that commands translate by value (statuses, decisions, names of things): marked here for the catalogue."""

from __future__ import annotations

from presales_repo.codes.rule import N_

WORDS = (
    # statuses of documents
    N_("draft"),
    N_("in-review"),
    N_("changes-requested"),
    N_("published"),
    N_("revising"),
    N_("obsolete"),
    N_("archived"),
    N_("disposed"),
    # decisions, and the line of a commit in a history
    N_("edit"),
    N_("submit"),
    N_("approve"),
    N_("reject"),
    N_("withdraw"),
    N_("register"),
    # states of steps
    N_("open"),
    N_("waiting"),
    N_("signed"),
    N_("rejected"),
    N_("withdrawn"),
    # severities
    N_("error"),
    N_("warning"),
    N_("info"),
    # states of hooks
    N_("current"),
    N_("outdated"),
    N_("absent"),
    N_("foreign"),
    # what `prs doctor` looks at
    N_("python"),
    N_("pdf"),
    N_("git"),
    N_("repository"),
    N_("ledger"),
    N_("main"),
    N_("key"),
    N_("state"),
    # what `prs show` and `prs policy show` print
    N_("type"),
    N_("project"),
    N_("path"),
    N_("digest"),
    N_("organisation"),
    N_("quorum"),
    N_("administrators"),
    N_("people"),
    N_("types"),
    N_("proposal"),
    N_("endorsed"),
)
