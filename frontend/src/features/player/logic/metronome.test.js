import { expect, test } from 'vitest';
import { aSong } from './a-song.js';
import { countsOf } from './counts.js';
import { clicksBetween, countInOf, countInTarget } from './metronome.js';
import { readTimeline } from './timeline.js';

const { beats, ones } = readTimeline(aSong());
const counts = countsOf({ beatsTotal: beats.length, ones });
const still = { mediaS: 0, contextS: 0, rate: 1 };

test('there is a click on every beat, the one accented', () => {
  const clicks = clicksBetween({ beats, counts, fromS: 0, toS: 99, anchor: still });
  expect(clicks.map(({ whenS }) => whenS)).toEqual(beats);
  expect(clicks.filter(({ accent }) => accent).map(({ beat }) => beat)).toEqual(ones);
});

test('windows that follow each other click every beat once', () => {
  const windows = [0, 0.25, 0.75, 2, 2.25, 17.5].flatMap((fromS, place, edges) =>
    clicksBetween({ beats, counts, fromS, toS: edges[place + 1] ?? 99, anchor: still }),
  );
  expect(windows.map(({ beat }) => beat)).toEqual(beats.map((_, beat) => beat));
});

test('clicks follow the media clock and its speed', () => {
  const anchor = { mediaS: 10, contextS: 3, rate: 0.5 };
  const [click] = clicksBetween({ beats, counts, fromS: 10, toS: 10.5, anchor });
  expect(click.whenS).toBeCloseTo(3 + (click.beat * 0.5 + 0.25 - 10) * 2);
});

test('a loop from the one is counted in by 5 6 7 8, as fast as it goes', () => {
  const { steps, durationS } = countInOf({ beats, counts, startBeat: 10, beatsTotal: 4, rate: 0.5 });
  expect(steps.map(({ count }) => count)).toEqual([5, 6, 7, 8]);
  expect(steps.map(({ afterS }) => afterS)).toEqual([0, 1, 2, 3]);
  expect(durationS).toBe(4);
});

test('a count-in of eight begins with one', () => {
  const { steps } = countInOf({ beats, counts, startBeat: 10, beatsTotal: 8, rate: 1 });
  expect(steps.map(({ count }) => count)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test('a count-in leads to the beat that sounds now', () => {
  expect(countInTarget(beats, 5.3)).toBe(10);
  expect(countInTarget(beats, 0)).toBe(0);
});
