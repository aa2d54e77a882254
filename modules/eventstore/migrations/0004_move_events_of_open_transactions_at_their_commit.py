"""Nobody holds the commit-order lock while a client works.

Events saved inside a transaction that goes on are kept beside, where no lock is needed. At its
COMMIT a deferred trigger moves them to the log, under the lock, while the server works and nobody
else: a process that was stopped or cut off in between hinders no other.

Deferred triggers fire in the order of their rows. A version that somebody else recorded meanwhile
makes the COMMIT fail, by the constraint of the log.
"""

from django.db import migrations, models

MOVE = """
CREATE FUNCTION store_event_of_commit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO bachata.stored_events
           (originator_id, originator_version, topic, state, metadata)
    VALUES (NEW.originator_id, NEW.originator_version, NEW.topic, NEW.state, NEW.metadata);
    DELETE FROM bachata.events_to_commit WHERE id = NEW.id;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER events_stored_at_commit AFTER INSERT ON events_to_commit
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION store_event_of_commit();

CREATE FUNCTION store_messages_and_events_at_commit(messages jsonb, events jsonb)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE known text;
BEGIN
    SELECT e.originator_id || ' version ' || e.originator_version INTO known
      FROM jsonb_array_elements(events) AS new
      JOIN (SELECT originator_id, originator_version FROM stored_events
             UNION ALL
            SELECT originator_id, originator_version FROM events_to_commit) AS e
        ON e.originator_id = (new ->> 0)::uuid AND e.originator_version = (new ->> 1)::int
     LIMIT 1;
    IF known IS NOT NULL THEN
        RAISE EXCEPTION '% is stored', known USING ERRCODE = 'unique_violation',
              TABLE = 'stored_events', CONSTRAINT = 'stored_events_one_per_version';
    END IF;
    PERFORM store_messages_and_events(messages, '[]');
    INSERT INTO events_to_commit (originator_id, originator_version, topic, state, metadata)
    SELECT (e ->> 0)::uuid, (e ->> 1)::int, e ->> 2, e -> 3, e -> 4
      FROM jsonb_array_elements(events) AS e;
END $$;
"""

STAY = """
DROP FUNCTION store_messages_and_events_at_commit(jsonb, jsonb);
DROP TRIGGER events_stored_at_commit ON events_to_commit;
DROP FUNCTION store_event_of_commit();
"""


class Migration(migrations.Migration):
    dependencies = [("eventstore", "0003_store_messages_and_events_with_one_call")]

    operations = [
        migrations.CreateModel(
            name="EventToCommit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("originator_id", models.UUIDField(db_index=True)),
                ("originator_version", models.IntegerField()),
                ("topic", models.TextField()),
                ("state", models.JSONField()),
                ("metadata", models.JSONField()),
            ],
            options={"db_table": "events_to_commit"},
        ),
        migrations.RunSQL(MOVE, STAY),
    ]
