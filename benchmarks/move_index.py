"""What finding moves costs at 10,000 clips: in this process, and in PostgreSQL with pgvector.

    uv run python benchmarks/move_index.py [--clips 10000] [--queries 10] [--json]

A server of its own is started in a temporary folder; nothing of an installation is touched. The
clips are of 40 figures; the vectors of one figure lie around a common direction, as those of real
clips do. The score is the product's: the weighted sum of five cosines (`MoveIndex.search`).

in process
    `ExactMoveIndex`: compares the documents here, as one matrix that is read again only when the
    table has changed; also with that reading.
cast arrays
    pgvector compares the plain arrays of the table, each cast to a vector on the way.
five columns
    pgvector on five typed columns; no index can give the order of a weighted sum of five.
one column
    The five vectors, each of length 1 and scaled by the root of its weight, one after another in
    one column of 1792 components: the inner product of two of those **is** the weighted sum of
    cosines, and a vector that lacks is zero, which is neutral. This order an index can serve.
one column, HNSW
    The same through an approximate index (``m = 16, ef_construction = 64``), asked for 20 clips,
    and for 1000 with and without a term to filter by.

``recall`` is the share of the exact best that were found; ``found`` how many came of those that
should. Times are medians: wall-clock, and processor time of this process and of its backend,
which a busy machine does not stretch.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from modules.moves.contract import MoveQuery, Vector, VectorName

N_FIGURES = 40
SPREAD = {"audio": 0.8, "lead": 0.6, "follow": 0.6, "interaction": 0.6, "text": 0.4}
"""Length of what is a clip's own, against that of what all of its figure share."""

DIFFICULTIES = ("beginner", "intermediate", "advanced")
ENERGIES = ("low", "medium", "high")
TICKS_PER_S = os.sysconf("SC_CLK_TCK")

MAKE_VECTORS = """
CREATE EXTENSION vector;
CREATE TABLE five_columns (
    clip_id text PRIMARY KEY, difficulty text, energy_level text,
    audio vector(128), lead vector(512), follow vector(512), interaction vector(256),
    text vector(384));
CREATE TABLE one_column (
    clip_id text PRIMARY KEY, difficulty text, energy_level text, joined vector(1792));
"""
HNSW = "CREATE INDEX by_nearness ON one_column USING hnsw (joined vector_ip_ops)"
TERMS = "WHERE difficulty = ANY(%(difficulties)s) AND energy_level = ANY(%(energies)s)"
NEAREST = "SELECT clip_id FROM one_column {terms} ORDER BY joined <#> %(joined)s::vector LIMIT "


@dataclass(frozen=True)
class Way:
    """What one way of searching costs and gives; times are milliseconds for a query."""

    name: str
    wall_ms: float
    cpu_ms: float
    recall: float
    found: str


@dataclass(frozen=True)
class Clips:
    """The made-up clips: their ids, terms, and unit vectors, each (n_clips, n_components)."""

    ids: list[str]
    terms: list[tuple[str, str]]
    vectors: dict[VectorName, NDArray[np.float64]]

    def joined(self) -> NDArray[np.float64]:
        """Return every clip's five vectors as one, (n_clips, 1792)."""
        return np.hstack([np.sqrt(weight) * self.vectors[n] for n, weight in weights().items()])


def main() -> None:
    """Make the clips, search in every way, print."""
    arguments = parse_arguments()
    rng = np.random.default_rng(8)
    with a_database():
        clips = make_clips(arguments.clips, rng)
        queries = make_queries(clips, arguments.queries, rng)
        store(clips)
        ways = (measure(name, queries, *way) for name, way in every_way(clips))
        if arguments.json:
            print(json.dumps([asdict(way) for way in ways], indent=1))
            return
        print(f"{arguments.clips} clips, {arguments.queries} queries\n")
        print(f"{'':<42}{'wall ms':>9}{'cpu ms':>9}{'recall':>8}  found")
        for way in ways:
            times = f"{way.wall_ms:>9.1f}{way.cpu_ms:>9.1f}"
            print(f"{way.name:<42}{times}{way.recall:>8.3f}  {way.found}", flush=True)


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--clips", type=int, default=10_000)
    parser.add_argument("--queries", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


@contextmanager
def a_database() -> Iterator[None]:
    """Start a server of this benchmark's own and make our schema in it."""
    from config.embedded_postgres import EmbeddedPostgres

    with tempfile.TemporaryDirectory(prefix="bachata-move-index-") as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres")
        os.environ["DATABASE_URL"] = server.ensure_running().url()
        os.environ |= {"SECRET_KEY": "of a benchmark", "JWT_SIGNING_KEY": "of a benchmark " * 3}
        try:
            import django
            from django.core.management import call_command

            django.setup()
            call_command("migrate", verbosity=0)
            yield
        finally:
            from django.db import connection

            connection.close()
            server.release()


def weights() -> dict[VectorName, float]:
    """Return the share of each vector in a score."""
    from modules.moves.contract import VECTOR_DIMENSIONS, VECTOR_WEIGHTS

    return {name: VECTOR_WEIGHTS[name] for name in VECTOR_DIMENSIONS}


def make_clips(n_clips: int, rng: np.random.Generator) -> Clips:
    """Make clips of 40 figures, alike within a figure."""
    from modules.moves.contract import VECTOR_DIMENSIONS

    figure = rng.integers(N_FIGURES, size=n_clips)
    vectors = {
        name: unit(
            unit(rng.standard_normal((N_FIGURES, n)))[figure]
            + SPREAD[name] * unit(rng.standard_normal((n_clips, n)))
        )
        for name, n in VECTOR_DIMENSIONS.items()
    }
    terms = [(str(rng.choice(DIFFICULTIES)), str(rng.choice(ENERGIES))) for _ in range(n_clips)]
    return Clips([f"clip_{i:06}" for i in range(n_clips)], terms, vectors)


def make_queries(clips: Clips, n: int, rng: np.random.Generator) -> list[dict[VectorName, Vector]]:
    """Make queries as the product does: the mean direction of twelve clips."""
    queries = []
    for _ in range(n):
        seeds = rng.choice(len(clips.ids), size=12, replace=False)
        means = {name: unit(v[seeds].mean(axis=0)) for name, v in clips.vectors.items()}
        queries.append({name: tuple(mean.tolist()) for name, mean in means.items()})
    return queries


def unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return vectors of length 1 with the same directions."""
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def store(clips: Clips) -> None:
    """Write the clips into our table and into the two typed ones."""
    from django.db import connection

    from modules.moves.models import MoveEmbeddingRow

    every = zip(clips.ids, clips.terms, strict=True)
    rows = (
        MoveEmbeddingRow(
            clip_id=clip_id,
            move_label="basic_step",
            difficulty=difficulty,
            energy_level=energy,
            lead_follow_roles="both",
            **{f"{name}_embedding": v[i].tolist() for name, v in clips.vectors.items()},
        )
        for i, (clip_id, (difficulty, energy)) in enumerate(every)
    )
    MoveEmbeddingRow.objects.bulk_create(rows, batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION IF EXISTS vector CASCADE")
        cursor.execute(MAKE_VECTORS)
        copy(cursor, "five_columns", clips, list(clips.vectors.values()))
        copy(cursor, "one_column", clips, [clips.joined()])
        cursor.execute("ANALYZE")


def copy(cursor: Any, table: str, clips: Clips, columns: Sequence[NDArray[np.float64]]) -> None:
    """Copy the clips' terms and vectors into a table."""
    with cursor.copy(f"COPY {table} FROM STDIN") as target:
        for i, clip_id in enumerate(clips.ids):
            target.write_row([clip_id, *clips.terms[i], *(text_of(c[i]) for c in columns)])


def text_of(vector: Sequence[float] | NDArray[np.float64]) -> str:
    """Return a vector as pgvector reads it."""
    return "[" + ",".join(f"{component:.7g}" for component in vector) + "]"


type Search = Callable[[dict[VectorName, Vector], bool, int], list[str]]


def every_way(clips: Clips) -> Iterator[tuple[str, tuple[Search, bool, int]]]:
    """Give the ways by name: how to search, whether terms filter, and how many are wanted."""
    from django.db import connection

    held = in_process()
    yield "in process, best 20", (held, False, 20)
    yield "in process, all that fit two terms", (held, True, 1000)
    yield "cast arrays, best 20", (by_sums("move_embeddings", "_embedding"), False, 20)
    yield "five columns, best 20", (by_sums("five_columns", ""), False, 20)
    yield "five columns, all that fit two terms", (by_sums("five_columns", ""), True, 1000)
    yield "one column, best 20", (by_join, False, 20)
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute(HNSW)
    yield "one column, HNSW, best 20", (by_hnsw, False, 20)
    yield "one column, HNSW, best 1000", (by_hnsw, False, 1000)
    yield "one column, HNSW, all that fit two terms", (by_hnsw, True, 1000)
    yield "in process, after a change", (in_process_anew, False, 20)


def in_process() -> Search:
    """Search as the product does, with one index for all queries."""
    from modules.moves.adapters.exact_index import ExactMoveIndex

    index = ExactMoveIndex()

    def search(vectors: dict[VectorName, Vector], has_terms: bool, limit: int) -> list[str]:
        return [hit.clip_id for hit in index.search(query_of(vectors, has_terms, limit))]

    return search


def in_process_anew(vectors: dict[VectorName, Vector], has_terms: bool, limit: int) -> list[str]:
    """Search as the product does when the table has changed."""
    return in_process()(vectors, has_terms, limit)


def query_of(vectors: dict[VectorName, Vector], has_terms: bool, limit: int) -> MoveQuery:
    """Ask for what is near; with terms, for a ninth of the clips."""
    from modules.moves.contract import MoveQuery

    return MoveQuery(
        difficulties=frozenset({"beginner"} if has_terms else ()),
        energies=frozenset({"low"} if has_terms else ()),
        vectors=vectors,
        limit=limit,
    )


def by_sums(table: str, suffix: str) -> Search:
    """Search by the weighted sum of five cosines, computed by the server."""
    total = " + ".join(
        f"{weight} * (1 - ({name}{suffix}::vector <=> %({name})s::vector))"
        for name, weight in weights().items()
    )

    def search(vectors: dict[VectorName, Vector], has_terms: bool, limit: int) -> list[str]:
        values: dict[str, Any] = {name: text_of(vector) for name, vector in vectors.items()}
        terms = TERMS if has_terms else ""
        statement = f"SELECT clip_id FROM {table} {terms} ORDER BY {total} DESC LIMIT {limit}"  # noqa: S608
        return fetch(statement, values)

    return search


def by_join(vectors: dict[VectorName, Vector], has_terms: bool, limit: int) -> list[str]:
    """Search the one column whole."""
    terms = TERMS if has_terms else ""
    return fetch(NEAREST.format(terms=terms) + str(limit), {"joined": text_of(joined(vectors))})


def by_hnsw(vectors: dict[VectorName, Vector], has_terms: bool, limit: int) -> list[str]:
    """Search the one column through the index, with as wide a search as it can do."""
    fetch(f"SET hnsw.ef_search = {max(40, min(limit, 1000))}; SELECT ''", {})
    return by_join(vectors, has_terms, limit)


def joined(vectors: dict[VectorName, Vector]) -> NDArray[np.float64]:
    """Return a query's vectors as one."""
    return np.hstack([np.sqrt(w) * unit(np.array(vectors[n])) for n, w in weights().items()])


def fetch(statement: str, values: dict[str, Any]) -> list[str]:
    """Return the first column of what a statement gives."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, {"difficulties": ["beginner"], "energies": ["low"]} | values)
        while cursor.description is None:
            cursor.nextset()
        return [row[0] for row in cursor.fetchall()]


def measure(
    name: str,
    queries: Sequence[dict[VectorName, Vector]],
    search: Search,
    has_terms: bool,
    limit: int,
) -> Way:
    """Search for every query, and hold what came against what should have."""
    search(queries[0], has_terms, limit)
    wall, cpu, recalls, found = [], [], [], []
    for query in queries:
        should = by_sums("five_columns", "")(query, has_terms, limit)
        before, started = cpu_seconds(), time.perf_counter()
        came = search(query, has_terms, limit)
        wall.append(1000 * (time.perf_counter() - started))
        cpu.append(1000 * (cpu_seconds() - before))
        recalls.append(len(set(came) & set(should)) / len(should))
        found.append((len(came), len(should)))
    n_came, n_should = found[0]
    return Way(
        name=name,
        wall_ms=statistics.median(wall),
        cpu_ms=statistics.mean(cpu),
        recall=statistics.mean(recalls),
        found=f"{n_came} of {n_should}",
    )


def cpu_seconds() -> float:
    """Return the processor time of this process and of the backend that serves it."""
    from django.db import connection

    fields = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text()
    utime, stime = fields.rpartition(")")[2].split()[11:13]
    return time.process_time() + (int(utime) + int(stime)) / TICKS_PER_S


if __name__ == "__main__":
    main()
