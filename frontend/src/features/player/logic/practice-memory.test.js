import { expect, test } from 'vitest';
import { recall, remember } from './practice-memory.js';
import { FRESH, openingState } from './practice-state.js';

function aStorage(items = {}) {
  return { getItem: (key) => items[key] ?? null, setItem: (key, text) => void (items[key] = text) };
}
const open = (storage, song, address = {}) =>
  openingState({ remembered: recall(storage, song), address, beatsTotal: 40 });

test('a song remembers its loop, speed and one; the dancer the rest', () => {
  const storage = aStorage();
  const loop = { startBeat: 2, endBeat: 10 };
  const state = { ...FRESH, loop, loopOn: true, speedPercent: 80, shiftBeats: 2, mirrored: true };
  remember(storage, 'one', state);
  expect(open(storage, 'one')).toEqual(state);
  expect(open(storage, 'two')).toEqual({ ...FRESH, mirrored: true });
});

test('a shared address wins over memory', () => {
  const storage = aStorage();
  remember(storage, 'one', { ...FRESH, speedPercent: 80 });
  const loop = { startBeat: 10, endBeat: 18 };
  expect(open(storage, 'one', { loop, speedPercent: 60 })).toMatchObject({
    loop,
    loopOn: true,
    speedPercent: 60,
  });
});

test.each(['not json', 'null', '[]', '{"loop":{"startBeat":-4,"endBeat":9},"speedPercent":"x"}'])(
  'spoiled memory is fresh: %s',
  (text) => {
    const storage = aStorage({ 'practice:one': text, 'practice-settings': text });
    expect(open(storage, 'one')).toEqual(FRESH);
  },
);

test('a closed storage stops nobody', () => {
  const refuse = () => {
    throw new Error('refused');
  };
  const storage = { getItem: refuse, setItem: refuse };
  remember(storage, 'one', FRESH);
  expect(open(storage, 'one')).toEqual(FRESH);
});
