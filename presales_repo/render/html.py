"""Sheet to HTML: a pure function of the sheet, so that the same ledger entry gives the same bytes everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import segno

from presales_repo.model.markdown import Heading, to_html
from presales_repo.render.labels import Labels, labels
from presales_repo.render.sheet import Approval, Profile, Revision, Sheet

_DASH = "—"
_COMMIT_DIGITS = 12  # as people compare them; the full id stands in the evidence
_CONTENTS_DEPTH = 3
_CONTENTS_LINES = 200  # a longer contents shows fewer levels
_CONTENTS_LEAST = 3
_LONG_TITLE = 24
_HISTORY: frozenset[Profile] = frozenset(("controlled", "obsolete"))


def render_html(sheet: Sheet) -> str:
    """The whole document for print: cover, control pages, contents, body.

    External copies carry no sensitivity, retention, revisions, approvals, countersignatures or distribution; drafts no
    approvals; drafts, obsolete copies and emergency releases a watermark on every page. Everything taken from the sheet
    is escaped; addresses in the result are fragments, web links of the body and `asset:` names of its images.
    """
    words = labels(sheet.lang)
    body = to_html(sheet.body, sheet.title)
    parts = (
        "<!DOCTYPE html>",
        f'<html lang="{sheet.lang}"><head><meta charset="utf-8"><title>{escape(sheet.title)}</title></head>',
        f'<body class="{sheet.profile}">',
        _watermark(sheet, words),
        _cover(sheet, words),
        _control(sheet, words),
        _contents(body.headings, words),
        f"<main>\n{body.html}</main>",
        "</body></html>",
    )
    return "\n".join(part for part in parts if part) + "\n"


def qr_text(sheet: Sheet) -> str:
    """What the cover's QR code says: number, version, digest; upper case, which QR codes pack denser."""
    return f"{sheet.number} {sheet.version} SHA256:{sheet.source_sha256}".upper()


def _watermark(sheet: Sheet, words: Labels) -> str:
    mark = words.urgent[0] if sheet.urgent else words.watermarks.get(sheet.profile)
    if sheet.profile == "obsolete" and sheet.kept:
        mark = words.kept
    return f'<div class="watermark">{escape(mark)}</div>' if mark else ""


def _cover(sheet: Sheet, words: Labels) -> str:
    before, between, after = words.page
    level = "" if sheet.profile == "external" else sheet.sensitivity_label
    running = {
        "document": f"{sheet.number}　{words.version} {sheet.version}",
        "level": level,
        "owner": sheet.organisation,
        "before": before,
        "between": between,
        "after": after,
    }
    data = " ".join(f'data-{name}="{escape(value)}"' for name, value in running.items())
    long = " long" if len(sheet.title) > _LONG_TITLE else ""
    return "\n".join(
        (
            f'<section class="cover" {data}>',
            f'<p class="level">{escape(level)}</p>' if level else "",
            f'<p class="organisation">{escape(sheet.organisation)}</p>',
            '<div class="names"><div class="bar">',
            f'<p class="project">{escape(sheet.project_title)}</p>' if sheet.project_title else "",
            f'<h1 class="title{long}">{escape(sheet.title)}</h1>',
            f'<p class="type">{escape(sheet.type_title)}</p>',
            "</div></div>",
            _facts(_cover_facts(sheet, words)),
            f'<div class="code">{_qr(sheet)}<p>{escape(words.scan)}</p></div>',
            "</section>",
        )
    )


def _cover_facts(sheet: Sheet, words: Labels) -> list[tuple[str, str]]:
    """Label and value pairs in the order of the front page; internal ones only where they belong."""
    reviewers = words.comma.join(sheet.reviewers)
    published = _moment(sheet.published_at) if sheet.profile != "draft" else ""
    common = [
        (words.author, sheet.author),
        (words.reviewer, reviewers),
        (words.approver, sheet.approver),
        (words.effective, sheet.effective_date),
    ]
    named = [(words.number, sheet.number), (words.version, sheet.version)]
    if sheet.profile == "external":
        return [*named, *common]
    internal = [
        (words.sensitivity, sheet.sensitivity_label),
        (words.secrecy, sheet.secrecy_until),
        (words.retention, sheet.retention_label),
        (words.status, _status(sheet, words)),
    ]
    return [*named, *internal, *common, *([(words.published, published)] if published else [])]


def _status(sheet: Sheet, words: Labels) -> str:
    """What a reader must know of the copy in hand: in force or not, archived, which copy."""
    status = words.urgent[1] if sheet.urgent else words.statuses[sheet.profile]
    if sheet.profile == "obsolete" and sheet.kept:
        status = words.kept
    archived = f"{words.archived} {sheet.archived_on}" if sheet.archived_on else ""
    copy = f"{words.copy_no} {sheet.copy_no}" if sheet.copy_no else ""
    return words.comma.join(part for part in (status, archived, copy) if part)


def _facts(pairs: Sequence[tuple[str, str]]) -> str:
    """A table of two label and value pairs a row."""
    cells = [f"<th>{escape(label)}</th><td>{escape(value) or _DASH}</td>" for label, value in pairs]
    if len(cells) % 2:
        cells.append("<th></th><td></td>")
    rows = (f"<tr>{left}{right}</tr>" for left, right in zip(cells[::2], cells[1::2], strict=True))
    return '<table class="facts"><tbody>\n' + "\n".join(rows) + "\n</tbody></table>"


def _qr(sheet: Sheet) -> str:
    code = segno.make(qr_text(sheet), error="m", micro=False, boost_error=False)
    return code.svg_inline(border=0, omitsize=True, svgclass=None, lineclass=None)


def _control(sheet: Sheet, words: Labels) -> str:
    """The pages between cover and contents; nothing of them leaves the company."""
    if sheet.profile == "external":
        return ""
    keywords = words.comma.join(sheet.keywords)
    history = sheet.profile in _HISTORY
    parts = (
        _section(words.summary, f"<p>{escape(sheet.summary)}</p>" if sheet.summary else ""),
        f'<p class="keywords"><b>{escape(words.keywords)}</b>　{escape(keywords)}</p>' if keywords else "",
        _section(words.approvals, _approvals(sheet.approvals, words) if history else ""),
        _section(words.countersigns, _countersigns(sheet, words) if history else ""),
        _section(words.revisions, _revisions(sheet.revisions, words)),
        _section(
            words.distribution, f"<p>{escape(words.comma.join(sheet.distribution))}</p>" if sheet.distribution else ""
        ),
        _section(words.evidence, _evidence(sheet, words) if history else ""),
    )
    content = "\n".join(part for part in parts if part)
    return f'<section class="control">\n{content}\n</section>' if content else ""


def _section(title: str, content: str) -> str:
    return f"<h2>{escape(title)}</h2>\n{content}" if content else ""


def _approvals(approvals: Iterable[Approval], words: Labels) -> str:
    rows = [
        (a.step, a.person, a.duty, a.decision, a.comment, _moment(a.time), a.entry[:_COMMIT_DIGITS]) for a in approvals
    ]
    return _table("approvals", words.approval_columns, rows)


def _countersigns(sheet: Sheet, words: Labels) -> str:
    """What departments think (会签), and the minutes of the meeting that decided."""
    rows = [
        (c.department, c.person, c.opinion, c.comment, c.time.partition("T")[0], c.entry[:_COMMIT_DIGITS])
        for c in sheet.countersigns
    ]
    minutes = f'<p class="minutes"><b>{escape(words.minutes)}</b>　{escape(sheet.minutes)}</p>' if sheet.minutes else ""
    return "\n".join(part for part in (_table("countersigns", words.countersign_columns, rows), minutes) if part)


def _revisions(revisions: Iterable[Revision], words: Labels) -> str:
    rows = [(r.version, r.date, r.note, r.author, r.approver) for r in revisions]
    return _table("revisions", words.revision_columns, rows)


def _table(name: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table with a head that repeats on every page, or nothing when there are no rows."""
    if not rows:
        return ""
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    lines = ("".join(f"<td>{escape(cell) or _DASH}</td>" for cell in row) for row in rows)
    body = "\n".join(f"<tr>{line}</tr>" for line in lines)
    return f'<table class="{name}"><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>'


def _evidence(sheet: Sheet, words: Labels) -> str:
    rows = (
        (words.digest, sheet.source_sha256),
        (words.entry, sheet.ledger_entry),
        (words.ledger, sheet.ledger_id),
    )
    lines = "\n".join(f"<tr><th>{escape(label)}</th><td>{escape(value) or _DASH}</td></tr>" for label, value in rows)
    return f'<table class="evidence"><tbody>\n{lines}\n</tbody></table>'


def _contents(headings: Sequence[Heading], words: Labels) -> str:
    """The contents with page numbers, of as many levels as fit; a short document has none."""
    for depth in range(_CONTENTS_DEPTH, 0, -1):
        shown = [heading for heading in headings if heading.level <= depth]
        if len(shown) <= _CONTENTS_LINES:
            break
    else:
        return ""
    if len(shown) < _CONTENTS_LEAST:
        return ""
    lines = "\n".join(
        f'<li class="level{item.level}"><a href="#{item.anchor}">{escape(item.text)}</a></li>' for item in shown
    )
    return f'<nav class="contents"><h2>{escape(words.contents)}</h2>\n<ul>\n{lines}\n</ul></nav>'


def _moment(time: str) -> str:
    """An ISO 8601 time to the minute with its offset, as people write it: 2023-05-18 14:02 +08:00."""
    day, _, rest = time.partition("T")
    return f"{day} {rest[:5]} {rest[8:]}".strip()
