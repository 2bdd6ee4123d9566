"""Why a step of purchasing is refused, and what to do next."""

from inventory.errors import DomainError, Invalid, NotAllowed
from inventory.purchasing.lifecycle import Act, OrderState
from inventory.purchasing.models import PurchaseOrder, Supplier
from inventory.stock.models import Product

_NEXT = {
    OrderState.DRAFT: "Approve it first.",
    OrderState.APPROVED: "Send it, or open it again to change it.",
    OrderState.SENT: "Receive what comes, or cancel it with the supplier.",
    OrderState.PARTLY_RECEIVED: "Receive the rest, or close it.",
    OrderState.CLOSED: "Make a new order.",
    OrderState.CANCELLED: "Make a new order.",
}


class NotNow(DomainError):
    """The order's state does not allow the step."""

    code = "ORDER_STATE"

    def __init__(self, order: PurchaseOrder, act: Act) -> None:
        state = order.state.value.replace("_", " ")
        super().__init__(f"Order {order.number} is {state}. {_NEXT[order.state]}")
        self.order = order
        self.act = act


class ChangedMeanwhile(DomainError):
    code = "CHANGED_MEANWHILE"

    def __init__(self, order: PurchaseOrder) -> None:
        super().__init__(
            f"{order.changed_by_name} changed order {order.number} after you opened it. Nothing of yours was saved; "
            "open the order again and repeat what is still needed."
        )
        self.order = order


class DraftOpen(DomainError):
    code = "DRAFT_OPEN"

    def __init__(self, draft: PurchaseOrder) -> None:
        super().__init__(
            f"{draft.made_by_name} opened order {draft.number} to {draft.supplier.name} already. "
            "Open that order and change it; a second one would order twice."
        )
        self.draft = draft


class NothingToOrder(DomainError):
    def __init__(self, supplier: Supplier | None = None) -> None:
        whom = f" from {supplier.name}" if supplier else ""
        super().__init__(f"Nothing is to be ordered{whom}. Put packs on the order first, or cancel it.")


class AboveLimit(NotAllowed):
    code = "ABOVE_LIMIT"

    def __init__(self, total: str, limit: str) -> None:
        super().__init__(
            f"This order is {total}; your role approves up to {limit}. Ask an administrator to approve it, or take "
            "something off."
        )


class NoEmail(DomainError):
    def __init__(self, supplier: Supplier) -> None:
        super().__init__(
            f"{supplier.name} has no e-mail address. Type it on the supplier's page, or download the PDF and mark "
            "the order as sent."
        )


class NotOnOrder(DomainError):
    code = "NOT_ON_ORDER"

    def __init__(self, product: Product, order: PurchaseOrder) -> None:
        super().__init__(
            f"{product.name} is not on order {order.number}. Put the carton aside and ask {order.supplier.name}."
        )


class SupplierNameTaken(DomainError):
    def __init__(self, name: str) -> None:
        super().__init__(f"There is a supplier named {name} already. Open that one.", field="name")


class OutOfRange(Invalid):
    def __init__(self, sentence: str, field: str) -> None:
        super().__init__(sentence, field=field)
