"""Explain in a sentence what was understood, in the language of the query."""

from __future__ import annotations

from collections.abc import Mapping

from modules.choreography.query_parser.lexicon import Slot

_MAX_QUOTE = 60
"""Characters quoted of the query."""

_SPANISH: Mapping[Slot, Mapping[str, str]] = {
    Slot.DIFFICULTY: {
        "beginner": "nivel principiante",
        "intermediate": "nivel intermedio",
        "advanced": "nivel avanzado",
    },
    Slot.ENERGY: {"low": "energía baja", "medium": "energía media", "high": "energía alta"},
    Slot.STYLE: {
        "romantic": "estilo romántico",
        "energetic": "estilo enérgico",
        "sensual": "estilo sensual",
        "playful": "estilo juguetón",
        "modern": "estilo moderno",
    },
    Slot.TEMPO: {"slow": "tempo lento", "medium": "tempo medio", "fast": "tempo rápido"},
}
_ENGLISH_NOUNS: Mapping[Slot, str] = {
    Slot.DIFFICULTY: "level",
    Slot.ENERGY: "energy",
    Slot.STYLE: "style",
    Slot.TEMPO: "tempo",
}
_NOTHING = {
    "en": "No level, energy, style or tempo is named here; try for instance"
    " “easy and romantic, not too fast”.",
    "es": "Aquí no se nombra nivel, energía, estilo ni tempo; prueba por ejemplo"
    " «fácil y romántica, no muy rápida».",
}
_OPENING = {"en": "Understood: ", "es": "Entendido: "}
_QUOTES = {"en": ("“", "”"), "es": ("«", "»")}
WITHOUT_GEMINI = {
    "en": " (Read by the built-in rules: Gemini did not answer.)",
    "es": " (Leído con las reglas propias: Gemini no respondió.)",
}


def explain(found: Mapping[Slot, tuple[str, str]], *, language: str) -> str:
    """Return the sentence; ``found`` holds value and words of each slot that was named."""
    if not found:
        return _NOTHING[language]
    left, right = _QUOTES[language]
    parts = [
        f"{_said(slot, value, language)} ({left}{words[:_MAX_QUOTE]}{right})"
        for slot, (value, words) in found.items()
    ]
    return f"{_OPENING[language]}{', '.join(parts)}."


def _said(slot: Slot, value: str, language: str) -> str:
    if value.isdecimal():
        return f"{value} BPM"
    if language == "es":
        return _SPANISH[slot][value]
    return f"{value} {_ENGLISH_NOUNS[slot]}"


def language_of_sentence(sentence: str) -> str:
    """Return the language in which ``explain`` wrote a sentence."""
    return "es" if sentence.startswith((_OPENING["es"], _NOTHING["es"])) else "en"
