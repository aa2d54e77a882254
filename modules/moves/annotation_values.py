"""What libraries write, and what it means here; what nobody knows is noted and guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, cast

from engine.contract import DIFFICULTIES, ENERGY_LEVELS, Difficulty, Energy
from modules.moves.contract import ROLES, Roles, UnknownValue

MEANT: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "difficulty": {name: name for name in DIFFICULTIES}
        | {"low": "beginner", "medium": "intermediate", "high": "advanced"}
        | {"easy": "beginner", "basic": "beginner", "principiante": "beginner"}
        | {"intermedio": "intermediate", "improver": "intermediate"}
        | {"hard": "advanced", "expert": "advanced", "avanzado": "advanced"},
        "energy_level": {name: name for name in ENERGY_LEVELS}
        | {"calm": "low", "baja": "low", "mid": "medium", "moderate": "medium", "media": "medium"}
        | {"alta": "high"},
        "lead_follow_roles": {name: name for name in ROLES}
        | {"lead": "lead_focus", "leader": "lead_focus"}
        | {"follow": "follow_focus", "follower": "follow_focus", "couple": "both"},
    }
)
"""By field, what is written and what it means; a later library grades difficulty in low … high."""

OTHERWISE: Mapping[str, str] = MappingProxyType(
    {"difficulty": "intermediate", "energy_level": "medium", "lead_follow_roles": "both"}
)
"""What a field is taken as where nobody knows what is written; the roles may be left out."""


@dataclass
class ValueReader:
    """Reads the values of many rows, and counts those that nobody knows."""

    _unknown: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def difficulty(self, row: Mapping[str, Any]) -> Difficulty:
        """Return how hard the move is."""
        return cast(Difficulty, self._meant(row, "difficulty"))

    def energy(self, row: Mapping[str, Any]) -> Energy:
        """Return how lively the move is."""
        return cast(Energy, self._meant(row, "energy_level"))

    def roles(self, row: Mapping[str, Any]) -> Roles:
        """Return whose move it is."""
        return cast(Roles, self._meant(row, "lead_follow_roles"))

    def note_field(self, name: str) -> None:
        """Count a field that nobody knows."""
        self._unknown[name[:40], "", ""] += 1

    def unknown(self) -> tuple[UnknownValue, ...]:
        """Return what nobody knew, the most frequent first."""
        return tuple(
            UnknownValue(field=name, value=value, taken_as=taken_as, rows=rows)
            for (name, value, taken_as), rows in self._unknown.most_common()
        )

    def _meant(self, row: Mapping[str, Any], key: str) -> str:
        written = row.get(key)
        meant = MEANT[key].get(written.strip().lower()) if isinstance(written, str) else None
        if meant is not None:
            return meant
        if written is not None or key != "lead_follow_roles":
            self._unknown[key, repr(written)[:40], OTHERWISE[key]] += 1
        return OTHERWISE[key]
