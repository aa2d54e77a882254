import { expect, test } from 'vitest';
import { aSong } from './a-song.js';
import {
  isInLoop,
  learnSeekS,
  loopOfSpan,
  loopTimes,
  nudgeEdge,
  placeEdge,
  setEdge,
  untilReturnS,
  validLoop,
} from './loops.js';
import { readTimeline } from './timeline.js';

const bounds = [0, 2, 10, 18, 26, 34];
const loop = (startBeat, endBeat) => ({ startBeat, endBeat });

test('A and B snap to the eight they are set in', () => {
  expect(setEdge(null, 'a', 12, bounds)).toEqual(loop(10, 18));
  expect(setEdge(loop(10, 18), 'b', 20, bounds)).toEqual(loop(10, 26));
  expect(setEdge(loop(10, 26), 'a', 3, bounds)).toEqual(loop(2, 26));
});

test('an edge beyond the other one makes a loop of one eight', () => {
  expect(setEdge(loop(2, 10), 'a', 12, bounds)).toEqual(loop(10, 18));
  expect(setEdge(loop(18, 26), 'b', 3, bounds)).toEqual(loop(2, 10));
});

test('the loop of a move begins on its first one', () => {
  const { moves, ones } = readTimeline(aSong());
  expect(moves.map((move) => loopOfSpan(move, ones, 34))).toEqual([
    loop(2, 10),
    loop(10, 26),
    loop(26, 34),
  ]);
});

test('edges move by beats and never meet or leave the song', () => {
  expect(nudgeEdge(loop(10, 18), 'a', -1, 34)).toEqual(loop(9, 18));
  expect(nudgeEdge(loop(17, 18), 'a', 1, 34)).toEqual(loop(17, 18));
  expect(nudgeEdge(loop(10, 34), 'b', 1, 34)).toEqual(loop(10, 34));
  expect(placeEdge(loop(10, 18), 'b', 3, 34)).toEqual(loop(10, 11));
});

test.each([
  [null],
  [loop(3, 3)],
  [loop(-1, 4)],
  [loop(0, 35)],
  [loop(0.5, 4)],
  [{}],
  [loop('2', '10')],
])('no loop: %j', (wrong) => {
  expect(validLoop(wrong, 34)).toBe(null);
});

test('a loop ends with the song at the latest', () => {
  const { beats } = readTimeline(aSong());
  expect(loopTimes(loop(26, 34), beats, 17.1)).toEqual({ startS: beats[26], endS: 17.1 });
  expect(isInLoop({ startS: 2, endS: 4 }, 4.04)).toBe(true);
  expect(isInLoop({ startS: 2, endS: 4 }, 4.1)).toBe(false);
});

test('the way back is left early by as long as it takes', () => {
  expect(untilReturnS({ endS: 10, timeS: 9, rate: 0.5, seekS: 0.04 })).toBeCloseTo(1.96);
});

test('one slow seek does not spoil the expectation', () => {
  expect(learnSeekS(null, 0.04)).toBeCloseTo(0.04);
  expect(learnSeekS(0.04, 5)).toBeLessThan(0.11);
  expect(learnSeekS(0.04, -1)).toBeLessThan(0.04);
});
