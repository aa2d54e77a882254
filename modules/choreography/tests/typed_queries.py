"""Wishes as people type them, in English and Spanish, and what they ask for.

Every fourth phrase of ``TYPED`` was held out while the rules were written (``HELD_OUT``): at
the first look the rules read 20 of those 20. ``MESSY`` was written after the rules, to be hard
for them: at the first look they read 19 of those 24, and were mended for the others; ``STRANGE``
once more after that, 24 of 30 at the first look. All have one author; expect less of strangers'
words.
"""

from __future__ import annotations

from typing import NamedTuple


class Typed(NamedTuple):
    """A phrase and the four answers it should get."""

    query: str
    difficulty: str | None = None
    energy_level: str | None = None
    style: str | None = None
    tempo: int | str | None = None


BEGINNER, INTERMEDIATE, ADVANCED = "beginner", "intermediate", "advanced"

TYPED = (
    # English
    Typed("romantic beginner choreography", BEGINNER, None, "romantic"),
    Typed("advanced, high energy and modern", ADVANCED, "high", "modern"),
    Typed(
        "something slow and sensual for intermediate dancers", INTERMEDIATE, None, "sensual", "slow"
    ),
    Typed("I have never danced before, please keep it simple", BEGINNER),
    Typed("easy steps but lots of energy", BEGINNER, "high"),
    Typed("not too fast", None, None, None, "medium"),
    Typed("nothing difficult, we are just starting", BEGINNER),
    Typed("a wedding dance, calm and romantic", None, "low", "romantic"),
    Typed("fast and playful, around 130 bpm", None, None, "playful", 130),
    Typed("no sensual stuff, just fun", None, None, "playful"),
    Typed("low energy, medium tempo, advanced level", ADVANCED, "low", None, "medium"),
    Typed("expert routine with an urban vibe", ADVANCED, None, "modern"),
    Typed("It is our first class and the song has 120 BPM", BEGINNER, None, None, 120),
    Typed("very energetic!!!", None, "high", "energetic"),
    Typed("a challenging but gentle dance", ADVANCED, "low"),
    Typed("begginer romantc dance", BEGINNER, None, "romantic"),
    Typed("intermidiate, sensaul", INTERMEDIATE, None, "sensual"),
    Typed("the last one was too fast", None, None, None, "slow"),
    Typed("a bit harder than basic", INTERMEDIATE),
    Typed("less energetic and slower please", None, "medium", None, "slow"),
    Typed("for a party with my friends, upbeat and happy", None, "high", "playful"),
    Typed("not for beginners", INTERMEDIATE),
    Typed("we've been dancing for years, make it hard", ADVANCED),
    Typed("chill and relaxed", None, "low"),
    Typed("medium difficulty, medium energy", INTERMEDIATE, "medium"),
    Typed("neither fast nor energetic", None, "low", None, "slow"),
    Typed("super sexy, not romantic at all", None, None, "sensual"),
    Typed("mid-tempo and cheeky", None, None, "playful", "medium"),
    Typed("don't make it too complicated", INTERMEDIATE),
    Typed("surprise me"),
    Typed("I want to impress my girlfriend on our anniversary", None, None, "romantic"),
    Typed("contemporary fusion for professionals", ADVANCED, None, "modern"),
    Typed("intense and powerful moves", None, "high"),
    Typed("slow, soft, for newbies", BEGINNER, "low", None, "slow"),
    Typed("something in between easy and hard", INTERMEDIATE),
    Typed("tempo 115, flirty", None, None, "playful", 115),
    Typed("not easy, not slow", INTERMEDIATE, None, None, "medium"),
    Typed("I'd like more energy but an easier routine", BEGINNER, "high"),
    Typed("at 140 beats per minute, for experienced dancers", ADVANCED, None, None, 140),
    Typed("What is the weather tomorrow?"),
    # Spanish
    Typed("coreografía romántica para principiantes", BEGINNER, None, "romantic"),
    Typed("algo lento y sensual", None, None, "sensual", "slow"),
    Typed("nivel avanzado con mucha energía", ADVANCED, "high"),
    Typed("nada de vueltas difíciles", BEGINNER),
    Typed("fácil pero con mucha marcha", BEGINNER, "high"),
    Typed("no muy rápido", None, None, None, "medium"),
    Typed("para nuestra boda, tranquila y romántica", None, "low", "romantic"),
    Typed("es mi primera vez bailando", BEGINNER),
    Typed("intermedio, juguetón, a 125 bpm", INTERMEDIATE, None, "playful", 125),
    Typed("quiero algo moderno y rápido", None, None, "modern", "fast"),
    Typed("una coreo super energética para una fiesta", None, "high", "energetic"),
    Typed("nunca he bailado bachata, algo sencillito", BEGINNER),
    Typed("nada sensual, mejor divertido", None, None, "playful"),
    Typed("ni rápido ni difícil", BEGINNER, None, None, "slow"),
    Typed("demasiado lento, quiero más energía", None, "high", None, "medium"),
    Typed("lentísimo y muy pegadito", None, None, "sensual", "slow"),
    Typed("energia baja, tempo medio", None, "low", None, "medium"),
    Typed("un poco más difícil que lo básico", INTERMEDIATE),
    Typed("bachata urbana para expertos", ADVANCED, None, "modern"),
    Typed("prinsipiante romantiko", BEGINNER, None, "romantic"),
    Typed("para mi aniversario con mi esposa", None, None, "romantic"),
    Typed("suave y despacio, somos novatos", BEGINNER, "low", None, "slow"),
    Typed("nivel medio, energía media", INTERMEDIATE, "medium"),
    Typed("sin complicaciones, somos nuevos", BEGINNER),
    Typed("algo coqueto y alegre", None, None, "playful"),
    Typed("menos energético y más romántico", None, "medium", "romantic"),
    Typed("un reto para bailarines con experiencia", ADVANCED),
    Typed("a 118 pulsaciones por minuto", None, None, None, 118),
    Typed("que no sea tan complicado", INTERMEDIATE),
    Typed("intenso, fuerte y sexy", None, "high", "sensual"),
    Typed("sorpréndeme"),
    Typed("ritmo rapidito y picarón", None, None, "playful", "fast"),
    Typed("no es para principiantes", INTERMEDIATE),
    Typed("relajado, sin prisa", None, "low", None, "slow"),
    Typed("quiero enamorar a mi novia", None, None, "romantic"),
    Typed("dificultad alta, energía alta, estilo moderno", ADVANCED, "high", "modern"),
    Typed("ni fácil ni difícil", INTERMEDIATE),
    Typed("con poca energía y a ritmo lento", None, "low", None, "slow"),
    Typed("no quiero nada romántico, algo energético", None, "high", "energetic"),
    Typed("¿Qué tiempo hace mañana?"),
)

HELD_OUT = TYPED[3::4]
SEEN = tuple(phrase for phrase in TYPED if phrase not in HELD_OUT)

MESSY = (
    Typed("yo what's good, gimme smth spicy n fast", None, None, None, "fast"),
    Typed("Can you make a slooow romantic one?", None, None, "romantic", "slow"),
    Typed("my grandma is 80, nothing crazy please", None, "low"),
    Typed("a show for the stage: explosive, complex, modern", ADVANCED, "high", "modern"),
    Typed("I hate slow songs", None, None, None, "medium"),
    Typed("beginner to intermediate", BEGINNER),
    Typed("Not beginner but not advanced either", INTERMEDIATE),
    Typed("I don't want it fast and I don't want it hard", BEGINNER, None, None, "slow"),
    Typed("could you slow it down a bit", None, None, None, "slow"),
    Typed("something for Valentine's day, easy-peasy", BEGINNER, None, "romantic"),
    Typed("high-energy hip-hop style, level 3", ADVANCED, "high", "modern"),
    Typed("No romance, no drama, only fun and games", None, None, "playful"),
    Typed("ENERGETIC AND FAST", None, "high", "energetic", "fast"),
    Typed("slow but intense", None, "high", None, "slow"),
    Typed("q sea facilito porfa", BEGINNER),
    Typed("para bailar pegaditos en la boda de mi hermana", None, None, "sensual"),
    Typed("con mucha sensualidad y poca dificultad", BEGINNER, None, "sensual"),
    Typed("rapidísimo, a tope de power", None, "high", None, "fast"),
    Typed("tengo dos pies izquierdos, ayuda", BEGINNER),
    Typed("ni muy lento ni muy rápido", None, None, None, "medium"),
    Typed("no demasiado complicado, que llevo poco tiempo", INTERMEDIATE),
    Typed("romanticismo puro, velocidad baja", None, None, "romantic", "slow"),
    Typed("más lento por favor", None, None, None, "slow"),
    Typed("menos rápido, más sensual", None, None, "sensual", "medium"),
)

STRANGE = (
    Typed(
        "I want a romantic beginner choreography with slow tempo",
        BEGINNER,
        None,
        "romantic",
        "slow",
    ),
    Typed("create an energetic intermediate dance", INTERMEDIATE, "high", "energetic"),
    Typed("something smooth and elegant for advanced dancers", ADVANCED, "low"),
    Typed("quick and fun routine for total beginners", BEGINNER, None, "playful", "fast"),
    Typed("dame algo fácil para practicar con mi pareja", BEGINNER),
    Typed("hardcore fast spins", ADVANCED, None, None, "fast"),
    Typed(
        "bachata sensual nivel intermedio con energía media y tempo 130",
        INTERMEDIATE,
        "medium",
        "sensual",
        130,
    ),
    Typed("not slow not fast", None, None, None, "medium"),
    Typed(
        "a medium energy romantic choreography for intermediate dancers",
        INTERMEDIATE,
        "medium",
        "romantic",
    ),
    Typed("super simple please I'm terrible at dancing", BEGINNER),
    Typed("quiero lucirme en la pista", ADVANCED),
    Typed("tempo lento energía baja principiante", BEGINNER, "low", None, "slow"),
    Typed("no too hard", INTERMEDIATE),
    Typed("no me gusta lo romántico"),
    Typed("me encanta lo sensual", None, None, "sensual"),
    Typed("más difícil", ADVANCED),
    Typed("less slow", None, None, None, "medium"),
    Typed("sin nada de energía", None, "low"),
    Typed("I love fast music", None, None, None, "fast"),
    Typed("high tempo, low difficulty", BEGINNER, None, None, "fast"),
    Typed("mucho ritmo y mucha alegría", None, None, "playful", "fast"),
    Typed(
        "I am an intermediate dancer but tired today, keep it easy on the energy",
        INTERMEDIATE,
        "low",
    ),
    Typed("a slow song about love", None, None, "romantic", "slow"),
    Typed("one that isn't boring"),
    Typed("energy: high, difficulty: beginner, style: modern", BEGINNER, "high", "modern"),
    Typed("dificultad=avanzado estilo=playful", ADVANCED, None, "playful"),
    Typed("nothing too romantic or sensual, something modern", None, None, "modern"),
    Typed("make it as hard as possible", ADVANCED),
    Typed("I can't dance", BEGINNER),
)
