"""The base form: CSRF, the event id, trimmed text, and refusals shown where they belong."""

from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

from flask_wtf import FlaskForm
from markupsafe import Markup
from uuid6 import uuid7
from wtforms import Field, HiddenField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import Length, ValidationError

from inventory.errors import ALREADY_SENT


class Form(FlaskForm):
    """Shape only: whether the clinic's rules allow it is the operation's answer."""

    class Meta(FlaskForm.Meta):
        def render_field(self, field: Field, render_kw: dict[str, object]) -> Markup:
            """Hidden fields have no id: several forms of a page hold the same ones."""
            if isinstance(field, HiddenField):
                render_kw = {"id": False, **render_kw}
            rendered: Markup = super().render_field(field, render_kw)
            return rendered

    ids = ""
    """Put before the ids of the fields, where a page shows two forms with fields of one name."""

    event_id = HiddenField(default=lambda: str(uuid7()))
    """Names this event: sent again, it changes nothing twice."""

    def __init__(self, *arguments: object, **keywords: object) -> None:
        super().__init__(*arguments, **keywords)
        if self.ids:
            for field in self:
                field.id = field.label.field_id = f"{self.ids}-{field.name}"

    def validate_event_id(self, field: HiddenField) -> None:
        try:
            UUID(field.data or "")
        except ValueError:
            raise ValidationError("Open the page again and repeat the step.") from None

    @property
    def event(self) -> UUID:
        return UUID(self.event_id.data or "")

    @property
    def content(self) -> dict[str, object]:
        """What was sent, without the token and the event's name: the part that must be equal when sent again."""
        return {
            name: None if value is None else str(value)
            for name, value in self.data.items()
            if name not in ("event_id", "csrf_token")
        }

    def refuse(self, sentence: str, field: str | None = None) -> None:
        """Show a refusal at its field, or above the form; what was typed stays.

        What is corrected and sent again is another event. Only a form that was already taken keeps its name: sent
        again and again it must not be taken twice.
        """
        if sentence != ALREADY_SENT:
            self.event_id.data = str(uuid7())
        if field and field in self:
            self[field].errors = (*self[field].errors, sentence)
        else:
            self.form_errors.append(sentence)

    @property
    def status(self) -> int:
        return 422 if self.errors else 200


def trim(value: str | None) -> str | None:
    """Without the space around it, and without NUL, which no database text can hold."""
    return value.replace("\x00", "").strip() if isinstance(value, str) else value


class TextField(StringField):
    """One line of trimmed text, at most 200 characters unless said otherwise."""

    def __init__(self, label: str, validators: Iterable[object] = (), longest: int = 200, **keywords: object) -> None:
        super().__init__(label, [*validators, Length(max=longest)], filters=[trim], **keywords)


class ChoiceField(SelectField):
    """A choice among the values of an enum or among (value, label) pairs."""

    def __init__(
        self,
        label: str,
        among: type[StrEnum] | Iterable[tuple[str, str]] = (),
        validators: Iterable[object] = (),
        optional: str | None = None,
        **keywords: object,
    ) -> None:
        super().__init__(label, list(validators), choices=choices(among, optional), **keywords)
        self.flags.required = optional is None


def choices(among: type[StrEnum] | Iterable[tuple[str, str]], optional: str | None = None) -> list[SelectChoice]:
    """Choices for a select; `optional` is the label of the empty choice put first."""
    pairs = [(member.value, words(member)) for member in among] if isinstance(among, type) else list(among)
    empty = [] if optional is None else [SelectChoice("", optional)]
    return empty + [SelectChoice(value, label) for value, label in pairs]


def words(member: StrEnum) -> str:
    """`OUT_OF_SERVICE` or `out_of_service` as it is said: 'out of service'."""
    return member.value.replace("_", " ").capitalize()
