"""Whether the `trace` of a type can be followed, asked when a policy is proposed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from presales_repo.model.doctype import Field
from presales_repo.model.query import field_at
from presales_repo.model.tracerules import Trace


def trace_problems(trace: Trace, fields: Mapping[str, Field]) -> Iterator[str]:
    """What nobody could ever follow: fields that the type does not have, conditions on values that cannot be."""
    for name in _named_fields(trace):
        if name not in fields:
            yield f"trace: no field {name}"
    marks, confirms = trace.marks_stale, trace.confirms
    if marks and not marks.field and not marks.types:
        yield "trace: marks_stale needs field or types"
    conditions = [*(marks.where.items() if marks else ()), *(confirms.where.items() if confirms else ())]
    for path, values in conditions:
        field = field_at(fields, path)
        if field is None:
            yield f"trace: no field {path}"
        elif field.values and not set(values) <= set(field.values):
            yield f"trace: {path} is never {min(set(values) - set(field.values))}"


def _named_fields(trace: Trace) -> Iterator[str]:
    yield from (*trace.carries, *trace.current)
    for part in (trace.marks_stale, trace.requirements, trace.covers, trace.confirms, trace.shares):
        if part is not None and part.field:
            yield part.field
    if trace.covers is not None:
        yield trace.covers.of
