/** From the open page to a playing video: how many clicks a newcomer needs. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { aName, inPage, openPage, startBrowser } from './browser.js';
import { tell } from './recorder.js';

const MOST_CLICKS = 4;

let browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser?.close());

test('a newcomer sees the first choreography after four clicks', async () => {
  const page = await openPage(browser);
  const clicks = [];
  const click = (role, name) => {
    clicks.push(name);
    return page.getByRole(role, { name, exact: true }).click();
  };
  const name = aName();
  await page.goto('/');
  const beganMs = performance.now();

  await click('link', 'Make my choreography');
  await inPage(page, () => document.activeElement.name === 'username');
  for (const text of [name, `${name}@example.org`, 'bailando-con-la-luna']) {
    await page.keyboard.type(text);
    await page.keyboard.press('Tab');
  }
  await click('button', 'Create account');
  await page.getByRole('radio', { name: /Noche de Papel/ }).waitFor();
  await click('button', 'Make my choreography');
  await page.getByRole('progressbar').waitFor();
  await page.reload(); // loses nothing
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor({ timeout: 300_000 });
  await click('button', 'Play');
  await inPage(page, () => document.querySelector('video').currentTime > 0.5);

  tell('clicks to the first video', clicks);
  tell('seconds to the first video', Math.round((performance.now() - beganMs) / 100) / 10);
  expect(clicks.length).toBeLessThanOrEqual(MOST_CLICKS);
  expect(page.mistakes).toEqual([]);
});
