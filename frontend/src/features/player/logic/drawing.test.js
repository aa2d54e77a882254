import { expect, test } from 'vitest';
import { loudnessPath, shareOf, ticksPath } from './drawing.js';

test('the loudest bar fills the height and every column is drawn', () => {
  const path = loudnessPath([0, 0.5, 1, 0.25], { columns: 2 });
  expect(path.match(/M/g)).toHaveLength(2);
  expect(path).toContain('v96.00');
  expect(path).toContain('v48.00');
});

test('silence is drawn thin and nothing is drawn of nothing', () => {
  expect(loudnessPath([0, 0])).toContain('v2.00');
  expect(loudnessPath([])).toBe('');
});

test('places are held within the song', () => {
  expect([shareOf(-1, 10), shareOf(5, 10), shareOf(11, 10), shareOf(1, 0)]).toEqual([0, 0.5, 1, 0]);
});

test('a stroke stands at every moment', () => {
  expect(ticksPath([0, 0.5], 4)).toBe('M0.0 14v-4M22.0 14v-4');
});
