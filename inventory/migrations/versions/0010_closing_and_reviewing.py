"""A session closes with its pack and its flags; a flag is reviewed by nobody who worked in the session."""

from alembic import op

from inventory.migrations.triggers import drop_trigger, refuse

revision = "0010"
down_revision = "0005"
branch_labels = None
depends_on = None

OPENED_IT = (
    "EXISTS (SELECT 1 FROM flag JOIN treatment_session t ON t.id = flag.treatment_id "
    "WHERE flag.id = NEW.flag_id AND t.opened_by_id = NEW.by_id)"
)
WORKED_IN_IT = (
    "EXISTS (SELECT 1 FROM flag JOIN treatment_session t ON t.id = flag.treatment_id "
    "WHERE flag.id = NEW.flag_id AND (t.opened_by_id = NEW.by_id "
    "OR EXISTS (SELECT 1 FROM membership m WHERE m.id = t.practitioner_membership_id AND m.person_id = NEW.by_id) "
    "OR EXISTS (SELECT 1 FROM scan s WHERE s.clinic_id = t.clinic_id AND s.treatment_id = t.id AND s.by_id = NEW.by_id) "
    "OR EXISTS (SELECT 1 FROM audit_entry a WHERE a.chain = t.clinic_id AND a.subject_id = t.id "
    "AND a.actor_id = NEW.by_id AND (substr(a.action, 1, 8) = 'session.' OR substr(a.action, 1, 7) = 'needle.'))))"
)
SENTENCE = "a flag is not reviewed by who worked in the session"
WITHOUT_PACK = (
    "OLD.closed_at IS NULL AND ((NEW.state = 'closed' AND NEW.close_reason IS NULL AND NOT EXISTS (SELECT 1 FROM pack_use u "
    "WHERE u.treatment_id = NEW.id AND u.voided_at IS NULL)) "
    "OR (NEW.state = 'abandoned' AND COALESCE(NEW.close_reason, '') = ''))"
)


def upgrade() -> None:
    drop_trigger("flag_review_by_somebody_else", "flag_review")
    refuse("flag_review_by_somebody_else", "flag_review", "INSERT", WORKED_IN_IT, SENTENCE)
    refuse(
        "treatment_session_closes_with_a_pack",
        "treatment_session",
        "UPDATE",
        WITHOUT_PACK,
        "a session ends with a pack or with a reason",
    )
    refuse(
        "treatment_session_closes_with_its_flags",
        "treatment_session",
        "UPDATE",
        # Day by day on this planet's last clock: what counts as past here is past in every clinic's zone.
        "OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL AND EXISTS (SELECT 1 FROM pack_use u JOIN pack p ON p.id = u.pack_id "
        f"WHERE u.treatment_id = NEW.id AND u.voided_at IS NULL AND p.use_by < {_latest_day()}) "
        "AND NOT EXISTS (SELECT 1 FROM flag f WHERE f.treatment_id = NEW.id AND f.severity = 'critical')",
        "a session in which an expired pack was opened ends with a critical flag",
    )


def downgrade() -> None:
    drop_trigger("treatment_session_closes_with_its_flags", "treatment_session")
    drop_trigger("treatment_session_closes_with_a_pack", "treatment_session")
    drop_trigger("flag_review_by_somebody_else", "flag_review")
    refuse("flag_review_by_somebody_else", "flag_review", "INSERT", OPENED_IT, SENTENCE)


def _latest_day() -> str:
    if op.get_bind().dialect.name == "sqlite":
        return "date(u.used_at, '-12 hours')"
    return "CAST((u.used_at AT TIME ZONE 'UTC') - INTERVAL '12 hours' AS date)"
