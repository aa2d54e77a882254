import { expect, test } from 'vitest';
import { aSong } from './a-song.js';
import { readTimeline } from './timeline.js';

test('version 1 counts anew at each move, and leads in before its first one', () => {
  const { ones, moves } = readTimeline(aSong());
  expect(ones).toEqual([2, 10, 18, 26]);
  expect(moves.map(({ startBeat, endBeat }) => [startBeat, endBeat])).toEqual([
    [0, 10],
    [10, 26],
    [26, 34],
  ]);
});

test('version 1 counts on where a move is shorter than the song', () => {
  const raw = aSong();
  raw.moves[2].eights = 3;
  expect(readTimeline(raw).ones).toEqual([2, 10, 18, 26]);
});

test('version 2 names its ones', () => {
  expect(readTimeline({ ...aSong(), version: 2, ones: [1, 9, 13] }).ones).toEqual([1, 9, 13]);
});

test('a figure is placed in the song', () => {
  const raw = aSong();
  Object.assign(raw.moves[1], {
    clip_start_s: 2,
    clip_end_s: 10,
    figure: { start_s: 4, end_s: 12 },
  });
  const { figure, startS, endS } = readTimeline(raw).moves[1];
  expect(figure.startS).toBeCloseTo(startS + (endS - startS) / 4);
  expect(figure.endS).toBeCloseTo(endS);
});

test('sections know their beats', () => {
  const [a, b] = readTimeline(aSong()).sections;
  expect(a).toMatchObject({ startBeat: 0, endBeat: 10, label: 'A', energy: 'low' });
  expect(b).toMatchObject({ startBeat: 10, endBeat: 34 });
});

test.each([[null], [{}], [{ version: 1, song: {} }]])('a missing timeline is empty: %j', (raw) => {
  expect(readTimeline(raw)).toMatchObject({ beats: [], ones: [], moves: [], sections: [] });
});
