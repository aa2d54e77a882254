import { expect, test } from 'vitest';
import { clampSpeed, climb } from './speed.js';

test('speeds are steps of five percent from 50 to 125', () => {
  expect([83, 40, 200, 100, NaN, undefined].map(clampSpeed)).toEqual([85, 50, 125, 100, 100, 100]);
});

const ladder = { everyPasses: 2, stepPercent: 5, topPercent: 100 };
const after = (passesDone, speedPercent) => climb({ ...ladder, passesDone, speedPercent });

test('a ladder climbs after every so many passes', () => {
  expect([0, 1, 2, 3, 4].map((passes) => after(passes, 70))).toEqual([70, 70, 75, 70, 75]);
});

test('a ladder ends at its top and never slows down', () => {
  expect(after(2, 100)).toBe(100);
  expect(after(2, 110)).toBe(110);
  expect(climb({ ...ladder, stepPercent: 10, passesDone: 2, speedPercent: 95 })).toBe(100);
});
