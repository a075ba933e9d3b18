"""Codes L12x, L13x: what a document rests on, covers and shares, and what is behind; W36x: search, report."""

from __future__ import annotations

from presales_repo.codes.rule import N_, Rule

RULES = (
    Rule(
        "L120",
        "error",
        N_("`{field}` names {number}@{version}, but version {current} is in force."),
        N_("Compare: prs diff {number} {version} {current}; adapt the text, and write {number}@{current}"),
        N_("What goes to the customer rests on the version in force."),
        "二(二)4; R027",
    ),
    Rule(
        "L121",
        "error",
        N_("Requirement {id} of {number} is of priority {priority} and not covered: {text}"),
        N_("Design for it and write {id} into `{field}`; prs trace shows the matrix of the project."),
        N_("A solution answers what the customer needs; what matters most to them is never left out."),
        "一(三)1; R003",
    ),
    Rule(
        "L122",
        "error",
        N_("`{field}` names requirement {id}, which {number} does not define."),
        N_("It defines: {known}"),
        N_("A requirement that nobody stated cannot be traced."),
        "一(三)1; R003",
    ),
    Rule(
        "L123",
        "error",
        N_("`{field}` gives {number} to outsiders, but it is {sensitivity}."),
        N_("Take it out. Only public documents may be shared, and those made for customers up to: {allowed}"),
        N_("Partners get what is public or made for customers, nothing else."),
        "五(二)2; R142",
    ),
    Rule(
        "L124",
        "error",
        N_("Requirement {id} is defined twice."),
        N_("Give each requirement an id of its own."),
        N_("A solution covers requirements by their ids."),
        "一(三)1; R003",
    ),
    Rule(
        "L130",
        "warning",
        N_("{by} changes {number}, which has had no new version since."),
        N_("Revise it, then: prs submit {number} -m TEXT; prs trace {number} shows what rests on it."),
        N_("When requirements, solution or demonstration change, the documents follow."),
        "四(四)1; R119",
    ),
    Rule(
        "L131",
        "warning",
        N_("`{field}` names {by}@{named}, but version {current} is in force."),
        N_("Compare: prs diff {by} {named} {current}; revise, name {by}@{current}, prs submit {number} -m TEXT"),
        N_("When requirements, solution or demonstration change, the documents follow."),
        "四(四)1; R119",
    ),
    Rule(
        "L132",
        "warning",
        N_("`{field}` names {via}, which {by} replaces."),
        N_("Revise it to rest on {by}, then: prs submit {number} -m TEXT"),
        N_("When requirements, solution or demonstration change, the documents follow."),
        "四(四)1; R119",
    ),
    Rule(
        "L133",
        "warning",
        N_("`{field}` names {by}, which is not in force any more."),
        N_("Revise it to rest on what is in force, then: prs submit {number} -m TEXT"),
        N_("When requirements, solution or demonstration change, the documents follow."),
        "四(四)1; R119",
    ),
    Rule(
        "L134",
        "info",
        N_("`{field}` names {by}, which has to be revised itself."),
        N_("Once {by} is revised, see whether {number} still holds."),
        N_("What rests on a document that is behind may be behind as well."),
        "四(四)1; R119",
    ),
    Rule(
        "L135",
        "info",
        N_("`{field}` names {via}, which {by} changed after {number} was published."),
        N_("See whether {number} still holds with {via} as it is now; if not, revise it."),
        N_("What rests on a document that was changed may be behind as well."),
        "四(四)1; R119",
    ),
)

SEARCH_RULES = (
    Rule(
        "W360",
        "error",
        N_("There is nothing to search for."),
        N_("Name at least one word: prs search 访客预约"),
        "",
        "四(四)3; R126",
    ),
    Rule(
        "W361",
        "error",
        N_("No document can hold this text: it has more than {limit} characters or {words} words, or is no text."),
        N_("Search for a few words that stand in the document."),
        "",
        "四(四)3; R126",
    ),
    Rule(
        "W362",
        "error",
        N_("There is no period {found}."),
        N_("Write a year, a quarter, a month or a day: 2023, 2023Q2, 2023-05, 2023-05-18"),
        "",
        "六(二)",
    ),
)
