/** Where the player is: one value that frames write and the pieces of the page read. */

import { momentAt } from './moment.js';

/** Half a frame of a video of 30 frames a second: a frame shows the beat it is nearest to. */
const HALF_FRAME_S = 1 / 60;

/**
 * Return a playhead for a song.
 *
 * `at(timeS)` moves it; `get()` returns `{timeS, beat, count, move, next, section, beatsToNext}`.
 * Listeners are called within `at`, so what they change is seen with the frame that is shown.
 */
export function createPlayhead(song, counts = []) {
  const listeners = new Set();
  let counted = counts;
  let now = { timeS: 0, ...momentAt(song, counted, 0) };

  function at(timeS) {
    now = { timeS, ...momentAt(song, counted, timeS + HALF_FRAME_S) };
    listeners.forEach((listener) => listener(now));
  }

  return {
    at,
    get: () => now,
    recount(newCounts) {
      counted = newCounts;
      at(now.timeS);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
