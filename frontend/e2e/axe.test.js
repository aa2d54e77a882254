import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { api, openPage, signIn, startBrowser } from './browser.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
const OPEN = ['/', '/login', '/register', '/no-such-page'];
const SIGNED_IN = ['/generate', '/tasks', '/collections', '/moves', '/profile'];

const { login, task } = inject('dancer');
const SAVED = `/collections/${task.result.saved_choreography_id}`;
const PLACES = [...SIGNED_IN, `/tasks/${task.task_id}`, SAVED];

// As hard to lay out as a title gets: long without a space, right to left, and nearly a script.
const TITLE = `Noche de Papel <script>alert(1)</script> ${'Nochedepapel'.repeat(9)} مرحبا بالعالم 💃🏽`;

let browser;
beforeAll(async () => {
  browser = await startBrowser();
  const body = { title: TITLE };
  await api(SAVED, { token: login.access, method: 'PUT', body });
});
afterAll(() => browser?.close());

/** Return what axe finds on a page, and whether the page is wider than the window. */
async function look(page, place) {
  await page.goto(place);
  await page.locator('h1').first().waitFor();
  await page.waitForLoadState('networkidle');
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  const found = violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} ${target}`));
  if (place === SAVED) expect(await page.locator('h1').textContent()).toBe(TITLE);
  const overhang = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (overhang > 0) found.push(`${overhang} px wider than the window`);
  return found.map((each) => `${place}: ${each}`);
}

describe.each(['dark', 'light'])('in the %s theme', (theme) => {
  test.each([320, 1280])('every page, %i px wide, has no violation', async (width) => {
    // Narrow as a phone whose owner asks for more contrast, wide as everybody's.
    const contrast = width < 400 ? 'more' : 'no-preference';
    const page = await openPage(browser, { width, theme, contrast, reducedMotion: 'reduce' });
    const found = [];
    for (const place of OPEN) found.push(...(await look(page, place)));
    await signIn(page, login);
    for (const place of PLACES) found.push(...(await look(page, place)));
    // The site's policy lets nothing inline through; a stopped script or style is written there.
    expect([...found, ...page.mistakes]).toEqual([]);
  });
});
