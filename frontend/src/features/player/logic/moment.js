/** Say what is danced at one moment of the song. */

import { beatAt } from './beats.js';

/** Return the span that `timeS` lies in; the last one reaches to the end. */
export function spanAt(spans, timeS) {
  return spans.findLast((span) => span.startS <= timeS) ?? spans[0] ?? null;
}

/** Return the spans before and after the one at `timeS`: where "previous" and "next" lead. */
export function neighbourSpan(spans, timeS, direction, { graceS = 1 } = {}) {
  const here = spanAt(spans, timeS);
  if (!here) return null;
  if (direction > 0) return spans[here.index + 1] ?? null;
  const startedNow = timeS - here.startS < graceS;
  return startedNow ? (spans[here.index - 1] ?? here) : here;
}

/**
 * Return `{beat, count, move, next, section, beatsToNext}` at `timeS`.
 *
 * `beat` is -1 before the first beat and `count` null outside the beats; `beatsToNext` counts
 * down to the change of move and is 1 on the last beat before it.
 */
export function momentAt({ beats, moves, sections }, counts, timeS) {
  const beat = beatAt(beats, timeS);
  const move = spanAt(moves, timeS);
  const next = move ? (moves[move.index + 1] ?? null) : null;
  return {
    beat,
    count: counts[beat] ?? null,
    move,
    next,
    section: spanAt(sections, timeS),
    beatsToNext: next ? Math.max(0, next.startBeat - beat) : null,
  };
}
