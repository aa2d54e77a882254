/** Loops are `{startBeat, endBeat}`: whole beats of the song, the end not part of it. */

import { timeOfBeat } from './beats.js';
import { eightAround } from './counts.js';

/** Return the loop if it lies within the song and is at least one beat long, else null. */
export function validLoop(loop, beatsTotal) {
  if (!loop) return null;
  const { startBeat, endBeat } = loop;
  const whole = Number.isInteger(startBeat) && Number.isInteger(endBeat);
  return whole && startBeat >= 0 && startBeat < endBeat && endBeat <= beatsTotal
    ? { startBeat, endBeat }
    : null;
}

/** Return the loop over a move or a section, from its first one. */
export function loopOfSpan(span, ones, beatsTotal) {
  const startBeat = ones.find((one) => one >= span.startBeat && one < span.endBeat);
  return validLoop({ startBeat: startBeat ?? span.startBeat, endBeat: span.endBeat }, beatsTotal);
}

/**
 * Return the loop after A or B was set at `beat`, on the bounds of that beat's eight.
 *
 * An edge set beyond the other one makes a loop of that single eight.
 */
export function setEdge(loop, edge, beat, bounds) {
  const eight = eightAround(bounds, beat);
  if (edge === 'a') {
    const endBeat = loop && loop.endBeat > eight.startBeat ? loop.endBeat : eight.endBeat;
    return { startBeat: eight.startBeat, endBeat };
  }
  const startBeat = loop && loop.startBeat < eight.endBeat ? loop.startBeat : eight.startBeat;
  return { startBeat, endBeat: eight.endBeat };
}

/** Return the loop with one edge placed on `beat`, held within the song and one beat from the other. */
export function placeEdge(loop, edge, beat, beatsTotal) {
  if (edge === 'a') {
    return { ...loop, startBeat: Math.min(Math.max(beat, 0), loop.endBeat - 1) };
  }
  return { ...loop, endBeat: Math.max(Math.min(beat, beatsTotal), loop.startBeat + 1) };
}

/** Return the loop with one edge moved by some beats. */
export function nudgeEdge(loop, edge, byBeats, beatsTotal) {
  const from = edge === 'a' ? loop.startBeat : loop.endBeat;
  return placeEdge(loop, edge, from + byBeats, beatsTotal);
}

/** Return `{startS, endS}` of a loop. */
export function loopTimes(loop, beats, durationS) {
  return {
    startS: timeOfBeat(beats, loop.startBeat),
    endS: Math.min(timeOfBeat(beats, loop.endBeat), durationS || Infinity),
  };
}

/** Whether a moment lies in the loop, its very end included. */
export function isInLoop({ startS, endS }, timeS, { marginS = 0.05 } = {}) {
  return timeS >= startS - marginS && timeS <= endS + marginS;
}

/**
 * Return how long after `timeS` the player must go back, in seconds of the clock.
 *
 * Going back takes `seekS`; leaving that much earlier lets the first beat of the loop sound when
 * the beat after the loop would have, so that the dancers keep their count.
 */
export function untilReturnS({ endS, timeS, rate, seekS }) {
  return (endS - timeS) / rate - seekS;
}

const NEW_SHARE = 0.3;
const LONGEST_SEEK_S = 0.25;

/** Return the expected duration of a seek after one more was measured; outliers count little. */
export function learnSeekS(expectedS, measuredS) {
  const bounded = Math.min(Math.max(measuredS, 0), LONGEST_SEEK_S);
  return expectedS === null ? bounded : expectedS + NEW_SHARE * (bounded - expectedS);
}
