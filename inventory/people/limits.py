"""How far an auditor's account reaches: which days it sees, and until when it opens anything."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, event, or_, select
from sqlalchemy.orm import LoaderCriteriaOption, ORMExecuteState, Session
from sqlalchemy.sql.base import ExecutableOption

from inventory.clock import day_in, start_of_day
from inventory.db import Model
from inventory.errors import Invalid


@dataclass(frozen=True)
class Terms:
    """Days of the clinic, each included: what is seen, and the last day of access. Raises `Invalid`."""

    sees_from: date
    sees_until: date
    expires_on: date

    def __post_init__(self) -> None:
        if self.sees_until < self.sees_from:
            raise Invalid("The last day lies before the first day. Choose a later one.", field="sees_until")

    def check_open(self, zone: str, now: datetime) -> None:
        """Raises `Invalid` for an account that would never open anything."""
        if has_ended(self.expires_on, zone, now):
            raise Invalid("This day is over. Choose today or a later day.", field="expires_on")


@dataclass(frozen=True)
class Limit:
    """What happened in a clinic from `since` on and before `before` exists for this account; nothing else does."""

    clinic_id: UUID
    person_id: UUID
    since: datetime
    before: datetime


def has_ended(expires_on: date | None, zone: str, now: datetime) -> bool:
    return expires_on is not None and day_in(zone, now) > expires_on


def limit_of(clinic_id: UUID, person_id: UUID, zone: str, first: date | None, last: date | None) -> Limit | None:
    """None where a membership has no limit."""
    if first is None or last is None:
        return None
    return Limit(clinic_id, person_id, start_of_day(zone, first), start_of_day(zone, last + timedelta(days=1)))


def impose(limit: Limit, session: Session) -> None:
    """Whatever `session` reads from now on holds only what happened within the limit.

    Each model says by `__happened__` when its rows happened: by a moment of their own, or with the row that a key of
    theirs leads to. A model without it is a thing (a lot, a gun, a load) and stays to be seen. `__by__` names the
    column of whose rows are seen by their own person in any case. Statements of bare tables are not limited.
    """
    options = list(_criteria(limit))

    def within(state: ORMExecuteState) -> None:
        if state.is_select and not state.is_column_load and not state.is_relationship_load:
            state.statement = state.statement.options(*options)

    event.listen(session, "do_orm_execute", within)


def _criteria(limit: Limit) -> Iterator[ExecutableOption]:
    for mapper in Model.registry.mappers:
        if hasattr(mapper.class_, "__happened__"):
            yield _Happened(mapper.class_, _within(limit, mapper.class_), include_aliases=True)


class _Happened(LoaderCriteriaOption):
    """SQLAlchemy itself leaves the criteria of an alias that is joined speaking of the table (as of 2.1)."""

    _traverse_internals = LoaderCriteriaOption._traverse_internals

    def _resolve_where_criteria(self, ext_info: Any) -> ColumnElement[bool]:
        found = super()._resolve_where_criteria(ext_info)
        return ext_info._adapter.traverse(found) if ext_info.is_aliased_class else found


def _within(limit: Limit, kind: Any) -> ColumnElement[bool]:
    column = getattr(kind, kind.__happened__)
    if kind.__happened__.endswith("_id"):
        return column.in_(_ids_within(limit, kind))  # type: ignore[no-any-return]
    within = and_(column >= limit.since, column < limit.before)
    return or_(within, getattr(kind, kind.__by__) == limit.person_id) if hasattr(kind, "__by__") else within


def _ids_within(limit: Limit, kind: Any) -> Any:
    """Ids of the rows that `kind` happens with. Of the bare table: a limit needs no limit itself."""
    keys = [key for key in kind.__table__.foreign_keys if key.parent.name == kind.__happened__]
    table = keys[0].column.table
    target = next(mapper.class_ for mapper in Model.registry.mappers if mapper.local_table is table)
    column = table.c[target.__happened__]
    if target.__happened__.endswith("_id"):
        condition = column.in_(_ids_within(limit, target))
    else:
        condition = and_(column >= limit.since, column < limit.before)
    return select(table.c.id).where(table.c.clinic_id == limit.clinic_id, condition)
