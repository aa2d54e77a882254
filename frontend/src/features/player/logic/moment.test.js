import { expect, test } from 'vitest';
import { aSong } from './a-song.js';
import { countsOf } from './counts.js';
import { momentAt, neighbourSpan } from './moment.js';
import { readTimeline } from './timeline.js';

const song = readTimeline(aSong());
const counts = countsOf({ beatsTotal: song.beats.length, ones: song.ones });
const at = (timeS) => momentAt(song, counts, timeS);

test('before the first beat there is a move and no count', () => {
  expect(at(0.1)).toMatchObject({ beat: -1, count: null, move: { name: 'Intro' } });
});

test('the countdown is one on the last beat before the change', () => {
  expect(at(song.beats[9]).beatsToNext).toBe(1);
  expect(at(song.beats[10])).toMatchObject({
    count: 1,
    beatsToNext: 16,
    move: { name: 'Side basic' },
  });
});

test('the last move has nothing after it', () => {
  expect(at(17)).toMatchObject({ next: null, beatsToNext: null, section: { label: 'B' } });
});

test('back goes to the start of the move first, then to the one before', () => {
  const [intro, basic, dip] = song.moves;
  expect(neighbourSpan(song.moves, basic.startS + 3, -1)).toBe(basic);
  expect(neighbourSpan(song.moves, basic.startS + 0.5, -1)).toBe(intro);
  expect(neighbourSpan(song.moves, 0.2, -1)).toBe(intro);
  expect(neighbourSpan(song.moves, basic.startS, 1)).toBe(dip);
  expect(neighbourSpan(song.moves, dip.startS, 1)).toBe(null);
});

test('a song without moves has none anywhere', () => {
  expect(momentAt(readTimeline(null), [], 3)).toMatchObject({
    move: null,
    next: null,
    count: null,
  });
  expect(neighbourSpan([], 3, 1)).toBe(null);
});
