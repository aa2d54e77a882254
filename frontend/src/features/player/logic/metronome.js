/** When the metronome clicks: pure schedules, so that a clock of any kind can play them. */

import { beatAt, beatLengthS } from './beats.js';

/** A beat this close to the end of a loop is the loop's first one again. */
const SAME_BEAT_S = 0.001;

/**
 * Return the clicks of the beats within `fromS <= beat < toS` of the song.
 *
 * `anchor` says that the moment `mediaS` of the song is heard at `contextS` of the audio clock,
 * and that the song runs at `rate`. A click is `{beat, accent, whenS}`, `whenS` on that clock.
 */
export function clicksBetween({ beats, counts, fromS, toS, anchor }) {
  const clicks = [];
  for (let beat = beatAt(beats, fromS - 1e-6) + 1; beats[beat] < toS; beat += 1) {
    const whenS = anchor.contextS + (beats[beat] - anchor.mediaS) / anchor.rate;
    clicks.push({ beat, accent: counts[beat] === 1, whenS });
  }
  return clicks;
}

/**
 * Return the clicks within `fromS <= beat < toS` of a song that may run in a loop.
 *
 * Beyond the end of the loop `{startS, endS}` the beats from its start on are clicked, so that no
 * beat waits for the player to have gone back. A song that is beyond the loop already goes on.
 */
export function clicksInLoop({ beats, counts, fromS, toS, anchor, loop }) {
  if (!loop || anchor.mediaS >= loop.endS) {
    return clicksBetween({ beats, counts, fromS, toS, anchor });
  }
  const { startS, endS } = loop;
  const lengthS = endS - startS;
  const thisPass = { fromS, toS: Math.min(toS, endS - SAME_BEAT_S), anchor };
  const nextPass = {
    fromS: Math.max(fromS, endS) - lengthS,
    toS: toS - lengthS,
    anchor: { ...anchor, mediaS: anchor.mediaS - lengthS },
  };
  return [
    ...clicksBetween({ beats, counts, ...thisPass }),
    ...clicksBetween({ beats, counts, ...nextPass }),
  ];
}

/**
 * Return the count-in before `startBeat`: `{steps: [{afterS, count}], durationS}`.
 *
 * It is as fast as the beat it leads to, and its counts are those that come before it, so a loop
 * from the one is counted in by 5 6 7 8.
 */
export function countInOf({ beats, counts, startBeat, beatsTotal, rate }) {
  const stepS = beatLengthS(beats, startBeat) / rate;
  const target = counts[startBeat] ?? 1;
  const steps = Array.from({ length: beatsTotal }, (_, place) => {
    const before = beatsTotal - place;
    const count = ((((target - 1 - before) % 8) + 8) % 8) + 1;
    return { afterS: place * stepS, count };
  });
  return { steps, durationS: beatsTotal * stepS };
}

/** Return which beat a count-in before `timeS` leads to: the one sounding now, else the next. */
export function countInTarget(beats, timeS) {
  const now = beatAt(beats, timeS + 0.02);
  return now < 0 ? 0 : now;
}
