"""Whose job comes next: users in turn, and of each user what was asked first.

Everybody's first task comes before anybody's second, where a task that has a job counts; within a
round, whoever was served longest ago comes first. So somebody who asks for one choreography waits
for one job of somebody who asked for a hundred.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from modules.choreography.contract import Phase, dispatch_key
from modules.choreography.queue_estimate import Queue
from modules.eventstore.contract import NextMessages

SELECT_ORDER = """
-- select_order: live tasks, those with a job first, then the others as they will get one
WITH live AS (
     SELECT task_id, attempt, user_id, created_at, phase, phase <> 'requested' AS has_job
       FROM task_views WHERE phase IN ('requested', 'dispatched', 'running')),
in_turn AS (
     SELECT *, row_number() OVER (PARTITION BY user_id
                                  ORDER BY has_job DESC, created_at, task_id) AS turn
       FROM live),
served AS (
     SELECT asking.user_id, asking.since, newest.updated_at AS at
       FROM (SELECT user_id, min(created_at) AS since FROM live GROUP BY user_id) AS asking
       LEFT JOIN LATERAL (
            SELECT updated_at FROM task_views AS v
             WHERE v.user_id = asking.user_id AND v.job_execution_name IS NOT NULL
             ORDER BY v.created_at DESC LIMIT 1) AS newest ON true)
SELECT task_id, attempt, phase FROM in_turn JOIN served USING (user_id)
 ORDER BY has_job DESC, turn, at NULLS FIRST, since, created_at, task_id LIMIT %s
"""
MORE_THAN_FIT = 64
"""Orders named beyond the free places, in case some of them are put off or being delivered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobQueue:
    """The order of the jobs, kept by the database: any number of dispatchers agree on it.

    Parameters
    ----------
    concurrency : int
        Jobs that run at the same time.
    """

    concurrency: int

    def next_orders(self, leased: int) -> NextMessages:
        """Name the orders that come next, as many as there are free places and some more.

        Parameters
        ----------
        leased : int
            Orders that are being delivered: their jobs are about to take a place.
        """
        with connection.cursor() as cursor:
            cursor.execute(SELECT_ORDER, [2 * self.concurrency + MORE_THAN_FIT])
            rows = cursor.fetchall()
        keys = [dispatch_key(id_, attempt) for id_, attempt, phase in rows if phase == "requested"]
        busy = len(rows) - len(keys)
        return NextMessages(keys=keys, at_most=max(0, self.concurrency - busy - leased))


def read_queue() -> Queue:
    """Return every live task; what jobs usually take is left open."""
    with connection.cursor() as cursor:
        cursor.execute(SELECT_ORDER, [None])
        rows = cursor.fetchall()
    waiting = [task_id for task_id, _, phase in rows if phase != Phase.RUNNING]
    return Queue(
        places={task_id: place for place, task_id in enumerate(waiting)},
        busy=len(rows) - len(waiting),
    )
