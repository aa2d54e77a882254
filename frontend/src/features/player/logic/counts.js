/** Count the beats of a song from one to eight. */

import { beatAt } from './beats.js';

export const EIGHT_BEATS = 8;
export const TAPS = [4, 8];

/** Return how far the one can be moved: the shortest way round an eight, -3 to 4. */
export function wrapShift(shiftBeats) {
  const turned = (((shiftBeats + 3) % EIGHT_BEATS) + EIGHT_BEATS) % EIGHT_BEATS;
  return turned - 3;
}

/**
 * Return the count of every beat, 1 to 8.
 *
 * Each one starts a new count, also where the song drops a bar; the beats before the first one
 * lead up to it. `shiftBeats` moves every one later (or, below zero, earlier).
 */
export function countsOf({ beatsTotal, ones, shiftBeats = 0 }) {
  const moved = ones.length ? ones.map((one) => one + shiftBeats) : [shiftBeats];
  const counts = [];
  let place = 0;
  for (let beat = 0; beat < beatsTotal; beat += 1) {
    while (place + 1 < moved.length && moved[place + 1] <= beat) place += 1;
    const since = (beat - moved[place]) % EIGHT_BEATS;
    counts.push(((since + EIGHT_BEATS) % EIGHT_BEATS) + 1);
  }
  return counts;
}

/** Return the beats where an eight can begin or end: both ends of the song and every one. */
export function eightBounds(counts) {
  const bounds = [0];
  counts.forEach((count, beat) => {
    if (count === 1 && beat > 0) bounds.push(beat);
  });
  bounds.push(counts.length);
  return bounds;
}

/** Return `{startBeat, endBeat}` of the eight that `beat` is in; the end is not part of it. */
export function eightAround(bounds, beat) {
  const inside = Math.min(Math.max(beat, 0), bounds.at(-1) - 1);
  const place = beatAt(bounds, inside);
  return { startBeat: bounds[place], endBeat: bounds[place + 1] };
}

/** Return the bound of an eight nearest to `beat`. */
export function snapToEight(bounds, beat) {
  return bounds.reduce((best, bound) =>
    Math.abs(bound - beat) < Math.abs(best - beat) ? bound : best,
  );
}

/** Return the one that begins the next eight after `beat`, or the one before it. */
export function neighbourEight(bounds, beat, direction) {
  const starts = bounds.slice(0, -1);
  if (direction > 0) return starts.find((start) => start > beat) ?? starts.at(-1);
  return starts.findLast((start) => start < beat) ?? starts[0];
}
