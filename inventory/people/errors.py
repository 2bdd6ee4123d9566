"""Why a person or a role is refused."""

from inventory.errors import DomainError, Invalid


class EmailTaken(DomainError):
    def __init__(self, email: str) -> None:
        super().__init__(f"{email} signs in already. Use another address.", field="email")


class AlreadyMember(DomainError):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name} already belongs to this clinic. Change the role instead.")


class LastAdministrator(DomainError):
    def __init__(self) -> None:
        super().__init__("A clinic keeps at least one administrator. Name another one first.", field="role")


class WeakPassword(Invalid):
    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, field="password")
