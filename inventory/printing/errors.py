"""What is refused about media, printers and jobs."""

from inventory.errors import DomainError, Invalid


class MediumUnknown(Invalid):
    def __init__(self) -> None:
        super().__init__("There is no such label sheet or roll. Choose one from the list.", field="medium")


class MediumUnusable(Invalid):
    """The sentence names the measure."""


class NameTaken(DomainError):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is here already. Choose another name.", field="name")
        self.name = name


class LabelsUnfit(Invalid):
    """They do not fit the medium, or the first label is not on it."""


class WrongMedium(DomainError):
    """Another medium lies in the printer."""

    def __init__(self, printer: str, medium: str) -> None:
        super().__init__(f"{medium} lies in {printer}. Choose it, or print from the browser.", field="medium")


class NotToSend(DomainError):
    def __init__(self) -> None:
        super().__init__("This job goes to no printer, or was sent already. Print the labels again, with a reason.")
