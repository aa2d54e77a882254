"""A job that ends is announced to the dispatchers: its place is free for the next."""

from django.db import migrations

ANNOUNCE = """
CREATE FUNCTION announce_free_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_catalog.pg_notify('bachata_outbox', '');
    RETURN NULL;
END $$;

CREATE TRIGGER task_views_announce_free_places AFTER UPDATE OF phase ON task_views
    FOR EACH ROW WHEN (OLD.phase IN ('dispatched', 'running')
                       AND NEW.phase NOT IN ('dispatched', 'running'))
    EXECUTE FUNCTION announce_free_place();
"""

SILENCE = """
DROP TRIGGER task_views_announce_free_places ON task_views;
DROP FUNCTION announce_free_place();
"""


class Migration(migrations.Migration):
    dependencies = [("choreography", "0002_tasks_say_the_camera")]

    operations = [migrations.RunSQL(ANNOUNCE, SILENCE)]
