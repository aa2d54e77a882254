"""Appends per second against the eventsourcing library's own recorder, and a tailing reader.

    uv run python benchmarks/eventstore.py [--json] [--rounds 21] [--seconds 0.3]

Both sides run in the same scratch database of the same server, in the same processes, with the
same aggregate and the same durability (``synchronous_commit`` as the server has it); rounds of
either alternate and swap places, figures are medians. Writers are processes: each stands for one
API worker, and none waits for another's interpreter.

ours
    ``save()`` of `DjangoEventStore`: one transaction with a projected row (an upsert), an
    outbox message (which is announced by NOTIFY) and one event, its position drawn under the
    commit-order lock.
library
    ``save()`` of its ``Application`` on ``eventsourcing.postgres``, with its defaults but one
    connection per writer, as ours has: one transaction with one event and a NOTIFY, its position
    drawn under its table lock. No message, no row.

The reader tails ``position > n`` while 8 processes append and roll back every fifth transaction;
``missed`` is how many committed events it did not see.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import multiprocessing
import os
import queue
import random
import statistics
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from multiprocessing.synchronize import Barrier

SCRATCH = "bachata_benchmark"
WIDTHS = (1, 4, 16)
TAIL_WRITERS = 8
ROLLBACKS = 0.2
WARM_UP = 60
VIEWS = "CREATE TABLE benchmark_views (id uuid PRIMARY KEY, status text, updated_at timestamptz)"
UPSERT = """
INSERT INTO {into} (id, status, updated_at) VALUES (%s, %s, %s)
ON CONFLICT (id) DO UPDATE SET status = excluded.status, updated_at = excluded.updated_at
"""


def _library_env(params: Mapping[str, Any], *, make_table: bool) -> dict[str, str]:
    """Settings of the library's own recorder, for Django's database."""
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": params["dbname"],
        "POSTGRES_HOST": params.get("host", ""),
        "POSTGRES_PORT": str(params.get("port", "")),
        "POSTGRES_USER": params.get("user", ""),
        "POSTGRES_PASSWORD": params.get("password", "") or "none",
        "POSTGRES_SCHEMA": "public",
        "POSTGRES_POOL_SIZE": "1",
        "POSTGRES_MAX_OVERFLOW": "0",
        "CREATE_TABLE": "yes" if make_table else "no",
    }


class Side:
    """Both applications over one aggregate; imported in the writer's process, after Django."""

    def __init__(self, *, make_table: bool = False) -> None:
        import django

        django.setup()
        from django.db import connection
        from eventsourcing.application import Application
        from eventsourcing.domain import Aggregate, event

        from modules.eventstore.contract import OutboxMessage
        from modules.eventstore.store import DjangoEventStore

        class Order(Aggregate):
            TOPIC = "benchmark.Order"

            class Created(Aggregate.Created):
                TOPIC = "benchmark.OrderPlaced"
                user_id: int
                song: str
                difficulty: str

            @event(Created)
            def __init__(self, user_id: int, song: str, difficulty: str) -> None:
                self.user_id, self.song, self.difficulty = user_id, song, difficulty

        class Views:
            table = "benchmark_views"
            topics = frozenset({"benchmark.OrderPlaced"})

            def apply(self, events: Any, *, into: str) -> None:
                with connection.cursor() as cursor:
                    for stored in events:
                        row = [stored.originator_id, "requested", stored.state["timestamp"]]
                        cursor.execute(UPSERT.format(into=into), row)

        class BenchmarkLibrary(Application):
            pass

        self.order, self.message = Order, OutboxMessage
        self.ours = DjangoEventStore(projections=[Views()])
        params = connection.get_connection_params()
        self.library = BenchmarkLibrary(env=_library_env(params, make_table=make_table))

    def _an_order(self) -> Any:
        return self.order(user_id=7, song="vibe_ace.ogg", difficulty="beginner")

    def append_ours(self) -> None:
        """Store an event, a message and a row."""
        order = self._an_order()
        payload = {"task_id": str(order.id), "attempt": 1}
        message = self.message("generation.dispatch", f"dispatch:{order.id}:1", payload)
        self.ours.save(order, outbox=[message])

    def append_library(self) -> None:
        """Store an event."""
        self.library.save(self._an_order())

    def append_or_roll_back(self) -> None:
        """Store like `append_ours`, or change one's mind at the last moment."""
        from django.db import transaction

        if random.random() >= ROLLBACKS:  # noqa: S311
            self.append_ours()
            return
        with transaction.atomic():
            self.append_ours()
            transaction.set_rollback(True)


def write(orders: Any, results: Any, start: Barrier) -> None:
    """Be one writer: append in the way and for the time each order says."""
    side = Side()
    for _ in range(WARM_UP):
        side.append_ours()
        side.append_library()
    results.put(0)
    while (order := orders.get()) is not None:
        how, seconds = order
        append: Callable[[], None] = getattr(side, f"append_{how}")
        start.wait()
        until, count = time.perf_counter() + seconds, 0
        while time.perf_counter() < until:
            append()
            count += 1
        results.put(count)
    side.library.close()


class Writers:
    """So many processes, told together what to do."""

    def __init__(self, n: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.n, self._results = n, context.Queue()
        self._orders = [context.Queue() for _ in range(n)]
        start = context.Barrier(n)
        self._processes = [
            context.Process(target=write, args=(orders, self._results, start))
            for orders in self._orders
        ]
        for process in self._processes:
            process.start()
        self.wait()

    def start(self, how: str, seconds: float) -> None:
        """Let all append for so long."""
        for orders in self._orders:
            orders.put((how, seconds))

    def wait(self) -> int:
        """Wait until all are done; give how many appends they made."""
        return sum(self._next_result() for _ in range(self.n))

    def _next_result(self) -> int:
        while True:
            try:
                return int(self._results.get(timeout=1.0))
            except queue.Empty:
                if any(process.exitcode for process in self._processes):
                    self._end()
                    raise SystemExit("a writer died; see its words above") from None

    def _end(self) -> None:
        for process in self._processes:
            process.terminate()

    def rate(self, how: str, seconds: float) -> float:
        """Give appends per second, all writers together."""
        self.start(how, seconds)
        return self.wait() / seconds

    def close(self) -> None:
        """Send all home."""
        for orders in self._orders:
            orders.put(None)
        for process in self._processes:
            process.join()


def measure(width: int, *, rounds: int, seconds: float) -> dict[str, float]:
    """Alternate both sides; give the medians and their ratio."""
    writers = Writers(width)
    rates: dict[str, list[float]] = {"ours": [], "library": []}
    for number in range(rounds):
        for how in sorted(rates, reverse=bool(number % 2)):
            rates[how].append(writers.rate(how, seconds))
    writers.close()
    ours, library = (statistics.median(rates[how]) for how in ("ours", "library"))
    return {
        "writers": width,
        "ours": round(ours, 1),
        "library": round(library, 1),
        "ratio": round(ours / library, 3),
    }


def tail(seconds: float) -> dict[str, int]:
    """Read along while writers append and roll back; count what was committed and not seen."""
    from modules.eventstore.event_log import EventLog

    log = EventLog()
    cursor = log.read(limit=10**9)[-1].position or 0
    first, seen = cursor, []
    writers = Writers(TAIL_WRITERS)
    writers.start("or_roll_back", seconds)
    until = time.perf_counter() + seconds + 1.0
    while time.perf_counter() < until:
        batch = log.read(after=cursor)
        seen += [stored.position for stored in batch]
        cursor = seen[-1] if seen else cursor
    appended = writers.wait()
    writers.close()
    seen += [stored.position for stored in log.read(after=cursor, limit=10**9)]
    committed = {stored.position for stored in log.read(after=first, limit=10**9)}
    if not committed or len(seen) != len(set(seen)):
        raise SystemExit(f"read {len(seen)} events, {len(set(seen))} different ones")
    return {"tried": appended, "committed": len(committed), "missed": len(committed - set(seen))}


@contextmanager
def scratch_database() -> Iterator[None]:
    """Make a database of our own, and drop it: the real event store cannot be cleaned."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    real = str(settings.DATABASES["default"]["NAME"])
    params = connection.get_connection_params()
    _on_server(
        real, f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)", f"CREATE DATABASE {SCRATCH}"
    )
    connection.settings_dict["NAME"] = SCRATCH
    user, secret = params.get("user", ""), params.get("password", "")
    host, port = params.get("host", ""), params.get("port", "")
    os.environ["DATABASE_URL"] = (
        f"postgresql://{user}:{secret}@{str(host).replace('/', '%2F')}:{port}/{SCRATCH}"
    )
    os.environ |= {"SECRET_KEY": settings.SECRET_KEY, "JWT_SIGNING_KEY": settings.JWT_SIGNING_KEY}
    try:
        call_command("migrate", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute(VIEWS)
        Side(make_table=True).library.close()
        yield
    finally:
        connection.close()
        _on_server(real, f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)")


def _on_server(database: str, *statements: str) -> None:
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = database
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.close()


def main() -> int:
    """Measure, print, and fail if a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="the figures as the last line")
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--seconds", type=float, default=0.3, help="per round and side")
    parser.add_argument("--widths", type=int, nargs="+", default=WIDTHS)
    options = parser.parse_args()
    if importlib.util.find_spec("psycopg_pool") is None:
        raise SystemExit("The library's recorder needs psycopg-pool: uv run --with psycopg-pool …")
    with scratch_database():
        appends = []
        for width in options.widths:
            row = measure(width, rounds=options.rounds, seconds=options.seconds)
            appends.append(row)
            print(
                f"{width:>3} writers: ours {row['ours']:>8.1f}/s"
                f"   library {row['library']:>8.1f}/s   ratio {row['ratio']:.3f}",
                file=sys.stderr,
            )
        tailed = tail(seconds=3.0)
        print(f"tailing reader: {tailed}", file=sys.stderr)
    if options.json:
        print(json.dumps({"appends": appends, "missed": tailed["missed"]}))
    met = all(row["ratio"] >= 1.0 for row in appends) and tailed["missed"] == 0
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
