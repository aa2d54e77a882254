import { expect, test } from 'vitest';
import {
  countsOf,
  eightAround,
  eightBounds,
  neighbourEight,
  snapToEight,
  wrapShift,
} from './counts.js';

test('beats before the first one lead up to it', () => {
  const counts = countsOf({ beatsTotal: 12, ones: [2, 10] });
  expect(counts).toEqual([7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2]);
});

test('a dropped bar starts the count anew', () => {
  const counts = countsOf({ beatsTotal: 10, ones: [0, 4] });
  expect(counts).toEqual([1, 2, 3, 4, 1, 2, 3, 4, 5, 6]);
});

test('shifting the one moves every count', () => {
  const counts = countsOf({ beatsTotal: 10, ones: [0, 8], shiftBeats: 1 });
  expect(counts).toEqual([8, 1, 2, 3, 4, 5, 6, 7, 8, 1]);
  expect(countsOf({ beatsTotal: 3, ones: [0], shiftBeats: -2 })).toEqual([3, 4, 5]);
});

test('without ones the first beat is one', () => {
  expect(countsOf({ beatsTotal: 3, ones: [] })).toEqual([1, 2, 3]);
});

test('shifts go round the eight', () => {
  expect([4, 5, -3, -4, 8, 0].map(wrapShift)).toEqual([4, -3, -3, 4, 0, 0]);
});

const bounds = eightBounds(countsOf({ beatsTotal: 21, ones: [2, 10, 18] }));

test('eights are bounded by the ones and the ends of the song', () => {
  expect(bounds).toEqual([0, 2, 10, 18, 21]);
  expect(eightAround(bounds, 9)).toEqual({ startBeat: 2, endBeat: 10 });
  expect(eightAround(bounds, -1)).toEqual({ startBeat: 0, endBeat: 2 });
  expect(eightAround(bounds, 99)).toEqual({ startBeat: 18, endBeat: 21 });
});

test('snapping finds the nearest bound', () => {
  expect([0, 5, 7, 16, 30].map((beat) => snapToEight(bounds, beat))).toEqual([0, 2, 10, 18, 21]);
});

test('an eight on or back ends at the first and last one', () => {
  expect(neighbourEight(bounds, 10, 1)).toBe(18);
  expect(neighbourEight(bounds, 11, -1)).toBe(10);
  expect(neighbourEight(bounds, 10, -1)).toBe(2);
  expect(neighbourEight(bounds, 20, 1)).toBe(18);
  expect(neighbourEight(bounds, 0, -1)).toBe(0);
});
