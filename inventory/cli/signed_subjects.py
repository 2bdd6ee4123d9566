"""Everything that can be signed, and what is signed of it: how `audit verify` reads it again."""

from inventory.compliance import signed_content as compliance
from inventory.compliance.models import Policy
from inventory.oversight import signed_content as oversight
from inventory.oversight.models import FlagStep
from inventory.purchasing import signed_content as purchasing
from inventory.purchasing.models import PurchaseOrder
from inventory.reactions import signed_content as reactions
from inventory.reactions.models import ReactionCorrection
from inventory.sessions import signed_content as sessions
from inventory.sessions.models import Flag
from inventory.signatures.verifying import Readers
from inventory.sterilising import signed_content as sterilising
from inventory.sterilising.models import LoadDecision
from inventory.stock import signed_content as stock
from inventory.stock.models import Movement
from inventory.stock.shelf_models import LotDecision, RecallNotice
from inventory.stocktaking import signed_content as stocktaking
from inventory.stocktaking.models import Stocktake

READERS: Readers = {
    LoadDecision.__tablename__: (LoadDecision, sterilising.content_of),
    LotDecision.__tablename__: (LotDecision, stock.content_of_decision),
    RecallNotice.__tablename__: (RecallNotice, stock.content_of_notice),
    Movement.__tablename__: (Movement, stock.content_of_movement),
    Stocktake.__tablename__: (Stocktake, stocktaking.content_of),
    Policy.__tablename__: (Policy, compliance.content_of),
    PurchaseOrder.__tablename__: (PurchaseOrder, purchasing.content_of),
    FlagStep.__tablename__: (FlagStep, oversight.content_of_step),
    Flag.__tablename__: (Flag, sessions.content_of),
    ReactionCorrection.__tablename__: (ReactionCorrection, reactions.content_of),
}
