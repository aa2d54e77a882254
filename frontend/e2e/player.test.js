/** What the player promises of the media clock, in Chromium on the real page. */

import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { beatAt } from '../src/features/player/logic/beats.js';
import { inPage, openPlayer, startBrowser } from './browser.js';
import { record, recorded, spread, tell } from './recorder.js';

const FRAME_S = 1 / 30;
const BOUND_S = 0.05;
/** A few passes show that the loop holds; `npm run figures` measures fifty. */
const PASSES = Number(process.env.LOOP_PASSES ?? 5);

const dancer = inject('dancer');
const beats = dancer.timeline.beats_s;

let browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser?.close());

const open = (options) => openPlayer(browser, dancer, options);
const play = (page) => page.keyboard.press(' ');
const nowS = (page) => page.evaluate(() => document.querySelector('video').currentTime);

/** Return where the passes of a loop began and ended, from the frames that were shown. */
function passesOf(frames) {
  const turns = frames.findIndex((frame, place) => frame.mediaS < frames[place - 1]?.mediaS);
  const passes = [];
  frames.slice(Math.max(turns, 0)).forEach((frame, place, all) => {
    const before = all[place - 1];
    if (before && frame.mediaS < before.mediaS - 0.2) {
      passes.push({
        lastS: before.mediaS,
        firstS: frame.mediaS,
        unheard: frame.number - before.number - 1,
      });
    }
  });
  return passes;
}

function tellFigures({ heard, passes, jumps, startS, endS }) {
  const sounded = jumps.map(({ nowMs, mediaS }) => nowMs / 1000 - (mediaS - startS));
  const periods = sounded.slice(1).map((each, place) => each - sounded[place] - (endS - startS));
  tell('loop: passes whose first frame the page was too busy to hear of', PASSES - heard.length);
  tell('loop: first frame from its start beat, ms', spread(heard.map((p) => p.firstS - startS)));
  tell('loop: last frame from its end beat, ms', spread(passes.map((p) => p.lastS - endS)));
  tell('loop: length of a pass on the clock, off by ms', spread(periods.slice(-PASSES)));
}

test('a loop returns to its start beat, pass after pass', async () => {
  const [a, b] = [18, 22];
  const page = await open({ search: `loop=${a}-${b}`, width: 480, height: 400 });
  await page.evaluate(record);
  await play(page);
  await page.waitForFunction(
    (passes) => document.querySelector('[data-testid=passes]').textContent.includes(`${passes} `),
    PASSES + 2,
    { timeout: 400_000 },
  );
  const { frames, jumps } = await recorded(page);
  const passes = passesOf(frames).slice(-PASSES);
  const heard = passes.filter(({ unheard }) => unheard === 0);
  tellFigures({ heard, passes, jumps, startS: beats[a], endS: beats[b] });
  expect(passes).toHaveLength(PASSES);
  // A busy machine drops frames; the first one that is shown still comes after the start beat.
  passes.forEach(({ firstS }) => expect(firstS).toBeGreaterThan(beats[a] - BOUND_S));
  heard.forEach(({ firstS }) => expect(Math.abs(firstS - beats[a])).toBeLessThan(BOUND_S));
  await page.context().close();
});

test('every frame shows the count of its beat, to within a frame', async () => {
  const page = await open();
  await page.evaluate(record);
  await play(page);
  await inPage(page, () => document.querySelector('video').currentTime > 8);
  const { frames } = await recorded(page);
  const wrong = frames.filter(({ mediaS, beat }) => {
    const fitting = [mediaS - FRAME_S, mediaS, mediaS + FRAME_S].map((s) => beatAt(beats, s));
    return beat !== undefined && !fitting.includes(beat);
  });
  tell('counts: frames seen, and of these with another count', [frames.length, wrong.length]);
  expect(frames.length).toBeGreaterThan(20);
  expect(wrong).toEqual([]);
  await page.context().close();
});

test('a seek lands on the beat of the next move and the sound goes on', async () => {
  const [, second, third] = dancer.timeline.moves;
  const page = await open();
  await play(page);
  for (const move of [second, third]) {
    await page.keyboard.press('n');
    await inPage(page, () => !document.querySelector('video').seeking);
    expect(await nowS(page)).toBeGreaterThan(move.start_s - 0.01);
    const bytes = () => document.querySelector('video').webkitAudioDecodedByteCount;
    const before = await page.evaluate(bytes);
    await inPage(page, (s) => document.querySelector('video').currentTime > s, move.start_s + 1);
    expect(await page.evaluate(bytes)).toBeGreaterThan(before);
  }
  await page.context().close();
});

test('mirror and counts come along to full screen', async () => {
  const page = await open();
  await page.keyboard.press('m');
  await page.getByRole('button', { name: 'Full screen', exact: true }).click();
  await inPage(page, () => document.fullscreenElement?.querySelector('.practice-counts'));
  await play(page);
  await inPage(page, () => Number(document.querySelector('.practice-counts').dataset.beat) > 3);
  const seen = await page.evaluate(() => {
    const video = document.fullscreenElement.querySelector('video');
    const counts = document.fullscreenElement.querySelector('.practice-count');
    return {
      video: getComputedStyle(video).transform,
      counts: getComputedStyle(counts).transform,
      countsWide: counts.getBoundingClientRect().width,
    };
  });
  expect(seen).toMatchObject({ video: 'matrix(-1, 0, 0, 1, 0, 0)', counts: 'none' });
  expect(seen.countsWide).toBeGreaterThan(20);
  await page.context().close();
});

test('the screen stays awake and the system knows what is danced while it plays', async () => {
  const page = await open();
  await page.evaluate(() => {
    const { wakeLock } = navigator;
    window.locks = [];
    const request = wakeLock.request.bind(wakeLock);
    wakeLock.request = async (kind) => {
      const lock = await request(kind);
      window.locks.push(lock);
      return lock;
    };
  });
  await play(page);
  await inPage(page, () => window.locks.some((lock) => !lock.released));
  await inPage(page, () => navigator.mediaSession.playbackState === 'playing');
  const title = await page.evaluate(() => navigator.mediaSession.metadata.title);
  expect(title).toBe(dancer.task.song.title);
  await play(page);
  await inPage(page, () => window.locks.every((lock) => lock.released));
  await page.context().close();
});

test('an expired link is renewed by itself, where the dancer was', async () => {
  const page = await open();
  await play(page);
  await inPage(page, () => document.querySelector('video').currentTime > 1);
  let refused = 0;
  await page.route('**/*.mp4?*', (route) => {
    refused += 1;
    if (refused > 1) return route.continue();
    return route.fulfill({ status: 403, body: '' });
  });
  await page.evaluate(() => {
    const video = document.querySelector('video');
    video.currentTime = 40;
    video.load(); // What a browser does that has to fetch again: the link is refused.
  });
  await inPage(page, () => document.querySelector('video').readyState > 2);
  expect(refused).toBeGreaterThan(1);
  expect(await page.getByRole('alert').count()).toBe(0);
  await page.context().close();
});
