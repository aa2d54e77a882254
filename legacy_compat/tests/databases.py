"""Scratch databases on the tests' server, and what can be read off them."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import uuid4

import psycopg
from django.db import connection
from psycopg import sql

from legacy_compat.creation import table_statements
from legacy_compat.schema import legacy_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
# Whoever names a database names its keys.
KEYS = {"SECRET_KEY": "a secret of a scratch database", "JWT_SIGNING_KEY": "scratch " * 8}

COLUMNS = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
       pg_get_expr(d.adbin, d.adrelid), a.attidentity,
       pg_get_serial_sequence(format('%%I.%%I', n.nspname, c.relname), a.attname)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE c.oid = %s::regclass ORDER BY a.attnum
"""
# PostgreSQL 18 lists NOT NULL among the constraints ('n'); the columns say it already.
CONSTRAINTS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
 WHERE conrelid = %s::regclass AND contype <> 'n' ORDER BY conname
"""
INDEXES = """
SELECT i.relname, pg_get_indexdef(i.oid) FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
 WHERE x.indrelid = %s::regclass ORDER BY i.relname
"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename"


@dataclass(frozen=True)
class ScratchDatabase:
    """One database of a test's own."""

    name: str

    @contextmanager
    def session(self) -> Iterator[psycopg.Connection[Any]]:
        """Connect outside Django; every statement commits by itself."""
        with psycopg.connect(**address(self.name), autocommit=True) as session:
            # With an empty search path PostgreSQL prints every name with its schema.
            session.execute("SET search_path = ''")
            yield session

    def environment(self, **settings: str) -> dict[str, str]:
        """Return the environment of a process that works on this database."""
        server = address(self.name)
        user, password = (quote(server.get(key, ""), safe="") for key in ("user", "password"))
        host, port = quote(server.get("host", ""), safe=""), server.get("port", 5432)
        url = f"postgresql://{user}:{password}@{host}:{port}/{self.name}"
        ours = {"DATABASE_URL": url, **KEYS, "LEGACY_USER_TABLE": "users"}
        return {**os.environ, **ours, **settings}

    def start(self, *arguments: str, **settings: str) -> subprocess.Popen[str]:
        """Start ``manage.py`` on this database."""
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment(**settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def manage(self, *arguments: str, **settings: str) -> tuple[int, str]:
        """Run ``manage.py`` on this database; return its exit code and what it said."""
        with self.start(*arguments, **settings) as process:
            output, _ = process.communicate(timeout=120)
        return process.returncode, output

    def migrate(self, *arguments: str, **settings: str) -> None:
        """Run ``manage.py migrate``; it must succeed."""
        code, output = self.manage("migrate", *arguments, **settings)
        assert code == 0, output

    def tables(self, schema: str = "public") -> list[str]:
        """List the tables of a schema."""
        with self.session() as session:
            return [name for (name,) in session.execute(TABLES, [schema])]

    def catalogue(self, schema: str = "public") -> dict[str, Any]:
        """Describe every table as the catalogue has it: columns in order, keys, indexes."""
        return {table: self._table(f"{schema}.{table}") for table in self.tables(schema)}

    def rows(self, schema: str = "public") -> dict[str, list[dict[str, Any]]]:
        """Return every row of every table."""
        with self.session() as session:
            return {
                table: self._rows(session, sql.Identifier(schema, table))
                for table in self.tables(schema)
            }

    def execute(self, statements: str) -> None:
        """Run SQL, several statements at once if need be."""
        with self.session() as session:
            session.execute(statements.encode())

    def _table(self, name: str) -> dict[str, Any]:
        with self.session() as session:
            return {
                "columns": [list(row) for row in session.execute(COLUMNS, [name])],
                "constraints": dict(session.execute(CONSTRAINTS, [name]).fetchall()),
                "indexes": dict(session.execute(INDEXES, [name]).fetchall()),
            }

    @staticmethod
    def _rows(session: psycopg.Connection[Any], table: sql.Identifier) -> list[dict[str, Any]]:
        query = sql.SQL("SELECT to_jsonb(t) AS row FROM {} t ORDER BY to_jsonb(t)::text")
        return [row for (row,) in session.execute(query.format(table))]


@contextmanager
def a_database() -> Iterator[ScratchDatabase]:
    """Create an empty database, and drop it afterwards."""
    name = f"legacy_{uuid4().hex[:12]}"
    with psycopg.connect(**address("postgres"), autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield ScratchDatabase(name)
        finally:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
            server.execute(drop.format(sql.Identifier(name)))


def described_schema(user_table: str = "users", *, only: set[str] | None = None) -> str:
    """Write the legacy tables, or some of them, as our own description has them."""
    return ";\n".join(
        statement
        for table in legacy_tables(user_table)
        if only is None or table.name in only
        for statement in table_statements(table)
    )


def address(database: str) -> dict[str, Any]:
    """Return how to connect to a database on the tests' server, in psycopg's words."""
    parameters = connection.get_connection_params()
    keys = [key for key in ("user", "password", "host", "port") if parameters.get(key)]
    return {"dbname": database, **{key: parameters[key] for key in keys}}
