"""Which words stand for which parameter, in English and Spanish.

A phrase is one word or several in a row; it is compared by stems, so one form of a word is
enough. ``SURE`` words state it, ``HINTS`` only suggest it (a wedding is romantic).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from engine.contract import DIFFICULTIES, ENERGY_LEVELS
from modules.choreography.query_parser.tokens import Word, split_words

LANGUAGES = ("en", "es")


class Slot(StrEnum):
    """What a query can ask for."""

    DIFFICULTY = "difficulty"
    ENERGY = "energy_level"
    STYLE = "style"
    TEMPO = "tempo"


SCALES: Mapping[Slot, tuple[str, ...]] = {
    Slot.DIFFICULTY: DIFFICULTIES,
    Slot.ENERGY: ENERGY_LEVELS,
    Slot.TEMPO: ("slow", "medium", "fast"),
}
"""The values of a slot from little to much."""

type Table = Mapping[tuple[Slot, str], tuple[str, str]]
"""By slot and value, the English and the Spanish phrases, separated by commas."""

SURE: Table = {
    (Slot.DIFFICULTY, "beginner"): (
        "beginner, easy, easier, easiest, simple, simpler, basic, newbie, novice, starter,"
        " entry level, level 1, level one, first time, first class, first lesson, never danced,"
        " just starting, new to, absolute beginner, from scratch, elementary, two left feet,"
        " cant dance, cannot dance, neither of us can dance, none of us can dance,"
        " nobody can dance, beg, clumsy, rusty, hopeless, first rodeo, over my head,"
        " over our heads, over their heads, out of my depth, out of our depth, not a clue,"
        " no clue, no idea how,"
        " foolproof, idiot proof, baby steps, for dummies, no brainer, undemanding,"
        " straightforward, manageable, accessible, useless at, terrible at, bad at, hopeless"
        " at, piece of cake, little experience, no experience, uncoordinated, clueless",
        "principiante, facil, facilito, sencillo, sencillito, basico, novato, inexperto,"
        " primera vez, primera clase, nunca he bailado, nunca hemos bailado, no se bailar,"
        " no sabemos bailar, empezando, empezar, iniciacion, nivel inicial, nivel 1, nivel uno,"
        " desde cero, somos nuevos, soy nuevo, simple, inicial, dos pies izquierdos, torpe,"
        " ni idea, no tenemos ni idea, no tengo ni idea, ni papa,"
        " de andar por casa, me viene grande, nos viene grande, oxidado,"
        " sin experiencia, poca experiencia, pan comido, chupado, para dummies, para tontos,"
        " negado, patoso, manazas, descoordinado, estamos verdes, asequible, llevadero",
    ),
    (Slot.DIFFICULTY, "intermediate"): (
        "intermediate, int, improver, level 2, level two, some experience, middle level",
        "intermedio, nivel 2, nivel dos, algo de experiencia, un poco de experiencia",
    ),
    (Slot.DIFFICULTY, "advanced"): (
        "advanced, expert, professional, pro, hard, harder, hardest, difficult, complex,"
        " complicated, challenging, challenge, experienced, level 3, level three, tricky,"
        " demanding, hardcore, sophisticated, for years, tough, tougher, virtuoso, intricate, adv,"
        " in my sleep, in our sleep, with my eyes closed, fancy, acrobatic, acrobatics, tricks,"
        " stunts,"
        " brutal, fiendish, next level, seasoned, veteran, dancing for, push ourselves, up our"
        " game",
        "avanzado, experto, profesional, dificil, dificilisimo, complejo, complicado,"
        " complicacion, desafiante, desafio, reto, con experiencia, mucha experiencia, nivel 3,"
        " nivel tres, exigente, experimentado, desde hace anos, con los ojos cerrados, acrobacia,"
        " floritura, filigrana, virgueria, cosas raras, truco,"
        " veterano, curtido, llevo años, llevamos años, años bailando, de nivel, puñetero",
    ),
    (Slot.ENERGY, "low"): (
        "calm, chill, relaxed, relaxing, relax, gentle, soft, quiet, mellow, laid back, peaceful,"
        " tranquil, smooth, easygoing, take it easy, easy on the, easy on the energy, easy on my,"
        " easy on our, low key,"
        " lowkey, softly, gently, tender, tone it down, keep it down, bring it down, wind down,"
        " cool down, cooldown,"
        " dial it back, turn it down, take it down, slow it right down, lazy, unwind, cosy,"
        " lullaby, zen, worn out, exhausted, sleepy",
        "tranquilo, tranquilito, tranqui, relajado, relajante, suave, suavecito, calmado, calma,"
        " sereno, sosegado, pausado, apacible, relax, sin agobios, sin cansarnos,"
        " sin sobresaltos, de relax, perezoso, zen, que no canse, bajar"
        " revoluciones",
    ),
    (Slot.ENERGY, "medium"): ("balanced", "equilibrado"),
    (Slot.ENERGY, "high"): (
        "energetic, intense, powerful, explosive, lively, upbeat, wild, crazy, strong, dynamic,"
        " vigorous, hyped, high octane, fiery, energised, energized, lit, go hard, go wild,"
        " turn it up, pump it up, amp it up, dial it up, sweat, sweaty, strenuous, exhausting,"
        " vigorously, blood pumping,"
        " banger, pumped, adrenaline, electrifying, bouncy, full on, full throttle, all out,"
        " give it everything, wake us up, workout, cardio, burn calories",
        "energetico, intenso, potente, fuerte, explosivo, animado, movido, movidito, marchoso,"
        " dinamico, a tope, loco, cañero, vigoroso, enérgico, sudar, sudando, agotador,"
        " prendido, encendido,"
        " a saco, con todo, a muerte, a lo loco, desmadre, quemar calorias, darlo todo,"
        " adrenalina, electrizante, fiestero",
    ),
    (Slot.STYLE, "romantic"): (
        "romantic, romance, tender, in love, loving, lovey,"
        " dreamy, soulful, heartfelt, mushy, cuddly, candlelit, affectionate",
        "romantico, romanticon, romanticismo, romance, tierno, enamorar, enamorado, amoroso, dulce,"
        " meloso, cariñoso, acaramelado, de enamorados, soñador, ternura",
    ),
    (Slot.STYLE, "energetic"): (
        "energetic, energised, energized",
        "energetico, enérgico, cañero",
    ),
    (Slot.STYLE, "sensual"): (
        "sensual, sensuous, sexy, hot, seductive, intimate, passionate, steamy, sultry,"
        " raunchy, naughty, erotic, provocative, body to body",
        "sensual, sexy, seductor, intimo, apasionado, pasional, pegado, pegadito, caliente,"
        " picante, seducir,"
        " provocativo, atrevido, sabroso, ardiente, cuerpo a cuerpo, erotico",
    ),
    (Slot.STYLE, "playful"): (
        "playful, fun, funny, cheeky, flirty, flirtatious, happy, cheerful, joyful, silly,"
        " lighthearted, mischievous, teasing,"
        " goofy, quirky, whimsical, jokey, humorous, bubbly",
        "jugueton, divertido, alegre, picaro, picaron, coqueto, feliz, gracioso, travieso,"
        " simpatico, diversion,"
        " gamberro, con humor, chistoso, risueño, bromista",
    ),
    (Slot.STYLE, "modern"): (
        "modern, contemporary, urban, fusion, trendy, street, hip hop, fresh, current,"
        " edgy, funky, innovative, tiktok",
        "moderno, contemporaneo, urbano, fusion, actual, novedoso, callejero,"
        " rompedor, vanguardista, de moda, a la ultima, molon",
    ),
    (Slot.TEMPO, "slow"): (
        "slow, slowly, slower, slow motion, unhurried, leisurely, unrushed, at a crawl",
        "lento, lentito, despacio, despacito, lentamente, sin prisas,"
        " pausadamente, sin correr, a paso de tortuga",
    ),
    (Slot.TEMPO, "medium"): ("midtempo, medium paced, mid paced", "a medio tiempo, medio tiempo"),
    (Slot.TEMPO, "fast"): (
        "fast, faster, quick, quickly, rapid, speedy, high speed, hurry, rush, fast paced,"
        " brisk, swift, zippy, full speed, at speed",
        "rapido, rapidito, veloz, acelerado, ligero de ritmo, prisa, deprisa, a toda velocidad,"
        " a toda mecha, a toda pastilla, a todo trapo, a toda leche, volando,"
        " a todo gas, a mil por hora, como un rayo",
    ),
}

HINTS: Table = {
    (Slot.DIFFICULTY, "beginner"): ("learning, learn, kids, children", "aprender, niños"),
    (Slot.DIFFICULTY, "advanced"): (
        "competition, show off",
        "competicion, concurso, lucirme, lucirnos, impresionar",
    ),
    (Slot.ENERGY, "high"): ("party, club, festival", "fiesta, discoteca, verbena, clubes"),
    (Slot.STYLE, "romantic"): (
        "wedding, anniversary, honeymoon, valentine, girlfriend, boyfriend, wife, husband,"
        " love song, our love, about love, candlelight, date night",
        "boda, aniversario, luna de miel, san valentin, novia, novio, esposa, esposo,"
        " marido, amor, velas",
    ),
}

NOUNS: Mapping[Slot, tuple[str, str]] = {
    Slot.ENERGY: (
        "energy, intensity, power, energies, oomph, punch",
        "energia, intensidad, marcha, fuerza, caña, jaleo, tralla, meneo",
    ),
    Slot.TEMPO: ("tempo, speed, pace, rhythm", "tempo, velocidad, ritmo"),
    Slot.DIFFICULTY: ("difficulty, level, lvl, complexity", "dificultad, nivel, complejidad"),
}
"""Things that have a degree: ``low energy``, ``nivel medio``."""

DEGREES: Mapping[int, tuple[str, str]] = {
    0: (
        "low, little, minimal, minimum, down, lower, reduce, reduced",
        "bajo, baja, poco, poca, minimo, escasa, flojo, floja, flojita, justa",
    ),
    1: ("medium, mid, moderate, average, middle", "medio, media, moderado, normal"),
    2: (
        "high, lots, lot, much, plenty, full, maximum, max, more, big, top, up, raise, boost",
        "alto, alta, mucho, mucha, mas, maximo, toda, tanta, gran, harta, sube, aumenta",
    ),
}
"""By place on the scale."""


BARE_DEGREES = frozenset({"low", "medium", "mid", "high", "baja", "media", "alta"})
"""Degrees that say something of the energy where they stand alone in a list."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


DENIALS = _set(
    """
    not no dont doesnt isnt wont cant never without nothing neither nor avoid none arent
    wasnt shouldnt skip sin nada ni nunca tampoco evita evitar odio hate ningun ninguna
    ninguno jamas
    """
)
DENYING_PHRASES = re.compile(
    r"\b(?:(?:bored|sick|tired|weary|enough|fed up) (?:of|with)|far from|instead of|rather than"
    r"|(?:hart|cansad|aburrid)[oa]s? de|aburren?|en vez de|todo menos|cualquier cosa menos)\b"
)
"""Several words that deny together: ``bored of basics``, ``hartos de lo básico``."""

ABOVES = _set(
    """
    above beyond past encima superior
    """
)
"""One step more than what follows: ``a notch above beginner``; denied, no more than that."""

EXCESSES = _set(
    """
    too overly demasiado demasiada excesivamente
    """
)
"""Without a denial they are a complaint: ``that was too fast`` asks for less."""
SOFTENERS = EXCESSES | _set(
    """
    very so that super muy tan really
    """
)
"""With a denial they leave the middle: ``not very fast``."""
LESSENERS = _set(
    """
    less menos
    """
)
DIMINISHERS = _set(
    """
    bit slightly somewhat poco poquito pelin tad
    """
)
"""A little of much is the middle: ``a bit harder``."""
ALTERNATIVES = _set(
    """
    or o u ni nor
    """
)

FALSE_FORMS = _set(
    """
    love loves loved live lives lived living play plays played playing hardly currently basically
    improve improves improved improving improvement kidding balance balances pause pauses pausa
    pausas inicio inicios inicia inician inicie principio principios complice complices complicidad
    """
)
"""By their stems they are forms of a cue; alone they mean something else: ``I love salsa``,
``lento al principio``."""

ORDINARY = {
    "en": _set(
        """
    a an the and or to of for with in on at by from my our your is are was it its i im id we
    weve you me us want would like make please something dance dancing dancer dancers
    choreography routine moves steps song music than as be have been this that just can need
    give last one one's around stuff vibe all do very too so not before could some what how
    when where tomorrow weather surprise friends first straight impress classic minutes between
    learn great heart start tonight people couple keep more less lots bit beats minute per
    """
    ),
    "es": _set(
        """
    un una unos unas el la los las lo y o de del para con en a al mi mis nuestra nuestro
    nuestros tu su es son sea soy somos estoy quiero queremos quisiera me nos que algo
    coreografia coreo baile bailar bailando bailarines pasos vueltas bachata cancion musica
    por favor como muy tan pero sin nada ni no he hemos tiempo hace manana que estilo minuto
    minutos pulsaciones haz hazme dame menos mas mejor bien ser nuestra sorprendeme clase
    noche gente pareja grupo amigos fiestas hola gracias sorpresa
    """
    ),
}
"""Words that ask for nothing: never taken for a mistyped one, and telling the language."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase stands for.

    ``value`` is one of the slot's, or None for a noun that wants a degree. ``certainty`` is in
    [0, 1]; ``language`` is ``en``, ``es`` or empty where both use the phrase.
    """

    slot: Slot
    value: str | None
    certainty: float
    language: str


type Phrase = tuple[str, ...]
"""The stems of a phrase's words, in the phrase's language."""


def find_meanings(words: Sequence[Word]) -> tuple[Meaning, ...]:
    """Return what a run of words stands for as an English and as a Spanish phrase."""
    found: dict[tuple[Slot, str | None], Meaning] = {}
    if len(words) == 1 and words[0].folded in FALSE_FORMS:
        return ()
    for language in LANGUAGES:
        phrase = tuple(getattr(word.stems, language) for word in words)
        for meaning in _index().get((language, phrase), ()):
            key = (meaning.slot, meaning.value)
            found[key] = replace(meaning, language="") if key in found else meaning
    return tuple(found.values())


def degree_of(word: Word) -> int | None:
    """Return a degree's place on a scale, 0 … 2; None for any other word."""
    places = (_degrees().get((language, getattr(word.stems, language))) for language in LANGUAGES)
    return next((place for place in places if place is not None), None)


@cache
def longest_phrase() -> int:
    """Count the words of the longest phrase."""
    return max(len(stems) for _, stems in _index())


@cache
def single_words() -> Mapping[str, tuple[Word, ...]]:
    """Return the words that may be mistyped, by their first letter."""
    singles: dict[str, tuple[Word, ...]] = {}
    for *_, phrase in _entries():
        words = split_words(phrase)
        if len(words) == 1:
            first = words[0].folded[0]
            singles[first] = (*singles.get(first, ()), words[0])
    return singles


@cache
def _index() -> Mapping[tuple[str, Phrase], tuple[Meaning, ...]]:
    """Index every phrase by its language and stems; a phrase may mean several things."""
    known: dict[tuple[str, Phrase], dict[tuple[Slot, str | None], Meaning]] = {}
    for slot, value, certainty, language, phrase in _entries():
        stems = tuple(getattr(word.stems, language) for word in split_words(phrase))
        meanings = known.setdefault((language, stems), {})
        meanings[slot, value] = Meaning(slot, value, certainty, language)
    return {key: tuple(meanings.values()) for key, meanings in known.items()}


@cache
def _degrees() -> Mapping[tuple[str, str], int]:
    return {
        (language, getattr(word.stems, language)): place
        for place, both in DEGREES.items()
        for language, listed in zip(LANGUAGES, both, strict=True)
        for word in split_words(listed)
    }


def _entries() -> Iterator[tuple[Slot, str | None, float, str, str]]:
    for table, certainty in ((SURE, 1.0), (HINTS, 0.7)):
        for (slot, value), both in table.items():
            for language, phrase in _phrases(both):
                yield slot, value, certainty, language, phrase
    for slot, both in NOUNS.items():
        for language, phrase in _phrases(both):
            yield slot, None, 1.0, language, phrase


def _phrases(both: tuple[str, str]) -> Iterator[tuple[str, str]]:
    for language, listed in zip(LANGUAGES, both, strict=True):
        for phrase in listed.split(","):
            yield language, phrase.strip()
