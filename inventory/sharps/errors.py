"""What the sharps containers refuse."""

from datetime import date

from inventory.errors import DomainError, Invalid
from inventory.stock.models import Location


class RoomHasContainer(DomainError):
    def __init__(self, room: Location) -> None:
        super().__init__(f"{room.name} has a container in use. Close that one first.", field="room")
        self.room = room


class SizeMissing(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "Give the size up to the fill line: as needles where the maker states them, else in ml, from 1 to 100,000.",
            field="needles",
        )


class PickedUpInTheFuture(Invalid):
    def __init__(self, day: date) -> None:
        super().__init__(f"{day} has not come yet. Type the day it was picked up.", field="picked_up_on")


class PickedUpBeforeSealed(Invalid):
    def __init__(self, sealed_on: date) -> None:
        super().__init__(
            f"It was sealed on {sealed_on} and cannot have left before. Type the right day.", field="picked_up_on"
        )
