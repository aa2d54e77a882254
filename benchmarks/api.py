"""How fast the API answers, under load that does not wait for it.

    uv run python benchmarks/api.py [--json] [--seconds 30] [--rounds 3] [--only polls mix …]

Starts the real server (``manage.py serve``, two workers, JSON logs to a file) on an embedded
PostgreSQL of its own in a temporary folder, and removes both. Server, PostgreSQL and generator
share this machine's cores; the generator tells its own share. No dispatcher runs, so that no job
competes with what is measured: a job is another process, with its own measure.

Arrivals are open: they follow a timetable whatever the answers do, and a latency counts from the
time its request was meant to leave. Of several rounds the median is told; of errors the sum.

mix
    100 dancers, each acting once a second: 70 % look, 25 % revise, remove or save, 5 % generate.
polls
    1,000 waiting clients, each asking for its choreography every 2 s with ``If-None-Match``.
limit
    160 requests of one user from 8 processes; exactly 100 pass.
rate
    The mix at growing rates, limits lifted, until a bound breaks; then halved in.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.api.generator import Client, Run, Tally, percentile
from benchmarks.api.scenarios import acting, hammer, waiting
from benchmarks.api.site import Site, make_dancers, postgres, serving
from benchmarks.choreography.numbers import Number, as_rows, print_table

DANCERS = 100
WAITING_EACH = 10
POLL_EVERY_S = 2.0
WARM_UP_S = 5.0
READS_MS, GENERATE_MS, POLL_MS = 100.0, 150.0, 100.0
QUOTA, PROCESSES, EACH = 100, 8, 20
SCENARIOS = ("mix", "polls", "limit", "rate")
UNLIMITED = {
    "USER_REQUESTS_PER_MINUTE": "100000000",
    "POLLING_REQUESTS_PER_MINUTE": "100000000",
    "LIVE_TASKS_PER_USER": "100000000",
}


class Measured:
    """One stretch of load, and who took how much of the processor meanwhile."""

    def __init__(
        self, site: Site, clients: Sequence[Client], *, seconds: float, primed: bool = False
    ) -> None:
        self.cpu: dict[str, float] = {}
        self.tally = asyncio.run(self._run(site, clients, seconds, primed))

    async def _run(
        self, site: Site, clients: Sequence[Client], seconds: float, primed: bool
    ) -> Tally:
        if primed:  # every client has looked once, as one that waits has
            for client in clients:
                call = client.next_call()
                reply = await client.pool.ask(call.request)
                if call.then is not None:
                    call.then(reply)
        running = asyncio.create_task(Run(clients, seconds=seconds, warm_up_s=WARM_UP_S).go())
        await asyncio.sleep(WARM_UP_S + 0.2)
        before = site.cpu_s()
        await asyncio.sleep(max(0.1, seconds - 0.4))
        after = site.cpu_s()
        self.cpu = {name: (after[name] - before[name]) / (seconds - 0.4) for name in after}
        tally = await running
        self.cpu["generator"] = tally.cpu_share
        for client in clients:
            client.pool.close()
        for what, times in tally.wrong.most_common(5):
            print(f"wrong, {times} times: {what}", file=sys.stderr)
        return tally

    @property
    def errors(self) -> int:
        """Wrong answers, and none."""
        return sum(self.tally.wrong.values())


def median(runs: Sequence[Measured], look: Callable[[Measured], float]) -> float:
    """Give the median of what is seen in each run."""
    return statistics.median(look(run) for run in runs)


def told(runs: Sequence[Measured], bounds: dict[str, float]) -> list[Number]:
    """Give the numbers of some runs."""
    numbers = []
    for kind, bound in bounds.items():
        for share, at_most in ((0.5, None), (0.95, bound), (0.99, None)):
            value = median(runs, lambda run, k=kind, s=share: run.tally.p(k, s))  # type: ignore[misc]
            numbers.append(Number(f"{kind}, p{share * 100:.0f}", value, "ms", at_most=at_most))
    numbers.append(Number("wrong or missing answers", sum(r.errors for r in runs), "", at_most=0))
    numbers.append(Number("answers", median(runs, lambda r: r.tally.n / r.tally.seconds), "/s"))
    not_modified = median(runs, lambda r: 100 * r.tally.statuses[304] / max(1, r.tally.n))
    numbers.append(Number("of them 304", not_modified, "%"))
    late = median(runs, lambda r: percentile(r.tally.late_ms, 0.95))
    numbers.append(Number("requests left late by, p95", late, "ms"))
    for name in ("server", "postgresql", "generator"):
        share = median(runs, lambda run, n=name: 100 * run.cpu[n])  # type: ignore[misc]
        numbers.append(Number(f"{name}, of one core", share, "%"))
        per = median(runs, lambda r, n=name: 1000 * r.cpu[n] * r.tally.seconds / max(1, r.tally.n))  # type: ignore[misc]
        numbers.append(Number(f"{name}, per answer", per, "ms"))
    return numbers


def mix(site: Site, made: dict[str, Any], *, rate: float, seconds: float) -> Measured:
    """Let all dancers act, so that ``rate`` requests leave each second."""
    clients = acting(made, port=site.port, every_s=len(made["dancers"]) / rate)
    return Measured(site, clients, seconds=seconds)


def holds(run: Measured) -> bool:
    """Whether a run keeps every bound of the mix."""
    return (
        run.errors == 0
        and run.tally.p("reads and CRUD", 0.95) <= READS_MS
        and run.tally.p("generate", 0.95) <= GENERATE_MS
    )


def highest_rate(site: Site, made: dict[str, Any], *, seconds: float) -> list[Number]:
    """Raise the rate by half until a bound breaks, then look in between four times."""
    low, high, best = 0.0, 100.0, None
    while True:
        run = mix(site, made, rate=high, seconds=seconds)
        if not holds(run):
            break
        low, best, high = high, run, high * 1.5
    for _ in range(4):
        middle = (low + high) / 2
        run = mix(site, made, rate=middle, seconds=seconds)
        if holds(run):
            low, best = middle, run
        else:
            high = middle
    numbers = [Number("highest rate that holds the bounds", low, "/s")]
    if best is not None:
        numbers += told([best], {"reads and CRUD": READS_MS, "generate": GENERATE_MS})
    return numbers


def limit(site: Site, made: dict[str, Any]) -> list[Number]:
    """Ask more often than allowed, from many processes at once."""
    statuses = hammer(site.port, made["dancers"][-1]["token"], processes=PROCESSES, each=EACH)
    passed, refused = statuses.pop(200, 0), statuses.pop(429, 0)
    return [
        Number("asked", PROCESSES * EACH, ""),
        Number("passed", passed, "", at_most=QUOTA, at_least=QUOTA),
        Number("refused with 429", refused, ""),
        Number("other answers", sum(statuses.values()), "", at_most=0),
    ]


def measure(folder: Path, options: argparse.Namespace) -> dict[str, list[Number]]:
    """Run what was asked for."""
    tables: dict[str, list[Number]] = {}
    with postgres(folder) as postmaster:
        made = make_dancers(folder, n=DANCERS, waiting=WAITING_EACH)
        wanted = set(options.only)
        if wanted & {"mix", "polls", "limit"}:
            with serving(folder, postmaster) as site:
                if "limit" in wanted:  # first: nobody has asked for anything yet
                    tables["limit"] = limit(site, made)
                if "polls" in wanted:
                    clients = [
                        waiting(made, port=site.port, every_s=POLL_EVERY_S)
                        for _ in range(options.rounds)
                    ]
                    runs = [
                        Measured(site, one, seconds=options.seconds, primed=True) for one in clients
                    ]
                    tables["polls"] = told(runs, {"poll": POLL_MS})
        if "mix" in wanted:
            with serving(folder, postmaster, **UNLIMITED) as site:
                runs = [
                    mix(site, made, rate=100, seconds=options.seconds)
                    for _ in range(options.rounds)
                ]
                tables["mix"] = told(runs, {"reads and CRUD": READS_MS, "generate": GENERATE_MS})
        if "rate" in wanted:
            with serving(folder, postmaster, **UNLIMITED) as site:
                tables["rate"] = highest_rate(site, made, seconds=options.seconds / 2)
    return tables


def main() -> int:
    """Measure, print, and give 1 if a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    parser.add_argument("--seconds", type=float, default=30.0, help="of each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=SCENARIOS, default=list(SCENARIOS))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bachata-api-") as folder:
        tables = measure(Path(folder), options)
    if options.json:
        print(json.dumps({title: as_rows(numbers) for title, numbers in tables.items()}))
    else:
        for title, numbers in tables.items():
            print_table(title, numbers)
    return 0 if all(number.met for numbers in tables.values() for number in numbers) else 1


if __name__ == "__main__":
    sys.exit(main())
