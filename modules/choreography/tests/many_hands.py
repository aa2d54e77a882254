"""Wishes full of idiom, negation and comparison, written as if by twelve different people.

Five phrases of each hand were seen while the rules were mended for them; five were held out: they
were written before. Of those 60 the rules read 23 before, 30 when they were mended for the others,
and 40 with a wider vocabulary, which one author wrote, who knew them: expect less of strangers.
``benchmarks/typed_wishes.py`` prints how many are read, field by field.
"""

from __future__ import annotations

from modules.choreography.tests.typed_queries import ADVANCED, BEGINNER, INTERMEDIATE, Typed

SEEN = (
    # a teacher
    Typed("keep the energy down", None, "low"),
    Typed("my group is past the beginner stage", INTERMEDIATE),
    Typed("a notch above beginner", INTERMEDIATE),
    Typed("dial up the energy", None, "high"),
    Typed("nothing too sweaty, they come straight from work", None, "medium"),
    # a schoolgirl with a telephone
    Typed("two left feet lol", BEGINNER),
    Typed("were bored of basics", INTERMEDIATE),
    Typed("smth lit, go hard", None, "high"),
    Typed("no cringe romantic stuff"),
    Typed("lowkey chill vibes", None, "low"),
    # somebody from Madrid
    Typed("mucha caña", None, "high"),
    Typed("dale caña, tío", None, "high"),
    Typed("estamos hartos de lo básico", INTERMEDIATE),
    Typed("que sea flojita de energía", None, "low"),
    Typed("sin florituras, algo de andar por casa", BEGINNER),
    # somebody from Lima
    Typed("no somos principiantes", INTERMEDIATE),
    Typed("bien prendida, para la fiesta", None, "high"),
    Typed("suavecita nomás", None, "low"),
    Typed("ya no somos novatos", INTERMEDIATE),
    Typed("con harta energía", None, "high"),
    # an old couple
    Typed("easy on the knees please", None, "low"),
    Typed("We are not as young as we were, so gently does it", None, "low"),
    Typed("nothing too strenuous", None, "medium"),
    Typed("we have been married for forty years, make it tender", None, "low", "romantic"),
    Typed("we can manage the basics and not much else", BEGINNER),
    # a guest whose first language is another
    Typed("please dance without hard moves", BEGINNER),
    Typed("we want more strong energy", None, "high"),
    Typed("tempo not high", None, None, None, "slow"),
    Typed("I am not beginner anymore", INTERMEDIATE),
    Typed("style must be not sensual but happy", None, None, "playful"),
    # a bride and her groom
    Typed("first dance at our wedding, neither of us can dance", BEGINNER, None, "romantic"),
    Typed("romantic without being cheesy", None, None, "romantic"),
    Typed("less romantic, more fun", None, None, "playful"),
    Typed("slow enough that I can follow in heels", None, None, None, "slow"),
    Typed("something our parents won't blush at, so not too sexy"),
    # a runner
    Typed("I want to break a sweat", None, "high"),
    Typed("full power, no breaks", None, "high"),
    Typed("as fast as you can", None, None, None, "fast"),
    Typed("the more complicated the better", ADVANCED),
    Typed("a cool-down, please", None, "low"),
    # a person of few words
    Typed("beg., romantic", BEGINNER, None, "romantic"),
    Typed("adv/high/modern", ADVANCED, "high", "modern"),
    Typed("low-energy, int.", INTERMEDIATE, "low"),
    Typed("nivel: medio; energía: baja", INTERMEDIATE, "low"),
    Typed("level=2 style=sensual", INTERMEDIATE, None, "sensual"),
    # a retired gentleman
    Typed("nos gustaría algo sosegado, que ya tenemos una edad", None, "low"),
    Typed("que no sea muy movido", None, "medium"),
    Typed("para torpes como nosotros", BEGINNER),
    Typed("no tenemos ni idea de bailar", BEGINNER),
    Typed("nada de acrobacias ni cosas raras", BEGINNER),
    # a social dancer
    Typed("I could do this in my sleep, give me something tougher", ADVANCED),
    Typed("not our first rodeo", INTERMEDIATE),
    Typed("that one was way over our heads", BEGINNER),
    Typed("something with a bit of attitude, street style", None, None, "modern"),
    Typed("keep it mellow but not boring", None, "low"),
    # a student in a hurry
    Typed("pa principiantes xfa", BEGINNER),
    Typed("q no sea un coñazo romántico"),
    Typed("a toda mecha", None, None, None, "fast"),
    Typed("en plan sexy pero facil", BEGINNER, None, "sensual"),
    Typed("sin mucho jaleo", None, "low"),
)

HELD_OUT = (
    # a teacher
    Typed("take it down a notch", None, "low"),
    Typed("they already know the basics", INTERMEDIATE),
    Typed("crank the energy up for the closing show", None, "high"),
    Typed("nothing above beginner level please", BEGINNER),
    Typed("no more than medium energy", None, "medium"),
    # a schoolgirl with a telephone
    Typed("im trash at dancing so keep it ez", BEGINNER),
    Typed("sick of the beginner stuff", INTERMEDIATE),
    Typed("full send", None, "high"),
    Typed("anything but slow", None, None, None, "medium"),
    Typed("zero romance pls, something goofy", None, None, "playful"),
    # somebody from Madrid
    Typed("métele caña", None, "high"),
    Typed("ya nos aburre lo básico", INTERMEDIATE),
    Typed("bájale la intensidad", None, "low"),
    Typed("que no se me salga el corazón por la boca", None, "low"),
    Typed("algo molón y actual", None, None, "modern"),
    # somebody from Lima
    Typed("no soy ningún novato", INTERMEDIATE),
    Typed("échale ganas, con todo", None, "high"),
    Typed("algo tranqui para empezar la noche", None, "low"),
    Typed("que esté sabrosa y picante", None, None, "sensual"),
    Typed("llevamos años bailando bachata", ADVANCED),
    # an old couple
    Typed("our dancing days are behind us, go slowly", None, None, None, "slow"),
    Typed("we tire quickly", None, "low"),
    Typed("we only know the basic step", BEGINNER),
    Typed("less jumping about, more tenderness", None, "low", "romantic"),
    Typed("hardly any experience between us", BEGINNER),
    # a guest whose first language is another
    Typed("please make without difficult turns", BEGINNER),
    Typed("energy must be not low", None, "medium"),
    Typed("we are dancing already five years", ADVANCED),
    Typed("i like when is very sexy and slowly", None, None, "sensual", "slow"),
    Typed("level is between beginner and middle", BEGINNER),
    # a bride and her groom
    Typed("we're clueless, the wedding is in a week", BEGINNER, None, "romantic"),
    Typed("dreamy and soft, no showing off", None, "low", "romantic"),
    Typed("as romantic as it gets", None, None, "romantic"),
    Typed("I'd rather it was upbeat than soppy", None, "high"),
    Typed("nothing raunchy in front of grandma"),
    # a runner
    Typed("make me sweat", None, "high"),
    Typed("all out, maximum effort", None, "high"),
    Typed("don't go easy on us", ADVANCED),
    Typed("faster than the usual stuff", None, None, None, "fast"),
    Typed("rest day, take it real easy", None, "low"),
    # a person of few words
    Typed("int, playful, mid energy", INTERMEDIATE, "medium", "playful"),
    Typed("lvl 1, slow", BEGINNER, None, None, "slow"),
    Typed("energy low style romantic", None, "low", "romantic"),
    Typed("dif. alta, 130 bpm", ADVANCED, None, None, 130),
    Typed("advanced - sensual - 115bpm", ADVANCED, None, "sensual", 115),
    # a retired gentleman
    Typed("tenemos poca experiencia", BEGINNER),
    Typed("que no nos falte el aliento", None, "low"),
    Typed("una cosa íntima, sin prisas", None, None, "sensual", "slow"),
    Typed("ni demasiado fácil ni demasiado difícil", INTERMEDIATE),
    Typed("algo más alegre que romántico", None, None, "playful"),
    # a social dancer
    Typed("piece of cake level", BEGINNER),
    Typed("give me a real challenge this time", ADVANCED),
    Typed("that last routine was a snoozefest, wake us up", None, "high"),
    Typed("nice and slow, nothing rushed", None, None, None, "slow"),
    Typed("the opposite of calm", None, "high"),
    # a student in a hurry
    Typed("somos unos patosos", BEGINNER),
    Typed("a todo gas", None, None, None, "fast"),
    Typed("rollo tranqui", None, "low"),
    Typed("nada de lento, q me duermo", None, None, None, "medium"),
    Typed("algo chungo de verdad, q ya controlamos", ADVANCED),
)
