"""What cannot be opened as a container."""

from inventory.errors import Invalid
from inventory.stock.models import Product


class NotOpenable(Invalid):
    """Needles, parts and the like are not kept as opened containers."""

    def __init__(self, product: Product) -> None:
        super().__init__(
            f"{product.name} is neither a disinfectant, an antiseptic nor an injectable. Choose another lot.",
            field="lot",
        )
        self.product = product


class OpenedLifeUnknown(Invalid):
    """Neither the product nor the lot says until when an opened container may be used."""

    def __init__(self, product: Product) -> None:
        super().__init__(
            f"{product.name} has no opened life and this lot no expiry. Have the manager add one first.",
            field="lot",
        )
        self.product = product
