import { expect, test } from 'vitest';
import { beatAt, beatLengthS, nearestBeat, timeOfBeat } from './beats.js';

const beats = [0.5, 1, 1.5, 2.1];

test('a beat lasts until the next one', () => {
  expect([0.49, 0.5, 0.99, 1, 9].map((t) => beatAt(beats, t))).toEqual([-1, 0, 0, 1, 3]);
});

test('the nearest beat may come after the moment, and may be the end of the last', () => {
  expect([0, 0.7, 0.8, 1.79, 1.81, 2.5, 9].map((t) => nearestBeat(beats, t))).toEqual([
    0, 0, 1, 2, 3, 4, 4,
  ]);
});

test('the tempo goes on outside the beats', () => {
  expect(timeOfBeat(beats, -1)).toBeCloseTo(0);
  expect(timeOfBeat(beats, 4)).toBeCloseTo(2.7);
  expect(beatLengthS(beats, 99)).toBeCloseTo(0.6);
});

test('a song without beats has a steady one', () => {
  expect(beatAt([], 3)).toBe(-1);
  expect(timeOfBeat([], 2)).toBe(1);
});
