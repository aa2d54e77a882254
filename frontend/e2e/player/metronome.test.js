/** The metronome's own schedule and sound, rendered by Chromium without a loudspeaker. */

import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch } from './open-player.js';
import { spread, tell } from './recorder.js';
import { aDancer } from './sign-in.js';

const BOUND_S = 0.01;

let browser;
let dancer;
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
  [browser, dancer, script] = await Promise.all([launch(), aDancer(), bundled()]);
}, 180_000);
afterAll(() => browser?.close(), 30_000);

test.each([0.5, 1, 1.25])(
  'at speed %s every click sounds on its beat',
  async (rate) => {
    const page = await browser.newPage();
    await page.addScriptTag({ content: script });
    const { onsetsS, wantedS } = await page.evaluate(
      ([timeline, speed]) => window.clicks.renderClicks(timeline, speed),
      [dancer.timeline, rate],
    );
    const late = onsetsS.map((onsetS, place) => onsetS - wantedS[place]);
    tell(`metronome at ${rate}: click from its beat, ms`, spread(late));
    expect(onsetsS).toHaveLength(dancer.timeline.beats_s.length);
    late.forEach((each) => expect(Math.abs(each)).toBeLessThan(BOUND_S));
    await page.close();
  },
  120_000,
);
