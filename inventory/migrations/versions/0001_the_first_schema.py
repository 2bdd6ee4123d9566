"""The first schema"""

import sqlalchemy as sa
from alembic import op

import inventory.db
from inventory.migrations.triggers import after_insert, append_only, drop_all, refuse, same_but

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clinic",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("created_at", inventory.db.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clinic")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(), nullable=False),
        sa.Column("created_at", inventory.db.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_person_fs_uniquifier")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("at", inventory.db.Moment(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_attempt_account_at", ["account", "at"], unique=False)
        batch_op.create_index("ix_sign_in_attempt_address_at", ["address", "at"], unique=False)

    op.create_table(
        "audit_entry",
        sa.Column("chain", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("prev_seq", sa.Integer(), nullable=True),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", inventory.db.Moment(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(seq = 0 AND prev_seq IS NULL) OR (seq > 0 AND prev_seq IS NOT NULL AND prev_seq = seq - 1)",
            name=op.f("ck_audit_entry_follows_the_one_before"),
        ),
        sa.CheckConstraint(
            "length(hash) = 32 AND length(prev_hash) = 32", name=op.f("ck_audit_entry_hashes_are_sha256")
        ),
        sa.CheckConstraint("seq >= 0", name=op.f("ck_audit_entry_seq_counts_from_zero")),
        sa.ForeignKeyConstraint(
            ["chain", "prev_seq", "prev_hash"],
            ["audit_entry.chain", "audit_entry.seq", "audit_entry.hash"],
            name=op.f("fk_audit_entry_chain_prev_seq_prev_hash"),
        ),
        sa.ForeignKeyConstraint(["chain"], ["clinic.id"], name=op.f("fk_audit_entry_chain")),
        sa.PrimaryKeyConstraint("chain", "seq", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("chain", "prev_hash", name=op.f("uq_audit_entry_chain_prev_hash")),
        sa.UniqueConstraint("chain", "seq", "hash", name=op.f("uq_audit_entry_chain_seq_hash")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entry_chain_subject_id", ["chain", "subject_id"], unique=False)

    op.create_table(
        "audit_head",
        sa.Column("chain", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["chain"], ["clinic.id"], name=op.f("fk_audit_head_chain")),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "export",
        sa.Column("at", inventory.db.Moment(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("filters", sa.String(), nullable=False),
        sa.Column("finished_at", inventory.db.Moment(timezone=True), nullable=True),
        sa.Column("row_count", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(finished_at IS NULL) = (sha256 IS NULL)",
            name=op.f("ck_export_a_finished_export_has_a_checksum"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_export_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_export_clinic_id_id"),
    )
    op.create_table(
        "gun",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("serial_number", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "available",
                "in_use",
                "needs_disinfection",
                "out_of_service",
                name="gun_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("fastest_shots_per_minute", sa.Integer(), nullable=True),
        sa.Column("high_speed", sa.Boolean(), nullable=False),
        sa.Column("service_due_on", sa.Date(), nullable=True),
        sa.Column("out_of_service_reason", sa.String(), nullable=True),
        sa.Column("rinsed_with_tap_water", sa.Boolean(), nullable=False),
        sa.Column("created_at", inventory.db.Moment(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state = 'out_of_service') = (out_of_service_reason IS NOT NULL)",
            name=op.f("ck_gun_out_of_service_has_a_reason"),
        ),
        sa.CheckConstraint(
            "fastest_shots_per_minute BETWEEN 1 AND 100000", name=op.f("ck_gun_rate_is_positive")
        ),
        sa.CheckConstraint("length(code) = 17", name=op.f("ck_gun_code_is_ours")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_gun_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gun")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_gun_clinic_id_id"),
        sa.UniqueConstraint("clinic_id", "serial_number", name=op.f("uq_gun_clinic_id_serial_number")),
        sa.UniqueConstraint("code", name=op.f("uq_gun_code")),
    )
    op.create_table(
        "location",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "store", "room", name="location_kind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_location_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_location")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_location_clinic_id_id"),
        sa.UniqueConstraint("clinic_id", "name", name=op.f("uq_location_clinic_id_name")),
    )
    op.create_table(
        "membership",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "nurse",
                "lead_nurse",
                "manager",
                "auditor",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("ended_at", inventory.db.Moment(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_membership_clinic_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_membership_clinic_id_id"),
        sa.UniqueConstraint("clinic_id", "person_id", name=op.f("uq_membership_clinic_id_person_id")),
    )
    op.create_table(
        "policy",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("in_force_from", inventory.db.Moment(timezone=True), nullable=False),
        sa.Column("thresholds", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", inventory.db.Moment(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_policy_number_counts_from_one")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_policy_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_policy_clinic_id_id"),
        sa.UniqueConstraint("clinic_id", "in_force_from", name=op.f("uq_policy_clinic_id_in_force_from")),
        sa.UniqueConstraint("clinic_id", "number", name=op.f("uq_policy_clinic_id_number")),
    )
    op.create_table(
        "product",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "needle",
                "gun_part",
                "disinfectant",
                "antiseptic",
                "injectable",
                "other",
                name="product_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("base_unit", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("reorder_point", sa.Integer(), nullable=False),
        sa.Column("needle_gauge", sa.Integer(), nullable=True),
        sa.Column("needle_length_mm", sa.Integer(), nullable=True),
        sa.Column("pins", sa.Integer(), nullable=False),
        sa.Column("contact_seconds", sa.Integer(), nullable=True),
        sa.Column("opened_life", sa.Integer(), nullable=True),
        sa.Column(
            "opened_life_unit",
            sa.Enum(
                "hours",
                "days",
                "months",
                name="life_unit",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("needs_test_strip", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(opened_life IS NULL) = (opened_life_unit IS NULL)",
            name=op.f("ck_product_opened_life_has_a_unit"),
        ),
        sa.CheckConstraint(
            "contact_seconds BETWEEN 0 AND 86400", name=op.f("ck_product_contact_time_is_within_a_day")
        ),
        sa.CheckConstraint("opened_life > 0", name=op.f("ck_product_opened_life_is_positive")),
        sa.CheckConstraint("pins BETWEEN 1 AND 100", name=op.f("ck_product_pins_are_few")),
        sa.CheckConstraint(
            "reorder_point BETWEEN 0 AND 100000", name=op.f("ck_product_reorder_point_is_a_quantity")
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_product_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_product_clinic_id_id"),
        sa.UniqueConstraint("clinic_id", "name", name=op.f("uq_product_clinic_id_name")),
    )
    op.create_table(
        "steriliser",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("serial_number", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_steriliser_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_steriliser")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_steriliser_clinic_id_id"),
        sa.UniqueConstraint("clinic_id", "name", name=op.f("uq_steriliser_clinic_id_name")),
    )
    op.create_table(
        "stored_answer",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("at", inventory.db.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_stored_answer_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "event_id", name=op.f("pk_stored_answer")),
    )
    op.create_table(
        "gun_service",
        sa.Column("gun_id", sa.Uuid(), nullable=False),
        sa.Column("at", inventory.db.Moment(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("work_done", sa.String(), nullable=False),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "gun_id"], ["gun.clinic_id", "gun.id"], name=op.f("fk_gun_service_clinic_id_gun_id")
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_gun_service_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gun_service")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_gun_service_clinic_id_id"),
    )
    op.create_table(
        "load",
        sa.Column("steriliser_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column(
            "cycle_type",
            sa.Enum("B", "N", "S", name="cycle_type", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("started_at", inventory.db.Moment(timezone=True), nullable=False),
        sa.Column("ended_at", inventory.db.Moment(timezone=True), nullable=False),
        sa.Column("temperature_tenths", sa.Integer(), nullable=False),
        sa.Column("hold_seconds", sa.Integer(), nullable=False),
        sa.Column("contents", sa.String(), nullable=False),
        sa.Column("wrapped_or_hollow", sa.Boolean(), nullable=False),
        sa.Column(
            "external_indicator",
            sa.Enum(
                "passed",
                "failed",
                "not_read",
                name="indicator",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "internal_indicator",
            sa.Enum(
                "passed",
                "failed",
                "not_read",
                name="indicator_internal",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("internal_indicator_type", sa.Integer(), nullable=False),
        sa.Column("dry", sa.Boolean(), nullable=False),
        sa.Column("loaded_by_id", sa.Uuid(), nullable=True),
        sa.Column("loaded_by_name", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "awaiting",
                "quarantined",
                "released",
                "rejected",
                "recalled",
                name="load_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("decided_at", inventory.db.Moment(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(), nullable=True),
        sa.Column("meaning", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state = 'awaiting' OR (decided_at IS NOT NULL AND decided_by_name IS NOT NULL AND meaning IS NOT NULL)",
            name=op.f("ck_load_a_decision_has_a_name_and_a_meaning"),
        ),
        sa.CheckConstraint("ended_at > started_at", name=op.f("ck_load_ends_after_it_starts")),
        sa.CheckConstraint("hold_seconds BETWEEN 0 AND 86400", name=op.f("ck_load_hold_is_within_a_day")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "steriliser_id"],
            ["steriliser.clinic_id", "steriliser.id"],
            name=op.f("fk_load_clinic_id_steriliser_id"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_load_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_load")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_load_clinic_id_id"),
        sa.UniqueConstraint("clinic_id", "number", name=op.f("uq_load_clinic_id_number")),
    )
    op.create_table(
        "lot",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "usable",
                "quarantined",
                "recalled",
                name="lot_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("status_reason", sa.String(), nullable=True),
        sa.Column("created_at", inventory.db.Moment(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "product_id"],
            ["product.clinic_id", "product.id"],
            name=op.f("fk_lot_clinic_id_product_id"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_lot_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_lot_clinic_id_id"),
        sa.UniqueConstraint(
            "clinic_id", "product_id", "number", name=op.f("uq_lot_clinic_id_product_id_number")
        ),
    )
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.create_index("ix_lot_clinic_id_expires_on", ["clinic_id", "expires_on"], unique=False)

    op.create_table(
        "trade_item",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column(
            "scheme",
            sa.Enum("gtin", "hibc", name="code_scheme", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("base_units", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "base_units BETWEEN 1 AND 100000", name=op.f("ck_trade_item_base_units_are_positive")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "product_id"],
            ["product.clinic_id", "product.id"],
            name=op.f("fk_trade_item_clinic_id_product_id"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_trade_item_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_item")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_trade_item_clinic_id_id"),
        sa.UniqueConstraint("clinic_id", "scheme", "code", name=op.f("uq_trade_item_clinic_id_scheme_code")),
    )
    op.create_table(
        "treatment_session",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "setup",
                "running",
                "closed",
                "abandoned",
                name="treatment_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("practitioner_membership_id", sa.Uuid(), nullable=False),
        sa.Column("practitioner_name", sa.String(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("gun_id", sa.Uuid(), nullable=True),
        sa.Column(
            "technique",
            sa.Enum(
                "epidermal",
                "nappage",
                "papule",
                "point_by_point",
                "linear",
                name="technique",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("needle_length_mm", sa.Integer(), nullable=False),
        sa.Column("tilt_degrees", sa.Integer(), nullable=True),
        sa.Column(
            "age_band",
            sa.Enum(
                "under_30",
                "30_to_49",
                "50_to_64",
                "65_and_over",
                name="age_band",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "sex",
            sa.Enum("female", "male", name="sex", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("planned_punctures", sa.Integer(), nullable=True),
        sa.Column("body_protocol", sa.Boolean(), nullable=False),
        sa.Column("syringes", sa.Integer(), nullable=False),
        sa.Column("opened_at", inventory.db.Moment(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.Uuid(), nullable=True),
        sa.Column("opened_by_name", sa.String(), nullable=False),
        sa.Column("started_at", inventory.db.Moment(timezone=True), nullable=True),
        sa.Column("closed_at", inventory.db.Moment(timezone=True), nullable=True),
        sa.Column("closed_by_name", sa.String(), nullable=True),
        sa.Column("close_reason", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('closed', 'abandoned')) = (closed_at IS NOT NULL)",
            name=op.f("ck_treatment_session_a_closed_session_has_a_time"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('running', 'closed') OR (started_at IS NOT NULL AND gun_id IS NOT NULL)",
            name=op.f("ck_treatment_session_a_started_session_has_a_gun"),
        ),
        sa.CheckConstraint(
            "planned_punctures BETWEEN 0 AND 100000",
            name=op.f("ck_treatment_session_planned_punctures_are_few"),
        ),
        sa.CheckConstraint("syringes BETWEEN 0 AND 100", name=op.f("ck_treatment_session_syringes_are_few")),
        sa.CheckConstraint(
            "tilt_degrees BETWEEN 0 AND 90", name=op.f("ck_treatment_session_tilt_is_an_angle")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "gun_id"],
            ["gun.clinic_id", "gun.id"],
            name=op.f("fk_treatment_session_clinic_id_gun_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "policy_id"],
            ["policy.clinic_id", "policy.id"],
            name=op.f("fk_treatment_session_clinic_id_policy_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "practitioner_membership_id"],
            ["membership.clinic_id", "membership.id"],
            name=op.f("fk_treatment_session_clinic_id_practitioner_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "room_id"],
            ["location.clinic_id", "location.id"],
            name=op.f("fk_treatment_session_clinic_id_room_id"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_treatment_session_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treatment_session")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_treatment_session_clinic_id_id"),
        sa.UniqueConstraint("clinic_id", "number", name=op.f("uq_treatment_session_clinic_id_number")),
    )
    with op.batch_alter_table("treatment_session", schema=None) as batch_op:
        batch_op.create_index(
            "ix_treatment_session_clinic_id_opened_at", ["clinic_id", "opened_at"], unique=False
        )
        batch_op.create_index(
            "uq_treatment_session_open_gun",
            ["clinic_id", "gun_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('setup', 'running')"),
            postgresql_where=sa.text("state IN ('setup', 'running')"),
        )

    op.create_table(
        "balance",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_balance_on_hand_is_never_negative")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "location_id"],
            ["location.clinic_id", "location.id"],
            name=op.f("fk_balance_clinic_id_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "lot_id"], ["lot.clinic_id", "lot.id"], name=op.f("fk_balance_clinic_id_lot_id")
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_balance_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "lot_id", "location_id", name=op.f("pk_balance")),
    )
    op.create_table(
        "container",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", inventory.db.Moment(timezone=True), nullable=False),
        sa.Column("opened_by_name", sa.String(), nullable=False),
        sa.Column("usable_until", inventory.db.Moment(timezone=True), nullable=False),
        sa.Column("ended_at", inventory.db.Moment(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(code) = 17", name=op.f("ck_container_code_is_ours")),
        sa.CheckConstraint("usable_until > opened_at", name=op.f("ck_container_usable_after_opening")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "lot_id"], ["lot.clinic_id", "lot.id"], name=op.f("fk_container_clinic_id_lot_id")
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_container_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_container")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_container_clinic_id_id"),
        sa.UniqueConstraint("code", name=op.f("uq_container_code")),
    )
    op.create_table(
        "flag",
        sa.Column("treatment_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column(
            "severity",
            sa.Enum(
                "warning",
                "major",
                "critical",
                name="flag_severity",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("facts", sa.String(), nullable=False),
        sa.Column("policy_number", sa.Integer(), nullable=False),
        sa.Column("raised_at", inventory.db.Moment(timezone=True), nullable=False),
        sa.Column("cleared_at", inventory.db.Moment(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "treatment_id"],
            ["treatment_session.clinic_id", "treatment_session.id"],
            name=op.f("fk_flag_clinic_id_treatment_id"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_flag_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_flag_clinic_id_id"),
    )
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.create_index("ix_flag_clinic_id_raised_at", ["clinic_id", "raised_at"], unique=False)
        batch_op.create_index(
            "uq_flag_live",
            ["clinic_id", "treatment_id", "code", "subject"],
            unique=True,
            sqlite_where=sa.text("cleared_at IS NULL"),
            postgresql_where=sa.text("cleared_at IS NULL"),
        )

    op.create_table(
        "movement",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "receipt",
                "consumption",
                "transfer",
                "adjustment",
                "write_off",
                name="movement_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("at", inventory.db.Moment(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind <> 'receipt' OR quantity > 0", name=op.f("ck_movement_a_receipt_adds")),
        sa.CheckConstraint(
            "kind NOT IN ('adjustment', 'write_off') OR (reason IS NOT NULL AND reason <> '')",
            name=op.f("ck_movement_a_correction_has_a_reason"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('consumption', 'write_off') OR quantity < 0",
            name=op.f("ck_movement_a_use_takes_away"),
        ),
        sa.CheckConstraint(
            "quantity <> 0 AND quantity BETWEEN -100000 AND 100000 AND quantity = CAST(quantity AS INTEGER)",
            name=op.f("ck_movement_quantity_is_whole_and_not_zero"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "location_id"],
            ["location.clinic_id", "location.id"],
            name=op.f("fk_movement_clinic_id_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "lot_id"], ["lot.clinic_id", "lot.id"], name=op.f("fk_movement_clinic_id_lot_id")
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_movement_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movement")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_movement_clinic_id_id"),
        sa.UniqueConstraint(
            "clinic_id",
            "source_id",
            "lot_id",
            "location_id",
            "kind",
            name=op.f("uq_movement_clinic_id_source_id_lot_id_location_id_kind"),
        ),
    )
    with op.batch_alter_table("movement", schema=None) as batch_op:
        batch_op.create_index("ix_movement_clinic_id_lot_id_at", ["clinic_id", "lot_id", "at"], unique=False)

    op.create_table(
        "pack",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "made_up",
                "available",
                "opened",
                "used",
                "discarded",
                "recalled",
                name="pack_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("needs_load", sa.Boolean(), nullable=False),
        sa.Column("load_id", sa.Uuid(), nullable=True),
        sa.Column("use_by", sa.Date(), nullable=False),
        sa.Column("made_up_at", inventory.db.Moment(timezone=True), nullable=False),
        sa.Column("made_up_by_id", sa.Uuid(), nullable=True),
        sa.Column("made_up_by_name", sa.String(), nullable=False),
        sa.Column("label_copies", sa.Integer(), nullable=False),
        sa.Column("labelled_at", inventory.db.Moment(timezone=True), nullable=True),
        sa.Column("discard_reason", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("label_copies >= 0", name=op.f("ck_pack_label_copies_are_counted")),
        sa.CheckConstraint("length(code) = 17", name=op.f("ck_pack_code_is_ours")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "load_id"], ["load.clinic_id", "load.id"], name=op.f("fk_pack_clinic_id_load_id")
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_pack_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_pack_clinic_id_id"),
        sa.UniqueConstraint("code", name=op.f("uq_pack_code")),
    )
    with op.batch_alter_table("pack", schema=None) as batch_op:
        batch_op.create_index("ix_pack_clinic_id_load_id", ["clinic_id", "load_id"], unique=False)
        batch_op.create_index("ix_pack_clinic_id_state", ["clinic_id", "state"], unique=False)

    op.create_table(
        "scan",
        sa.Column("treatment_id", sa.Uuid(), nullable=False),
        sa.Column("scanned", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column(
            "tone",
            sa.Enum(
                "green", "amber", "red", name="tone", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("next_step", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("at", inventory.db.Moment(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "treatment_id"],
            ["treatment_session.clinic_id", "treatment_session.id"],
            name=op.f("fk_scan_clinic_id_treatment_id"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_scan_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_scan_clinic_id_id"),
    )
    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.create_index(
            "ix_scan_clinic_id_treatment_id_at", ["clinic_id", "treatment_id", "at"], unique=False
        )

    op.create_table(
        "session_subject",
        sa.Column("treatment_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("patient_reference", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "treatment_id"],
            ["treatment_session.clinic_id", "treatment_session.id"],
            name=op.f("fk_session_subject_clinic_id_treatment_id"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_session_subject_clinic_id")),
        sa.PrimaryKeyConstraint("treatment_id", name=op.f("pk_session_subject")),
    )
    op.create_table(
        "treated_area",
        sa.Column("treatment_id", sa.Uuid(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column(
            "side",
            sa.Enum(
                "left",
                "right",
                "both",
                "midline",
                name="side",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("area_cm2", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "preset",
                "palms",
                "typed",
                name="area_source",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("added_at", inventory.db.Moment(timezone=True), nullable=False),
        sa.Column("withdrawn_at", inventory.db.Moment(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "area_cm2 BETWEEN 1 AND 20000", name=op.f("ck_treated_area_area_is_within_a_body")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "treatment_id"],
            ["treatment_session.clinic_id", "treatment_session.id"],
            name=op.f("fk_treated_area_clinic_id_treatment_id"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_treated_area_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treated_area")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_treated_area_clinic_id_id"),
    )
    with op.batch_alter_table("treated_area", schema=None) as batch_op:
        batch_op.create_index(
            "ix_treated_area_clinic_id_treatment_id", ["clinic_id", "treatment_id"], unique=False
        )

    op.create_table(
        "disinfection",
        sa.Column(
            "of",
            sa.Enum(
                "gun",
                "room_surface",
                "skin_site",
                name="disinfection_of",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("gun_id", sa.Uuid(), nullable=True),
        sa.Column("room_id", sa.Uuid(), nullable=True),
        sa.Column("treatment_id", sa.Uuid(), nullable=True),
        sa.Column("container_id", sa.Uuid(), nullable=False),
        sa.Column("contact_seconds", sa.Integer(), nullable=False),
        sa.Column(
            "rinse_water",
            sa.Enum(
                "none",
                "sterile",
                "filtered",
                "tap",
                name="rinse_water",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("finished_at", inventory.db.Moment(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("of <> 'gun' OR gun_id IS NOT NULL", name=op.f("ck_disinfection_a_gun_is_named")),
        sa.CheckConstraint(
            "of <> 'room_surface' OR room_id IS NOT NULL", name=op.f("ck_disinfection_a_room_is_named")
        ),
        sa.CheckConstraint(
            "of <> 'skin_site' OR treatment_id IS NOT NULL", name=op.f("ck_disinfection_a_session_is_named")
        ),
        sa.CheckConstraint(
            "contact_seconds BETWEEN 0 AND 86400", name=op.f("ck_disinfection_contact_time_is_within_a_day")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "container_id"],
            ["container.clinic_id", "container.id"],
            name=op.f("fk_disinfection_clinic_id_container_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "gun_id"],
            ["gun.clinic_id", "gun.id"],
            name=op.f("fk_disinfection_clinic_id_gun_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "room_id"],
            ["location.clinic_id", "location.id"],
            name=op.f("fk_disinfection_clinic_id_room_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "treatment_id"],
            ["treatment_session.clinic_id", "treatment_session.id"],
            name=op.f("fk_disinfection_clinic_id_treatment_id"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_disinfection_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disinfection")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_disinfection_clinic_id_id"),
    )
    with op.batch_alter_table("disinfection", schema=None) as batch_op:
        batch_op.create_index(
            "ix_disinfection_clinic_id_gun_id_finished_at",
            ["clinic_id", "gun_id", "finished_at"],
            unique=False,
        )
        batch_op.create_index(
            "ix_disinfection_clinic_id_treatment_id", ["clinic_id", "treatment_id"], unique=False
        )

    op.create_table(
        "flag_review",
        sa.Column("flag_id", sa.Uuid(), nullable=False),
        sa.Column("at", inventory.db.Moment(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_flag_review_has_a_reason")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "flag_id"],
            ["flag.clinic_id", "flag.id"],
            name=op.f("fk_flag_review_clinic_id_flag_id"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_flag_review_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_review")),
        sa.UniqueConstraint("clinic_id", "flag_id", name=op.f("uq_flag_review_clinic_id_flag_id")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_flag_review_clinic_id_id"),
    )
    op.create_table(
        "needle_use",
        sa.Column("treatment_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("pack_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("pins", sa.Integer(), nullable=False),
        sa.Column("fitted_at", inventory.db.Moment(timezone=True), nullable=False),
        sa.Column("regions", sa.String(), nullable=False),
        sa.Column("shots", sa.Integer(), nullable=True),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.Column("area_cm2", sa.Integer(), nullable=True),
        sa.Column(
            "must_change",
            sa.Enum(
                "limit_reached",
                "new_region",
                "new_syringe",
                "bone_contact",
                "dropped",
                "touched",
                "bent",
                "blocked",
                "comfort",
                "session_end",
                name="removal_reason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("removed_at", inventory.db.Moment(timezone=True), nullable=True),
        sa.Column(
            "removal_reason",
            sa.Enum(
                "limit_reached",
                "new_region",
                "new_syringe",
                "bone_contact",
                "dropped",
                "touched",
                "bent",
                "blocked",
                "comfort",
                "session_end",
                name="removal_reason_removal",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(removed_at IS NULL) = (removal_reason IS NULL)",
            name=op.f("ck_needle_use_a_removal_has_a_reason"),
        ),
        sa.CheckConstraint("area_cm2 BETWEEN 0 AND 20000", name=op.f("ck_needle_use_area_is_within_a_body")),
        sa.CheckConstraint("pins BETWEEN 1 AND 100", name=op.f("ck_needle_use_pins_are_few")),
        sa.CheckConstraint("shots BETWEEN 0 AND 100000", name=op.f("ck_needle_use_shots_are_counted")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "lot_id"], ["lot.clinic_id", "lot.id"], name=op.f("fk_needle_use_clinic_id_lot_id")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "pack_id"],
            ["pack.clinic_id", "pack.id"],
            name=op.f("fk_needle_use_clinic_id_pack_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "treatment_id"],
            ["treatment_session.clinic_id", "treatment_session.id"],
            name=op.f("fk_needle_use_clinic_id_treatment_id"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_needle_use_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_needle_use")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_needle_use_clinic_id_id"),
        sa.UniqueConstraint(
            "clinic_id",
            "treatment_id",
            "sequence",
            name=op.f("uq_needle_use_clinic_id_treatment_id_sequence"),
        ),
    )
    with op.batch_alter_table("needle_use", schema=None) as batch_op:
        batch_op.create_index(
            "ix_needle_use_clinic_id_fitted_at", ["clinic_id", "fitted_at", "id"], unique=False
        )
        batch_op.create_index("ix_needle_use_clinic_id_lot_id", ["clinic_id", "lot_id"], unique=False)
        batch_op.create_index(
            "uq_needle_use_fitted",
            ["clinic_id", "treatment_id"],
            unique=True,
            sqlite_where=sa.text("removed_at IS NULL"),
            postgresql_where=sa.text("removed_at IS NULL"),
        )

    op.create_table(
        "pack_content",
        sa.Column("pack_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("quantity BETWEEN 1 AND 1000", name=op.f("ck_pack_content_quantity_is_positive")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "lot_id"],
            ["lot.clinic_id", "lot.id"],
            name=op.f("fk_pack_content_clinic_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "pack_id"],
            ["pack.clinic_id", "pack.id"],
            name=op.f("fk_pack_content_clinic_id_pack_id"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_pack_content_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack_content")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_pack_content_clinic_id_id"),
        sa.UniqueConstraint(
            "clinic_id", "pack_id", "lot_id", name=op.f("uq_pack_content_clinic_id_pack_id_lot_id")
        ),
    )
    with op.batch_alter_table("pack_content", schema=None) as batch_op:
        batch_op.create_index("ix_pack_content_clinic_id_lot_id", ["clinic_id", "lot_id"], unique=False)

    op.create_table(
        "pack_use",
        sa.Column("pack_id", sa.Uuid(), nullable=False),
        sa.Column("treatment_id", sa.Uuid(), nullable=False),
        sa.Column("used_at", inventory.db.Moment(timezone=True), nullable=False),
        sa.Column("used_by_id", sa.Uuid(), nullable=True),
        sa.Column("used_by_name", sa.String(), nullable=False),
        sa.Column("voided_at", inventory.db.Moment(timezone=True), nullable=True),
        sa.Column("voided_by_id", sa.Uuid(), nullable=True),
        sa.Column("void_reason", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "voided_at IS NULL OR (void_reason IS NOT NULL AND voided_by_id IS NOT NULL AND voided_by_id <> used_by_id)",
            name=op.f("ck_pack_use_voided_by_a_second_person"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "pack_id"],
            ["pack.clinic_id", "pack.id"],
            name=op.f("fk_pack_use_clinic_id_pack_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "treatment_id"],
            ["treatment_session.clinic_id", "treatment_session.id"],
            name=op.f("fk_pack_use_clinic_id_treatment_id"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_pack_use_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack_use")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_pack_use_clinic_id_id"),
    )
    with op.batch_alter_table("pack_use", schema=None) as batch_op:
        batch_op.create_index(
            "ix_pack_use_clinic_id_treatment_id", ["clinic_id", "treatment_id"], unique=False
        )
        batch_op.create_index(
            "uq_pack_use_live",
            ["clinic_id", "pack_id"],
            unique=True,
            sqlite_where=sa.text("voided_at IS NULL"),
            postgresql_where=sa.text("voided_at IS NULL"),
        )

    op.create_table(
        "session_container",
        sa.Column("treatment_id", sa.Uuid(), nullable=False),
        sa.Column("container_id", sa.Uuid(), nullable=False),
        sa.Column("scanned_at", inventory.db.Moment(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "container_id"],
            ["container.clinic_id", "container.id"],
            name=op.f("fk_session_container_clinic_id_container_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "treatment_id"],
            ["treatment_session.clinic_id", "treatment_session.id"],
            name=op.f("fk_session_container_clinic_id_treatment_id"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_session_container_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_container")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_session_container_clinic_id_id"),
        sa.UniqueConstraint(
            "clinic_id",
            "treatment_id",
            "container_id",
            name=op.f("uq_session_container_clinic_id_treatment_id_container_id"),
        ),
    )
    with op.batch_alter_table("session_container", schema=None) as batch_op:
        batch_op.create_index(
            "ix_session_container_clinic_id_container_id", ["clinic_id", "container_id"], unique=False
        )

    op.create_table(
        "test_strip",
        sa.Column("container_id", sa.Uuid(), nullable=False),
        sa.Column("at", inventory.db.Moment(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "container_id"],
            ["container.clinic_id", "container.id"],
            name=op.f("fk_test_strip_clinic_id_container_id"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_test_strip_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_strip")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_test_strip_clinic_id_id"),
    )
    triggers()


def downgrade() -> None:
    drop_all()
    op.drop_table("test_strip")
    with op.batch_alter_table("session_container", schema=None) as batch_op:
        batch_op.drop_index("ix_session_container_clinic_id_container_id")

    op.drop_table("session_container")
    with op.batch_alter_table("pack_use", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_pack_use_live",
            sqlite_where=sa.text("voided_at IS NULL"),
            postgresql_where=sa.text("voided_at IS NULL"),
        )
        batch_op.drop_index("ix_pack_use_clinic_id_treatment_id")

    op.drop_table("pack_use")
    with op.batch_alter_table("pack_content", schema=None) as batch_op:
        batch_op.drop_index("ix_pack_content_clinic_id_lot_id")

    op.drop_table("pack_content")
    with op.batch_alter_table("needle_use", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_needle_use_fitted",
            sqlite_where=sa.text("removed_at IS NULL"),
            postgresql_where=sa.text("removed_at IS NULL"),
        )
        batch_op.drop_index("ix_needle_use_clinic_id_lot_id")
        batch_op.drop_index("ix_needle_use_clinic_id_fitted_at")

    op.drop_table("needle_use")
    op.drop_table("flag_review")
    with op.batch_alter_table("disinfection", schema=None) as batch_op:
        batch_op.drop_index("ix_disinfection_clinic_id_treatment_id")
        batch_op.drop_index("ix_disinfection_clinic_id_gun_id_finished_at")

    op.drop_table("disinfection")
    with op.batch_alter_table("treated_area", schema=None) as batch_op:
        batch_op.drop_index("ix_treated_area_clinic_id_treatment_id")

    op.drop_table("treated_area")
    op.drop_table("session_subject")
    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.drop_index("ix_scan_clinic_id_treatment_id_at")

    op.drop_table("scan")
    with op.batch_alter_table("pack", schema=None) as batch_op:
        batch_op.drop_index("ix_pack_clinic_id_state")
        batch_op.drop_index("ix_pack_clinic_id_load_id")

    op.drop_table("pack")
    with op.batch_alter_table("movement", schema=None) as batch_op:
        batch_op.drop_index("ix_movement_clinic_id_lot_id_at")

    op.drop_table("movement")
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_flag_live",
            sqlite_where=sa.text("cleared_at IS NULL"),
            postgresql_where=sa.text("cleared_at IS NULL"),
        )
        batch_op.drop_index("ix_flag_clinic_id_raised_at")

    op.drop_table("flag")
    op.drop_table("container")
    op.drop_table("balance")
    with op.batch_alter_table("treatment_session", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_treatment_session_open_gun",
            sqlite_where=sa.text("state IN ('setup', 'running')"),
            postgresql_where=sa.text("state IN ('setup', 'running')"),
        )
        batch_op.drop_index("ix_treatment_session_clinic_id_opened_at")

    op.drop_table("treatment_session")
    op.drop_table("trade_item")
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.drop_index("ix_lot_clinic_id_expires_on")

    op.drop_table("lot")
    op.drop_table("load")
    op.drop_table("gun_service")
    op.drop_table("stored_answer")
    op.drop_table("steriliser")
    op.drop_table("product")
    op.drop_table("policy")
    op.drop_table("membership")
    op.drop_table("location")
    op.drop_table("gun")
    op.drop_table("export")
    op.drop_table("audit_head")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entry_chain_subject_id")

    op.drop_table("audit_entry")
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_attempt_address_at")
        batch_op.drop_index("ix_sign_in_attempt_account_at")

    op.drop_table("sign_in_attempt")
    op.drop_table("person")
    op.drop_table("clinic")


def triggers() -> None:
    append_only("audit_entry", key=("chain", "seq"))
    append_only("movement")
    append_only("disinfection")
    append_only("test_strip")
    append_only("gun_service")
    append_only("scan")
    append_only("flag_review")
    append_only("pack_content")
    append_only("policy")
    append_only(
        "pack_use",
        allow="OLD.voided_at IS NULL AND NEW.voided_at IS NOT NULL AND "
        + same_but(
            ("voided_at", "voided_by_id", "void_reason"),
            ("id", "clinic_id", "pack_id", "treatment_id", "used_at", "used_by_id", "used_by_name"),
        ),
    )
    append_only(
        "flag",
        allow="OLD.cleared_at IS NULL AND "
        + same_but(
            ("cleared_at",),
            (
                "id",
                "clinic_id",
                "treatment_id",
                "code",
                "rule",
                "subject",
                "severity",
                "sentence",
                "facts",
                "policy_number",
                "raised_at",
            ),
        ),
    )
    append_only(
        "stored_answer",
        key=("clinic_id", "event_id"),
        allow="OLD.answer IS NULL AND "
        + same_but(("answer",), ("clinic_id", "event_id", "request_hash", "at")),
    )
    append_only(
        "export",
        allow="OLD.finished_at IS NULL AND "
        + same_but(
            ("finished_at", "row_count", "sha256"), ("id", "clinic_id", "at", "by_id", "by_name", "filters")
        ),
    )
    refuse("audit_head_never_deleted", "audit_head", "DELETE", "TRUE", "audit_head is append-only")
    refuse(
        "audit_head_only_grows",
        "audit_head",
        "UPDATE",
        "NEW.seq <> OLD.seq + 1 OR NEW.chain <> OLD.chain",
        "audit_head is append-only",
    )
    after_insert(
        "audit_entry_moves_head",
        "audit_entry",
        ["UPDATE audit_head SET seq = NEW.seq, hash = NEW.hash WHERE chain = NEW.chain"],
    )
    # Insert a zero first: an upsert checks on_hand >= 0 on the row it would insert, before it sees the conflict.
    after_insert(
        "movement_moves_balance",
        "movement",
        [
            "INSERT INTO balance (clinic_id, lot_id, location_id, on_hand) "
            "SELECT NEW.clinic_id, NEW.lot_id, NEW.location_id, 0 WHERE NOT EXISTS (SELECT 1 FROM balance "
            "WHERE clinic_id = NEW.clinic_id AND lot_id = NEW.lot_id AND location_id = NEW.location_id) "
            "ON CONFLICT DO NOTHING",
            "UPDATE balance SET on_hand = on_hand + NEW.quantity WHERE clinic_id = NEW.clinic_id "
            "AND lot_id = NEW.lot_id AND location_id = NEW.location_id",
        ],
    )
    refuse(
        "policy_follows_the_last",
        "policy",
        "INSERT",
        "EXISTS (SELECT 1 FROM policy WHERE clinic_id = NEW.clinic_id AND "
        "(in_force_from >= NEW.in_force_from OR number >= NEW.number))",
        "a policy may only supersede earlier ones",
    )
    refuse(
        "treatment_session_keeps_its_policy",
        "treatment_session",
        "UPDATE",
        "NEW.policy_id <> OLD.policy_id OR NEW.clinic_id <> OLD.clinic_id",
        "a session is judged by the policy it began under",
    )
    refuse(
        "treatment_session_stays_closed",
        "treatment_session",
        "UPDATE",
        "OLD.closed_at IS NOT NULL",
        "a closed session is not changed",
    )
    refuse(
        "treatment_session_never_deleted",
        "treatment_session",
        "DELETE",
        "TRUE",
        "treatment_session is append-only",
    )
    refuse("needle_use_never_deleted", "needle_use", "DELETE", "TRUE", "needle_use is append-only")
    # A count missing at removal is estimated when the session closes; nothing else of a removed needle changes.
    refuse(
        "needle_use_ends_once",
        "needle_use",
        "UPDATE",
        "OLD.removed_at IS NOT NULL AND NOT (OLD.shots IS NULL AND OLD.estimated AND "
        + same_but(
            ("shots", "area_cm2"),
            (
                "id",
                "clinic_id",
                "treatment_id",
                "sequence",
                "pack_id",
                "lot_id",
                "pins",
                "fitted_at",
                "regions",
                "estimated",
                "must_change",
                "removed_at",
                "removal_reason",
                "shots",
                "area_cm2",
            ),
        )
        + ")",
        "a removed needle is not changed",
    )
    refuse("treated_area_never_deleted", "treated_area", "DELETE", "TRUE", "treated_area is append-only")
    refuse(
        "pack_use_of_a_good_pack",
        "pack_use",
        "INSERT",
        "EXISTS (SELECT 1 FROM pack LEFT JOIN load ON load.id = pack.load_id WHERE pack.id = NEW.pack_id AND "
        "(pack.state IN ('made_up', 'discarded', 'recalled', 'used') OR (load.state IS NOT NULL AND load.state <> 'released') "
        "OR (pack.needs_load AND pack.load_id IS NULL))) OR "
        "EXISTS (SELECT 1 FROM pack_content JOIN lot ON lot.id = pack_content.lot_id "
        "WHERE pack_content.pack_id = NEW.pack_id AND lot.status = 'recalled')",
        "this pack may not be opened",
    )
    refuse(
        "flag_review_by_somebody_else",
        "flag_review",
        "INSERT",
        "EXISTS (SELECT 1 FROM flag JOIN treatment_session t ON t.id = flag.treatment_id "
        "WHERE flag.id = NEW.flag_id AND t.opened_by_id = NEW.by_id)",
        "a flag is not reviewed by who worked in the session",
    )
