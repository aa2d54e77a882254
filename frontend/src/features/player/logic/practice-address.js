/** The loop and the speed in the page's address, so that a passage can be shared. */

import { validLoop } from './loops.js';
import { clampSpeed } from './speed.js';

const LOOP = /^(\d{1,5})-(\d{1,5})$/;

/** Return `{loop, speedPercent}` of an address; what is missing or makes no sense is absent. */
export function readAddress(params, beatsTotal) {
  const found = {};
  const edges = LOOP.exec(params.get('loop') ?? '');
  const loop = edges && validLoop({ startBeat: +edges[1], endBeat: +edges[2] }, beatsTotal);
  if (loop) found.loop = loop;
  const speed = params.get('speed');
  if (/^\d{2,3}$/.test(speed ?? '')) found.speedPercent = clampSpeed(Number(speed));
  return found;
}

/** Return the address's parameters with the loop and the speed in them; others stay. */
export function writeAddress(params, { loop, speedPercent }) {
  const written = new URLSearchParams(params);
  if (loop) written.set('loop', `${loop.startBeat}-${loop.endBeat}`);
  else written.delete('loop');
  if (speedPercent === 100) written.delete('speed');
  else written.set('speed', String(speedPercent));
  return written;
}
