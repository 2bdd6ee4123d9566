"""Policy drafts, kept judgements, and the review of flags in steps"""

import sqlalchemy as sa
from alembic import op

import inventory.db
from inventory.migrations.triggers import append_only, drop_triggers_of, refuse, same_but

revision = "0080"
down_revision = "0073"
branch_labels = None
depends_on = None

DRAFT = (
    "id",
    "clinic_id",
    "based_on",
    "in_force_on",
    "thresholds",
    "reason",
    "drafted_by_id",
    "drafted_by_name",
    "drafted_at",
)
WORKED_THERE = (
    "EXISTS (SELECT 1 FROM flag JOIN treatment_session t ON t.id = flag.treatment_id WHERE flag.id = NEW.flag_id AND "
    "(t.opened_by_id = NEW.by_id "
    "OR EXISTS (SELECT 1 FROM scan WHERE scan.clinic_id = t.clinic_id AND scan.treatment_id = t.id "
    "AND scan.by_id = NEW.by_id) "
    "OR EXISTS (SELECT 1 FROM membership m WHERE m.id = t.practitioner_membership_id AND m.person_id = NEW.by_id) "
    "OR EXISTS (SELECT 1 FROM audit_entry a WHERE a.chain = t.clinic_id AND a.subject_id = t.id "
    "AND a.actor_id = NEW.by_id AND (substr(a.action, 1, 8) = 'session.' OR substr(a.action, 1, 7) = 'needle.'))))"
)


def upgrade() -> None:
    op.create_table('policy_draft',
    sa.Column('based_on', sa.Integer(), nullable=False),
    sa.Column('in_force_on', sa.Date(), nullable=True),
    sa.Column('thresholds', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('drafted_by_id', sa.Uuid(), nullable=False),
    sa.Column('drafted_by_name', sa.String(), nullable=False),
    sa.Column('drafted_at', inventory.db.Moment(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'approved', 'withdrawn', name='draft_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('decided_by_id', sa.Uuid(), nullable=True),
    sa.Column('decided_by_name', sa.String(), nullable=True),
    sa.Column('decided_at', inventory.db.Moment(timezone=True), nullable=True),
    sa.Column('decision_reason', sa.String(), nullable=True),
    sa.Column('policy_id', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name=op.f('ck_policy_draft_a_decision_has_a_time')),
    sa.CheckConstraint("(state = 'approved') = (policy_id IS NOT NULL)", name=op.f('ck_policy_draft_what_is_approved_is_a_version')),
    sa.CheckConstraint("state <> 'approved' OR decided_by_id <> drafted_by_id", name=op.f('ck_policy_draft_a_second_person_approves')),
    sa.ForeignKeyConstraint(['clinic_id', 'policy_id'], ['policy.clinic_id', 'policy.id'], name=op.f('fk_policy_draft_clinic_id_policy_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_policy_draft_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_policy_draft')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_policy_draft_clinic_id_id')
    )
    op.create_index('ix_policy_draft_clinic_id_drafted_at', 'policy_draft', ['clinic_id', 'drafted_at'], unique=False)
    op.create_table('judgement',
    sa.Column('treatment_id', sa.Uuid(), nullable=False),
    sa.Column('at', inventory.db.Moment(timezone=True), nullable=False),
    sa.Column('policy_number', sa.Integer(), nullable=False),
    sa.Column('rules_version', sa.Integer(), nullable=False),
    sa.Column('facts', sa.String(), nullable=False),
    sa.Column('findings', sa.String(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['clinic_id', 'treatment_id'], ['treatment_session.clinic_id', 'treatment_session.id'], name=op.f('fk_judgement_clinic_id_treatment_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_judgement_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_judgement')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_judgement_clinic_id_id')
    )
    op.create_index('ix_judgement_clinic_id_treatment_id', 'judgement', ['clinic_id', 'treatment_id'], unique=False)
    op.create_table('flag_step',
    sa.Column('flag_id', sa.Uuid(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('step', sa.Enum('acknowledge', 'agree_action', 'close', 'reopen', name='step', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('state', sa.Enum('open', 'acknowledged', 'action_agreed', 'closed', name='flag_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('action', sa.String(), nullable=True),
    sa.Column('owner_membership_id', sa.Uuid(), nullable=True),
    sa.Column('owner_name', sa.String(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('at', inventory.db.Moment(timezone=True), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=False),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(step = 'agree_action') = (action IS NOT NULL) AND (step = 'agree_action') = (due_on IS NOT NULL) AND (step = 'agree_action') = (owner_membership_id IS NOT NULL) AND (step = 'agree_action') = (owner_name IS NOT NULL)", name=op.f('ck_flag_step_an_action_says_who_and_by_when')),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_flag_step_has_a_reason')),
    sa.CheckConstraint('sequence >= 1', name=op.f('ck_flag_step_sequence_counts_from_one')),
    sa.ForeignKeyConstraint(['clinic_id', 'flag_id'], ['flag.clinic_id', 'flag.id'], name=op.f('fk_flag_step_clinic_id_flag_id')),
    sa.ForeignKeyConstraint(['clinic_id', 'owner_membership_id'], ['membership.clinic_id', 'membership.id'], name=op.f('fk_flag_step_clinic_id_owner_membership_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_flag_step_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_flag_step')),
    sa.UniqueConstraint('clinic_id', 'flag_id', 'sequence', name=op.f('uq_flag_step_clinic_id_flag_id_sequence')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_flag_step_clinic_id_id')
    )
    op.create_index('ix_flag_step_clinic_id_due_on', 'flag_step', ['clinic_id', 'due_on'], unique=False)
    # What a gun did before a session is asked for every sterility bundle.
    op.create_index('ix_treatment_session_clinic_id_gun_id_closed_at', 'treatment_session', ['clinic_id', 'gun_id', 'closed_at'], unique=False)
    # Until now a review ended the matter: each one becomes the step that closed its flag.
    op.execute(
        "INSERT INTO flag_step (id, clinic_id, flag_id, sequence, step, state, reason, at, by_id, by_name) "
        "SELECT id, clinic_id, flag_id, 1, 'close', 'closed', reason, at, by_id, by_name FROM flag_review"
    )
    drop_triggers_of("flag_review")
    op.drop_table("flag_review")
    append_only("policy_draft", allow="OLD.state = 'waiting' AND " + same_but((), DRAFT))
    append_only("judgement")
    append_only("flag_step")
    refuse(
        "flag_step_by_somebody_else",
        "flag_step",
        "INSERT",
        WORKED_THERE,
        "a flag is not reviewed by who worked in the session",
    )
    refuse(
        "flag_step_follows_the_last",
        "flag_step",
        "INSERT",
        "NEW.sequence <> 1 + (SELECT COUNT(*) FROM flag_step WHERE clinic_id = NEW.clinic_id AND flag_id = NEW.flag_id)",
        "a step of a review follows the one before",
    )


def downgrade() -> None:
    op.create_table('flag_review',
    sa.Column('flag_id', sa.Uuid(), nullable=False),
    sa.Column('at', inventory.db.Moment(timezone=True), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=False),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_flag_review_has_a_reason')),
    sa.ForeignKeyConstraint(['clinic_id', 'flag_id'], ['flag.clinic_id', 'flag.id'], name=op.f('fk_flag_review_clinic_id_flag_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_flag_review_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_flag_review')),
    sa.UniqueConstraint('clinic_id', 'flag_id', name=op.f('uq_flag_review_clinic_id_flag_id')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_flag_review_clinic_id_id')
    )
    op.execute(
        "INSERT INTO flag_review (id, clinic_id, flag_id, at, by_id, by_name, reason) "
        "SELECT id, clinic_id, flag_id, at, by_id, by_name, reason FROM flag_step WHERE sequence = 1"
    )
    append_only("flag_review")
    refuse(
        "flag_review_by_somebody_else",
        "flag_review",
        "INSERT",
        "EXISTS (SELECT 1 FROM flag JOIN treatment_session t ON t.id = flag.treatment_id "
        "WHERE flag.id = NEW.flag_id AND t.opened_by_id = NEW.by_id)",
        "a flag is not reviewed by who worked in the session",
    )
    op.drop_index('ix_treatment_session_clinic_id_gun_id_closed_at', table_name='treatment_session')
    for table in ("flag_step", "judgement", "policy_draft"):
        drop_triggers_of(table)
        op.drop_table(table)
