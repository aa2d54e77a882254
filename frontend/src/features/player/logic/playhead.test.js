import { expect, test } from 'vitest';
import { aSong } from './a-song.js';
import { countsOf } from './counts.js';
import { createPlayhead } from './playhead.js';
import { readTimeline } from './timeline.js';

const song = readTimeline(aSong());
const countsWith = (shiftBeats) =>
  countsOf({ beatsTotal: song.beats.length, ones: song.ones, shiftBeats });

test('a frame shows the beat it is nearest to', () => {
  const playhead = createPlayhead(song, countsWith(0));
  playhead.at(song.beats[10] - 0.018);
  expect(playhead.get().count).toBe(8);
  playhead.at(song.beats[10] - 0.015);
  expect(playhead.get().count).toBe(1);
});

test('listeners hear of every move of the playhead until they leave', () => {
  const playhead = createPlayhead(song, countsWith(0));
  const heard = [];
  const leave = playhead.subscribe(({ timeS }) => heard.push(timeS));
  playhead.at(1);
  leave();
  playhead.at(2);
  expect(heard).toEqual([1]);
});

test('a shifted one is shown at once', () => {
  const playhead = createPlayhead(song, countsWith(0));
  playhead.at(song.beats[10]);
  playhead.recount(countsWith(1));
  expect(playhead.get()).toMatchObject({ beat: 10, count: 8 });
});
