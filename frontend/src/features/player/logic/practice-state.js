/** What a dancer has set up for practising a song. */

import { validLoop } from './loops.js';
import { wrapShift } from './counts.js';
import { clampSpeed } from './speed.js';

export const FRESH = {
  loop: null,
  loopOn: false,
  speedPercent: 100,
  shiftBeats: 0,
  mirrored: false,
  countsShown: true,
  keysOn: true,
  metronome: { on: false, volume: 0.6 },
  countIn: { beats: 0, eachPass: false },
  ladder: { on: false, stepPercent: 5, topPercent: 100, everyPasses: 2 },
};

/** Return the state to start with: a shared address first, then what is remembered, then fresh. */
export function openingState({ remembered, address, beatsTotal }) {
  const loop = address.loop ?? validLoop(remembered.loop, beatsTotal);
  return {
    ...FRESH,
    ...booleans(remembered, ['mirrored', 'countsShown', 'keysOn']),
    metronome: sameShape(FRESH.metronome, remembered.metronome),
    countIn: sameShape(FRESH.countIn, remembered.countIn),
    ladder: sameShape(FRESH.ladder, remembered.ladder),
    loop,
    loopOn: Boolean(address.loop ?? (loop && remembered.loopOn === true)),
    speedPercent: clampSpeed(address.speedPercent ?? remembered.speedPercent),
    shiftBeats: Number.isInteger(remembered.shiftBeats) ? wrapShift(remembered.shiftBeats) : 0,
  };
}

function booleans(from, names) {
  return Object.fromEntries(
    names.filter((n) => typeof from[n] === 'boolean').map((n) => [n, from[n]]),
  );
}

/** Return `fresh` with the remembered values that are of the same type. */
function sameShape(fresh, remembered) {
  const fits = ([name, value]) => typeof remembered?.[name] === typeof value;
  const kept = Object.entries(fresh)
    .filter(fits)
    .map(([name]) => [name, remembered[name]]);
  return { ...fresh, ...Object.fromEntries(kept) };
}
