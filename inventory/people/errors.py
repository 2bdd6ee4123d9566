"""Why a person or a role is refused."""

from datetime import date

from inventory.errors import DomainError, Invalid, NotAllowed


class EmailTaken(DomainError):
    def __init__(self, email: str) -> None:
        super().__init__(f"{email} signs in already. Use another address.", field="email")


class AlreadyMember(DomainError):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name} already belongs to this clinic. Change the role instead.")


class WrongPassword(Invalid):
    code = "WRONG_PASSWORD"

    def __init__(self) -> None:
        super().__init__("E-mail or password is wrong. Try again.")


class NoClinic(NotAllowed):
    def __init__(
        self, sentence: str = "You belong to no clinic at present. Ask an administrator to take you into theirs."
    ) -> None:
        super().__init__(sentence)


class AccessEnded(NoClinic):
    """The last day of an account is over."""

    def __init__(self, clinic: str, last: date) -> None:
        super().__init__(
            f"Your access to {clinic} ended with {last.day} {last:%b %Y}. Ask its administrator for a later day."
        )


class NotAnAuditor(DomainError):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is no auditor, and only an auditor's account is limited. Change the role first.")


class TooManyTries(DomainError):
    """`minutes` from now the next try is taken."""

    status = 429
    code = "TOO_MANY_TRIES"

    def __init__(self, minutes: int) -> None:
        wait = "1 minute" if minutes == 1 else f"{minutes} minutes"
        super().__init__(f"Too many failed tries. Try again in {wait}, or ask your administrator for a new password.")
        self.minutes = minutes


class OwnPassword(NotAllowed):
    def __init__(self) -> None:
        super().__init__("Change your own password under Your password, where the old one is asked for.")


class WorksElsewhere(NotAllowed):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} also works in a clinic you do not administer. Ask them to change it under Your password."
        )
        self.name = name


class LastAdministrator(DomainError):
    def __init__(self) -> None:
        super().__init__("A clinic keeps at least one administrator. Name another one first.", field="role")


class WeakPassword(Invalid):
    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, field="password")
