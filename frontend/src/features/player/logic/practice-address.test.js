import { expect, test } from 'vitest';
import { readAddress, writeAddress } from './practice-address.js';

const read = (text, beatsTotal = 40) => readAddress(new URLSearchParams(text), beatsTotal);

test('an address is read as it was written', () => {
  const state = { loop: { startBeat: 2, endBeat: 18 }, speedPercent: 85 };
  const written = writeAddress(new URLSearchParams('tab=x'), state);
  expect(written.toString()).toBe('tab=x&loop=2-18&speed=85');
  expect(read(written)).toEqual(state);
});

test('what is as usual is not in the address', () => {
  const before = new URLSearchParams('loop=2-18&speed=85&q=1');
  expect(writeAddress(before, { loop: null, speedPercent: 100 }).toString()).toBe('q=1');
});

test.each([
  '',
  'loop=18-2',
  'loop=2-99',
  'loop=a-b',
  'loop=2',
  'speed=fast',
  'speed=1e9',
  'loop=-1-3',
])('nonsense is left out: %s', (text) => expect(read(text)).toEqual({}));

test('a speed out of range is brought in', () => {
  expect(read('speed=999').speedPercent).toBe(125);
});
