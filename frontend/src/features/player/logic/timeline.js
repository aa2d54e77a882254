/** Read the timeline JSON of a choreography, versions 1 and 2, into what the player draws. */

import { beatAt, nearestBeat } from './beats.js';
import { EIGHT_BEATS } from './counts.js';

/** Beats and cuts come from one list; the JSON rounds them to tenths of a millisecond. */
const SAME_MOMENT_S = 0.005;

/**
 * Return the timeline with beats, ones, sections and moves in the player's own words.
 *
 * Anything missing is empty, so that a video without a (whole) timeline still plays.
 */
export function readTimeline(raw) {
  const { version, song, beats_s: beats, sections, moves, peaks } = { ...NOTHING, ...raw };
  const readMoves = moves.map((move, index) => readMove(move, index, beats));
  return {
    version,
    durationS: song.duration_s ?? readMoves.at(-1)?.endS ?? 0,
    tempoBpm: song.tempo_bpm ?? null,
    beats,
    ones: onesOf(raw, readMoves),
    sections: sections.map((section, index) => readSection(section, index, beats)),
    moves: readMoves,
    peaks,
  };
}

const NOTHING = { version: null, song: {}, beats_s: [], sections: [], moves: [], peaks: [] };

/**
 * Return the indices of the beats that are ones.
 *
 * Version 2 names them. Version 1 does not: there each move starts its eights anew.
 */
export function onesOf(raw, moves) {
  if (raw?.ones) return raw.ones;
  const ones = new Set();
  moves.forEach((move, place) => {
    const first = place === 0 ? (raw.first_one ?? move.startBeat) : move.startBeat;
    for (let eight = 0; eight < move.eights; eight += 1) ones.add(first + eight * EIGHT_BEATS);
  });
  return [...ones].filter((one) => one < raw.beats_s.length).sort((a, b) => a - b);
}

function readMove(move, index, beats) {
  return {
    index,
    ...spanOf(move, beats),
    eights: move.eights,
    clipId: move.clip_id ?? null,
    name: move.name,
    why: move.why ?? '',
    figure: figureInSong(move),
  };
}

function readSection(section, index, beats) {
  return { index, ...spanOf(section, beats), label: section.label, energy: section.energy };
}

function spanOf({ start_s: startS, end_s: endS }, beats) {
  const startBeat = Math.min(beatAt(beats, startS - SAME_MOMENT_S) + 1, beats.length);
  return { startS, endS, startBeat, endBeat: Math.min(nearestBeat(beats, endS), beats.length) };
}

/** Return when the figure of a move is danced, in seconds of the song, or null. */
function figureInSong({
  figure,
  clip_start_s: from,
  clip_end_s: to,
  start_s: startS,
  end_s: endS,
}) {
  if (!figure || !(to > from)) return null;
  const inSong = (clipS) => {
    const share = Math.min(Math.max((clipS - from) / (to - from), 0), 1);
    return startS + share * (endS - startS);
  };
  return { startS: inSong(figure.start_s), endS: inSong(figure.end_s) };
}
