"""What is known of a product, packages within packages, documents, and imports of the catalogue"""

import sqlalchemy as sa
from alembic import op

import inventory.db
from inventory.migrations.triggers import append_only, drop_triggers_of, refuse

revision = "0050"
down_revision = "0010"
branch_labels = None
depends_on = None

TEXTS = ("manufacturer", "storage", "agent", "concentration")
TARGETS = ("skin", "gun", "surface")


def upgrade() -> None:
    # By hand: SQLite adds a checked column in place, where Alembic would rebuild the table without its other checks.
    for name in TEXTS:
        op.execute(f"ALTER TABLE product ADD COLUMN {name} VARCHAR")
    for target in TARGETS:
        name = f"{target}_contact_seconds"
        check = f"CONSTRAINT ck_product_{target}_contact_time_is_within_a_day CHECK ({name} BETWEEN 0 AND 86400)"
        op.execute(f"ALTER TABLE product ADD COLUMN {name} INTEGER {check}")
    op.execute(
        "ALTER TABLE trade_item ADD COLUMN level VARCHAR(32) DEFAULT 'box' NOT NULL "
        "CONSTRAINT ck_trade_item_package_level CHECK (level IN ('each', 'box', 'carton'))"
    )
    op.execute("UPDATE trade_item SET level = 'each' WHERE base_units = 1")
    op.create_table(
        "product_document",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("added_at", inventory.db.Moment(timezone=True), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "product_id"],
            ["product.clinic_id", "product.id"],
            name=op.f("fk_product_document_clinic_id_product_id"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_product_document_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_document")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_product_document_clinic_id_id"),
        sa.UniqueConstraint(
            "clinic_id",
            "product_id",
            "title",
            "version",
            name=op.f("uq_product_document_clinic_id_product_id_title_version"),
        ),
    )
    append_only("product_document")
    op.create_table(
        "catalogue_import",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("handed_in_at", inventory.db.Moment(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("applied_at", inventory.db.Moment(timezone=True), nullable=True),
        sa.Column("created", sa.Integer(), nullable=True),
        sa.Column("changed", sa.Integer(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(applied_at IS NULL) = (created IS NULL)", name=op.f("ck_catalogue_import_applied_with_its_counts")
        ),
        sa.CheckConstraint(
            "(created IS NULL) = (changed IS NULL)", name=op.f("ck_catalogue_import_counts_come_together")
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_catalogue_import_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_import")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_catalogue_import_clinic_id_id"),
    )
    refuse("catalogue_import_never_deleted", "catalogue_import", "DELETE", "TRUE", "an import is kept")
    refuse(
        "catalogue_import_applied_once",
        "catalogue_import",
        "UPDATE",
        "OLD.applied_at IS NOT NULL",
        "an import that was applied does not change",
    )


def downgrade() -> None:
    for table in ("catalogue_import", "product_document"):
        drop_triggers_of(table)
        op.drop_table(table)
    op.execute("ALTER TABLE trade_item DROP COLUMN level")
    for target in TARGETS:
        op.execute(f"ALTER TABLE product DROP COLUMN {target}_contact_seconds")
    for name in TEXTS:
        op.execute(f"ALTER TABLE product DROP COLUMN {name}")
