import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aChoreography, openPage, register, signIn, startBrowser } from './browser.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
const OPEN = ['/', '/login', '/register', '/no-such-page'];
const SIGNED_IN = ['/generate', '/tasks', '/collections', '/moves', '/profile'];

let browser;
let login;
let places;
beforeAll(async () => {
  browser = await startBrowser();
  login = await register();
  const task = await aChoreography(login);
  const saved = task.result.saved_choreography_id;
  places = [...SIGNED_IN, `/tasks/${task.task_id}`, `/collections/${saved}`];
}, 600_000);
afterAll(() => browser?.close());

/** Return what axe finds on a page, and whether the page is wider than the window. */
async function look(page, place) {
  await page.goto(place);
  await page.locator('h1').first().waitFor();
  await page.waitForLoadState('networkidle');
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  const found = violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} ${target}`));
  const overhang = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (overhang > 0) found.push(`${overhang} px wider than the window`);
  return found.map((each) => `${place}: ${each}`);
}

describe.each(['dark', 'light'])('in the %s theme', (theme) => {
  test.each([320, 1280])('every page, %i px wide, has no violation', async (width) => {
    const page = await openPage(browser, { width, theme, reducedMotion: 'reduce' });
    const found = [];
    for (const place of OPEN) found.push(...(await look(page, place)));
    await signIn(page, login);
    for (const place of places) found.push(...(await look(page, place)));
    // The site's policy lets nothing inline through; a stopped script or style is written there.
    expect([...found, ...page.mistakes]).toEqual([]);
  });
});
