"""What changed in a row, as an entry of the record tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import inspect

from inventory.db import Model

Updates: TypeAlias = "list[tuple[Model | NewRow, dict[str, list[object]] | None]]"
"""Rows with what changed in each; None for a new one."""


@dataclass(frozen=True)
class NewRow:
    """A row that was put in by a statement for many, with all its `values` by column: it has no object of its own."""

    __tablename__: str
    id: UUID
    values: Mapping[str, object]


def updates(row: object) -> dict[str, list[object]] | None:
    """Old and new values of a row already stored, or None for a row that is new."""
    if isinstance(row, NewRow):
        return None
    state = inspect(row, raiseerr=True)
    if not state.persistent:
        return None
    changed: dict[str, list[object]] = {}
    if not state.committed_state:  # nothing was set since it was read
        return changed
    for column in state.mapper.column_attrs:
        if column.key not in state.committed_state or column.key not in state.dict:
            continue
        history = state.attrs[column.key].history
        if history.added:
            old = history.deleted[0] if history.deleted else None
            changed[column.key] = _shown(column, old, history.added[0])
    return changed


def created(row: object) -> dict[str, list[object]]:
    """The values of a new row, with nothing before them."""
    if isinstance(row, NewRow):
        return {name: [None, value] for name, value in row.values.items() if value is not None}
    state = inspect(row, raiseerr=True)
    values = ((column, state.dict.get(column.key)) for column in state.mapper.column_attrs)
    return {column.key: _shown(column, None, value) for column, value in values if value is not None}


def identity(row: object) -> list[object] | object:
    """The row's key: one value, or a list of several."""
    if isinstance(row, NewRow):
        return row.id
    identity = inspect(row, raiseerr=True).identity
    return identity[0] if len(identity) == 1 else list(identity)


def _shown(column: object, old: object, new: object) -> list[object]:
    hidden = not column.columns[0].info.get("audited", True)  # type: ignore[attr-defined]
    return ["(not recorded)"] * 2 if hidden else [old, new]
