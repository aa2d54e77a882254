/** The metronome's own schedule and sound, rendered by Chromium without a loudspeaker. */

import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startBrowser } from './browser.js';
import { spread, tell } from './recorder.js';

const BOUND_S = 0.01;

const { timeline } = inject('dancer');

let browser;
let script;

/** Return the player's modules as one script that can be put into any page. */
async function bundled() {
  const entry = fileURLToPath(new URL('./render-clicks.js', import.meta.url));
  const lib = { entry, formats: ['iife'], name: 'clicks' };
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, lib, minify: false },
  });
  return built[0].output[0].code;
}

beforeAll(async () => {
  [browser, script] = await Promise.all([startBrowser(), bundled()]);
});
afterAll(() => browser?.close());

test.each([0.5, 1, 1.25])('at speed %s every click sounds on its beat', async (rate) => {
  const page = await browser.newPage();
  await page.addScriptTag({ content: script });
  const { onsetsS, wantedS } = await page.evaluate(
    ([song, speed]) => window.clicks.renderClicks(song, speed),
    [timeline, rate],
  );
  const late = onsetsS.map((onsetS, place) => onsetS - wantedS[place]);
  tell(`metronome at ${rate}: click from its beat, ms`, spread(late));
  expect(onsetsS).toHaveLength(timeline.beats_s.length);
  late.forEach((each) => expect(Math.abs(each)).toBeLessThan(BOUND_S));
  await page.close();
});
