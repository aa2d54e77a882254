"""What the database itself promises, whoever writes.

- Events are never changed or removed.
- Positions are drawn one transaction at a time, so their order is the order of commits and a
  reader at ``position > n`` misses none. The trigger is per statement: a row trigger runs after
  the position was drawn. The lock number is ``bachata`` in ASCII.
- A new message is announced on the channel ``bachata_outbox``; only a hint, it may be lost.

The function bodies name everything by schema, so no ``search_path`` can change their meaning.
"""

from django.db import migrations

GUARD_EVENTS = """
CREATE FUNCTION refuse_to_change_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'stored events are never changed or removed (% refused)', TG_OP
        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
END $$;

CREATE TRIGGER stored_events_never_change BEFORE UPDATE OR DELETE ON stored_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_events();

CREATE TRIGGER stored_events_never_emptied BEFORE TRUNCATE ON stored_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_events();

CREATE FUNCTION draw_positions_in_commit_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_catalog.pg_advisory_xact_lock(27691627298518113);
    RETURN NULL;
END $$;

CREATE TRIGGER stored_events_in_commit_order BEFORE INSERT ON stored_events
    FOR EACH STATEMENT EXECUTE FUNCTION draw_positions_in_commit_order();
"""

RELEASE_EVENTS = """
DROP TRIGGER stored_events_in_commit_order ON stored_events;
DROP FUNCTION draw_positions_in_commit_order();
DROP TRIGGER stored_events_never_emptied ON stored_events;
DROP TRIGGER stored_events_never_change ON stored_events;
DROP FUNCTION refuse_to_change_events();
"""

ANNOUNCE_MESSAGES = """
CREATE FUNCTION announce_outbox_messages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_catalog.pg_notify('bachata_outbox', '');
    RETURN NULL;
END $$;

CREATE TRIGGER outbox_messages_announced AFTER INSERT ON outbox_messages
    FOR EACH STATEMENT EXECUTE FUNCTION announce_outbox_messages();
"""

SILENCE_MESSAGES = """
DROP TRIGGER outbox_messages_announced ON outbox_messages;
DROP FUNCTION announce_outbox_messages();
"""


class Migration(migrations.Migration):
    dependencies = [("eventstore", "0001_create_stored_events_and_outbox_messages")]

    operations = [
        migrations.RunSQL(GUARD_EVENTS, RELEASE_EVENTS),
        migrations.RunSQL(ANNOUNCE_MESSAGES, SILENCE_MESSAGES),
    ]
