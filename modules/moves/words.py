"""What a dancer's words ask for, in English and Spanish, without a network.

Words are folded (no case, no accents), compared by their stems, and looked up twice: in what is
written about a clip (label, name, notes), and in a table of meanings that says which figures and
energies a word stands for: ``sensual`` means body rolls, shadow position and dips, ``vuelta``
and ``giro`` mean turns. Words that neither finds are left out, so sentences may be typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from engine.contract import Energy
from modules.moves.contract import MoveClip
from modules.moves.naming import spoken
from modules.stemming import Stems, fold_accents, stems_of

IN_LABEL, IN_NOTES, IN_STYLE = 1.0, 0.8, 0.7
"""How surely a clip answers a word that stands in its label or name, in its notes, or that is the
style somebody gave it: the later library gives every basic the same."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word stands for: figures and energies, each with how well it answers, 0 … 1.

    ``figures`` name words of a clip's label or name; all of a figure's words must be there.
    """

    words: str
    figures: Mapping[str, float] = field(default_factory=dict)
    energies: Mapping[Energy, float] = field(default_factory=dict)


MEANINGS = (
    # styles: what a choreography is like
    Meaning(
        "romantic romantico romance tender tierno sweet dulce love amor enamorado loving",
        {"dip": 0.8, "shadow position": 0.7, "lady left turn": 0.7, "side basic": 0.5}
        | {"basic": 0.5, "lady right turn": 0.5, "body roll": 0.4}
        | {"caricia": 1.0, "bolero": 0.9, "cambre": 0.7, "shadow": 0.6, "head roll": 0.4},
        {"low": 0.8, "medium": 0.4},
    ),
    Meaning(
        "energetic energetico energy energia fast rapido powerful fuerte wild dynamic dinamico "
        "intense intenso explosive lively animado party fiesta",
        {"double": 0.7, "combination": 0.6, "hammerlock": 0.5, "cross body lead": 0.5}
        | {"golpe": 0.9, "footwork": 0.8, "double spin": 0.9, "spin": 0.7, "machete": 0.6},
        {"high": 1.0, "medium": 0.3},
    ),
    Meaning(
        "sensual sensuous sexy hot caliente intimate intimo seductive seductor passion pasion "
        "passionate apasionado hips cadera",
        {"body roll": 1.0, "shadow position": 0.9, "dip": 0.8, "arm styling": 0.4}
        | {"body wave": 1.0, "hip roll": 1.0, "head roll": 0.9, "caricia": 0.9, "shadow": 0.8}
        | {"cambre": 0.8, "bolero": 0.5},
        {"low": 0.2},
    ),
    Meaning(
        "playful jugueton fun divertido cheeky picaro funny alegre happy feliz cheerful light "
        "ligero flirty coqueto joy",
        {"arm styling": 0.9, "turn": 0.8, "hammerlock": 0.7, "forward backward": 0.7}
        | {"side basic": 0.7, "cross body lead": 0.5}
        | {"paseala": 0.9, "spin": 0.8, "footwork": 0.7, "ocho": 0.7},
        {"medium": 0.5, "high": 0.3},
    ),
    Meaning(
        "modern moderno contemporary contemporaneo fusion urban urbano new nuevo cool stylish",
        {"combination": 1.0, "hammerlock": 0.8, "arm styling": 0.8, "shadow position": 0.6}
        | {"body roll": 0.5, "double": 0.5}
        | {"style": 0.9, "madrid": 0.9, "footwork": 0.8, "golpe": 0.8, "shadow": 0.6}
        | {"head roll": 0.6, "body wave": 0.5},
        {"high": 0.2, "medium": 0.2},
    ),
    # figures: what is danced
    Meaning(
        "turn spin pirouette giro gira girar vuelta rotation",
        {"turn": 1.0, "spin": 1.0, "vuelta": 1.0, "hammerlock": 0.5},
    ),
    Meaning("basic basico fundamental simple sencillo paso", {"basic": 1.0}),
    Meaning("dip caida cambre quebrada inclinacion lean drop", {"dip": 1.0}),
    Meaning(
        "wave ola onda ondulacion undulation bodyroll bodywave",
        {"body roll": 1.0, "body wave": 1.0},
    ),
    Meaning("hip cadera hiproll", {"hip roll": 1.0, "body roll": 0.4}),
    Meaning("head cabeza headroll", {"head roll": 1.0}),
    Meaning("caress stroke caricia acariciar", {"caricia": 1.0}),
    Meaning("hit accent punch golpe", {"golpe": 1.0}),
    Meaning("foot feet pie footwork pasos", {"footwork": 1.0}),
    Meaning("body cuerpo", {"body roll": 0.9, "cross body lead": 0.4}),
    Meaning("shadow sombra behind detras", {"shadow position": 1.0}),
    Meaning("hammerlock martillo llave wrap enrosque", {"hammerlock": 1.0}),
    Meaning("arm brazo hand mano styling estilo", {"arm styling": 1.0}),
    Meaning("cross cruzado cruce cruzar dilequeno", {"cross body lead": 1.0}),
    Meaning("combination combinacion combo sequence secuencia pattern", {"combination": 1.0}),
    Meaning("forward adelante delante", {"forward": 1.0}),
    Meaning("backward back atras", {"backward": 1.0}),
    Meaning("side lado lateral", {"side": 1.0}),
    Meaning("left izquierda zurdo", {"left": 1.0}),
    Meaning("right derecha", {"right": 1.0}),
    Meaning("double doble", {"double": 1.0}),
    Meaning("lady dama chica mujer woman follow follower", {"lady": 1.0, "arm styling": 0.5}),
    Meaning("intro opening inicio comienzo apertura saludo greeting", {"intro": 1.0}),
    Meaning("outro ending final cierre despedida closing", {"outro": 1.0}),
    # energy: how it is danced
    Meaning(
        "slow lento calm tranquilo soft suave gentle relaxed relajado quiet",
        energies={"low": 1.0, "medium": 0.4},
    ),
    Meaning("medium medio moderate moderado", energies={"medium": 1.0}),
    Meaning("strong high alto alta", energies={"high": 1.0}),
)

_FILLERS = """
    a al algo an and bachata bailar baile como con dance danza de del el en for i in la las like
    live lived lives living los lot lots mas me more move moves movimiento movimientos mucho muy
    of para play played playing plays please por que quiero seconds segundos some something the
    throughout to un una unos very want with y yo
"""


def affinities(clips: Iterable[MoveClip], words: str) -> dict[str, float]:
    """Return for each clip how well it answers; a word that none could answer does not count.

    Returns
    -------
    dict
        By clip id, the mean over the counted words, in [0, 1].
    """
    known = list(clips)
    wanted = asked_for(words)
    table = {clip.clip_id: [_strength(clip, word) for word in wanted] for clip in known}
    counted = [i for i in range(len(wanted)) if any(row[i] for row in table.values())]
    return {
        clip_id: sum(row[i] for i in counted) / len(counted) if counted else 0.0
        for clip_id, row in table.items()
    }


def asked_for(words: str) -> tuple[str, ...]:
    """Return the folded words that are not mere filling, each in its first form, in order."""
    first_forms: dict[Stems, str] = {}
    for word in fold(words).split():
        if word not in _FILLERS.split():
            first_forms.setdefault(stems_of(word), word)
    return tuple(first_forms.values())


def fold(text: str) -> str:
    """Return letters and digits only, without case or accents: ``Básico!`` becomes ``basico``."""
    return re.sub(r"[^a-z0-9]+", " ", fold_accents(text)).strip()


def _strength(clip: MoveClip, wanted: str) -> float:
    """Return how well a clip answers one word: as written, or as meant, whichever is more."""
    return max(_written(clip, wanted), *(_meant(clip, meaning) for meaning in _means(wanted)), 0.0)


def _written(clip: MoveClip, wanted: str) -> float:
    if _stems(wanted) & _stems(spoken(f"{clip.move_label} {clip.name}")):
        return IN_LABEL
    if _stems(wanted) & _stems(clip.notes):
        return IN_NOTES
    return IN_STYLE if _stems(wanted) & _stems(clip.style) else 0.0


def _meant(clip: MoveClip, meaning: Meaning) -> float:
    """Weigh figure and energy: a clip of the right figure at the right energy answers best."""
    stems = _stems(spoken(f"{clip.move_label} {clip.name} {clip.clip_id}"))
    figures = [
        value
        for figure, value in meaning.figures.items()
        if all(_stems(word) & stems for word in figure.split())
    ]
    figure, energy = max(figures, default=0.0), meaning.energies.get(clip.energy_level, 0.0)
    if not meaning.figures or not meaning.energies:
        return max(figure, energy)
    return (2 * max(figure, energy) + min(figure, energy)) / 3


@lru_cache(maxsize=4096)
def _stems(text: str) -> frozenset[tuple[str, str]]:
    """Return the stems of a text's words, each with the language it is a stem of."""
    stems = (stems_of(word)._asdict().items() for word in fold(text).split())
    return frozenset(pair for pairs in stems for pair in pairs)


@lru_cache(maxsize=4096)
def _means(wanted: str) -> tuple[Meaning, ...]:
    """Return the meanings of a word; it may stand in several."""
    return tuple(meaning for meaning in MEANINGS if _stems(wanted) & _stems(meaning.words))
