"""The models over the legacy tables: the same columns, and rows that can be written and read."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone

from legacy_compat.models import (
    LegacyClassPlan,
    LegacyClassPlanSequence,
    LegacySavedChoreography,
    LegacyTask,
)
from legacy_compat.schema import ADDED_COLUMNS, legacy_tables, qualified

if TYPE_CHECKING:
    from django.db.models import Model

MODELS = [*apps.get_app_config("legacy_compat").get_models(), get_user_model()]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_model_has_exactly_the_tables_columns(model: type[Model]) -> None:
    described = {
        qualified(table.name): table for table in legacy_tables(settings.LEGACY_USER_TABLE)
    }
    table = described[model._meta.db_table]
    columns = [*table.columns, *ADDED_COLUMNS.get(table.name, ())]

    found = {
        field.column: (
            str(field.db_type(connection)).replace("varchar", "character varying"),
            field.null,
        )
        for field in model._meta.local_concrete_fields
    }

    assert found == {column.name: (column.type, column.nullable) for column in columns}
    assert not model._meta.managed


@pytest.mark.django_db
def test_rows_are_written_found_changed_and_deleted() -> None:
    user = get_user_model().objects.create_user("dancer")
    now = timezone.now()
    task = LegacyTask.objects.create(
        task_id=str(uuid4()),
        status="started",
        progress=0,
        stage="initializing",
        message="…",
        created_at=now,
        updated_at=now,
        user_id=user.pk,
    )
    saved = LegacySavedChoreography.objects.create(
        title="First",
        video_path="/a.mp4",
        difficulty="beginner",
        duration=61.5,
        music_info={"bpm": 120},
        created_at=now,
        user_id=user.pk,
    )
    plan = LegacyClassPlan.objects.create(
        title="Monday",
        difficulty_level="beginner",
        created_at=now,
        updated_at=now,
        instructor_id=user.pk,
    )
    LegacyClassPlanSequence.objects.create(
        sequence_order=1, choreography_id=saved.pk, class_plan_id=plan.pk
    )

    LegacyTask.objects.filter(pk=task.pk).update(result={"video_path": "/a.mp4"})

    assert LegacyTask.objects.get(result__video_path="/a.mp4", user_id=user.pk) == task
    assert task_rows(task.pk) == 1
    for model in (LegacyClassPlanSequence, LegacyClassPlan, LegacySavedChoreography, LegacyTask):
        assert model.objects.all().delete()[0] == 1
    assert task_rows(task.pk) == 0


def task_rows(task_id: str) -> int:
    """Count rows in ``public`` without the models."""
    with connection.cursor() as cursor:
        query = "SELECT count(*) FROM public.choreography_tasks WHERE task_id = %s"
        cursor.execute(query, [task_id])
        return int(cursor.fetchone()[0])
