import { expect, test } from 'vitest';
import { aSong } from './a-song.js';
import { countsOf } from './counts.js';
import { clicksBetween, clicksInLoop, countInOf, countInTarget } from './metronome.js';
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
  const { steps, durationS } = countInOf({
    beats,
    counts,
    startBeat: 10,
    beatsTotal: 4,
    rate: 0.5,
  });
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

const loop = { startS: beats[10], endS: beats[18] };
const laid = (fromS, toS, mediaS) =>
  clicksInLoop({ beats, counts, fromS, toS, loop, anchor: { mediaS, contextS: 100, rate: 1 } }).map(
    ({ beat, accent, whenS }) => [beat, accent, whenS],
  );

test('in a loop the click after the last beat is the first one again, in time', () => {
  expect(laid(beats[16], beats[16] + 1.75, beats[16])).toEqual([
    [16, false, 100],
    [17, false, 100.5],
    [10, true, 101],
    [11, false, 101.5],
  ]);
});

test('windows that follow each other over the end of a loop click every beat once', () => {
  const edges = [16, 16.8, 17.9, 18, 18.3, 19.1].map((beat) => beats[0] + beat * 0.5);
  const clicked = edges.slice(1).flatMap((toS, place) => laid(edges[place], toS, beats[16]));
  expect(clicked.map(([beat]) => beat)).toEqual([16, 17, 10, 11]);
});

test('beyond a loop clicks go straight on', () => {
  expect(laid(beats[20], beats[22], beats[20]).map(([beat]) => beat)).toEqual([20, 21]);
});
