"""Refusals. Every one carries a sentence that says what to do next."""

ALREADY_SENT = "This form was already sent with other content. Open the page again and repeat the step."


class DomainError(Exception):
    """An operation refused. `field` names the form field it belongs to, if one does."""

    status = 409
    code = "REFUSED"

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class NotHere(DomainError):
    """No such row in this clinic; a row of another clinic is answered the same way."""

    status = 404
    code = "NOT_HERE"


class Invalid(DomainError):
    """A value no clinic could mean, whatever the state of its records."""

    status = 422
    code = "INVALID"


class NotAllowed(DomainError):
    """The person's role does not include this."""

    status = 403
    code = "NOT_ALLOWED"
