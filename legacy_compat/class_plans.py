"""Class plans of the old app, where something of ours touches them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from legacy_compat.schema import qualified

if TYPE_CHECKING:
    from uuid import UUID

DELETE_STEPS = f"""
-- delete_steps: where a choreography stands in class plans
DELETE FROM {qualified("class_plan_sequences")} WHERE choreography_id = %s RETURNING class_plan_id
"""  # noqa: S608 names are constants

# Two steps: the key (class_plan_id, sequence_order) is checked row by row.
SET_ASIDE = f"""
-- set_aside: number what is left from 1, below zero
UPDATE {qualified("class_plan_sequences")} AS step SET sequence_order = -numbered.place
  FROM (SELECT id, row_number() OVER (PARTITION BY class_plan_id ORDER BY sequence_order) AS place
          FROM {qualified("class_plan_sequences")} WHERE class_plan_id = ANY(%s)) AS numbered
 WHERE step.id = numbered.id
"""  # noqa: S608 names are constants
PUT_BACK = f"""
-- put_back: and above it again
UPDATE {qualified("class_plan_sequences")} SET sequence_order = -sequence_order
 WHERE class_plan_id = ANY(%s) AND sequence_order < 0
"""  # noqa: S608 names are constants


def remove_from_class_plans(choreography_id: UUID) -> int:
    """Delete a choreography's steps in all class plans, as the old app does; return how many.

    What is left of each plan is numbered 1 … n again. Joins the caller's transaction; the second
    time there is nothing to do. The foreign key has no cascade: without this, deleting the
    choreography's row would fail at the commit.
    """
    with connection.cursor() as cursor:
        cursor.execute(DELETE_STEPS, [choreography_id])
        plans = [plan_id for (plan_id,) in cursor.fetchall()]
        if plans:
            cursor.execute(SET_ASIDE, [plans])
            cursor.execute(PUT_BACK, [plans])
    return len(plans)
