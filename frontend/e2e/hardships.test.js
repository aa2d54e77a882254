/** What goes wrong out there, on the real site. More of it is in src/hardships.test.jsx. */

import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { inPage, openPage, openPlayer, signIn, startBrowser } from './browser.js';

const dancer = inject('dancer');
const MEGABYTE = 1_000_000;

let browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser?.close());

const button = (page, name) => page.getByRole('button', { name, exact: true });

async function openSignedIn(place) {
  const page = await openPage(browser);
  await signIn(page, dancer.login);
  await page.goto(place);
  await page.locator('h1').first().waitFor();
  return page;
}

/** Choose a file to upload; its bytes are made in the page, big ones are not sent to it. */
async function chooseFile(page, { name, bytes }) {
  if (!(await page.getByLabel('Audio file').isVisible())) {
    await button(page, 'Your own song').click();
  }
  await page.getByLabel('Audio file').evaluate(
    (input, [fileName, size]) => {
      const given = new DataTransfer();
      // As an MP3 begins, so that it is taken for one.
      const start = new Uint8Array([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, 0]);
      const isSong = fileName.endsWith('.mp3');
      const parts = isSong ? [start, new Uint8Array(size - start.length)] : ['x'.repeat(size)];
      given.items.add(new File(parts, fileName));
      input.files = given.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    },
    [name, bytes],
  );
}

test('a file too big is refused before it is sent, and one that is no song after', async () => {
  const page = await openSignedIn('/generate');
  let sent = 0;
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/api/songs')) sent += 1;
  });
  await chooseFile(page, { name: 'long.mp3', bytes: 31 * MEGABYTE });
  await button(page, 'Add this song').click();
  await page.getByText('This file has 31 MB; 30 MB is the most we can take.').waitFor();
  expect(sent).toBe(0);
  expect(await page.getByRole('textbox', { name: 'Title' }).inputValue()).toBe('long');

  await chooseFile(page, { name: 'letter.txt', bytes: 20_000 });
  await button(page, 'Add this song').click();
  const group = page.getByRole('group', { name: 'Your own song' });
  await group.locator('.text-ember-text, [role=alert]').first().waitFor();
  expect(sent).toBe(1);
  expect(await page.getByRole('textbox', { name: 'Title' }).inputValue()).toBe('long');
});

test('an upload says how far it is, and can be stopped', async () => {
  const page = await openSignedIn('/generate');
  const network = await page.context().newCDPSession(page);
  await network.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 20,
    downloadThroughput: -1,
    uploadThroughput: 2 * MEGABYTE,
  });
  await chooseFile(page, { name: 'slow.mp3', bytes: 12 * MEGABYTE });
  await button(page, 'Add this song').click();
  const bar = page.getByRole('progressbar', { name: 'How much is sent' });
  await expect
    .poll(async () => Number(await bar.getAttribute('aria-valuenow')), { timeout: 60_000 })
    .toBeGreaterThan(0);
  await button(page, 'Stop').click();
  await button(page, 'Add this song').waitFor();
  expect(await bar.count()).toBe(0);
});

test('a session that expires while practising interrupts nothing', async () => {
  const page = await openSignedIn(`/collections/${dancer.task.result.saved_choreography_id}`);
  await page.waitForFunction(() => document.querySelector('video')?.readyState >= 1);
  await page.keyboard.press(' ');
  await inPage(page, () => document.querySelector('video').currentTime > 0.3);
  await page.evaluate(() => localStorage.setItem('access_token', 'e30.e30.expired'));
  await button(page, 'Edit').click();
  await page.getByLabel('Notes').fill('slower');
  await button(page, 'Save').click();
  await page.getByText('Changes saved.').waitFor();
  expect(await page.evaluate(() => document.querySelector('video').paused)).toBe(false);
  expect(await page.evaluate(() => localStorage.getItem('access_token'))).not.toContain('expired');
  // The renewed session is everybody's here.
  dancer.login = await page.evaluate(() => ({
    access: localStorage.getItem('access_token'),
    refresh: localStorage.getItem('refresh_token'),
    user: JSON.parse(localStorage.getItem('user')),
  }));
});

test('a video that does not come says so, and plays when it comes again', async () => {
  const page = await openPage(browser);
  await signIn(page, dancer.login);
  await page.route('**/*.mp4?*', (route) => route.fulfill({ status: 404, body: '' }));
  await page.goto(`/tasks/${dancer.task.task_id}`);
  const alert = page.getByRole('alert').filter({ hasText: 'The video will not play' });
  await alert.waitFor();
  await page.unroute('**/*.mp4?*');
  await button(page, 'Try again').click();
  await inPage(page, () => document.querySelector('video').readyState > 0);
  await alert.waitFor({ state: 'detached' });
});

test('a slow answer is waited for with a word', async () => {
  const page = await openPage(browser);
  await signIn(page, dancer.login);
  let answer;
  const held = new Promise((resolve) => {
    answer = resolve;
  });
  await page.route('**/api/collections?*', async (route) => {
    await held;
    return route.continue();
  });
  await page.goto('/collections');
  await page.getByRole('main').getByText('One moment').waitFor({ state: 'attached' });
  answer();
  await page
    .getByRole('link', { name: /Noche de Papel/ })
    .first()
    .waitFor();
});

test('a reload loses nothing: wishes, filters, loop and speed are as they were', async () => {
  const page = await openSignedIn('/generate');
  await page.getByRole('radio', { name: 'Advanced' }).check({ force: true });
  await page.getByLabel('In your words').fill('muy suave');
  await page.reload();
  expect(await page.getByRole('radio', { name: 'Advanced' }).isChecked()).toBe(true);
  expect(await page.getByLabel('In your words').inputValue()).toBe('muy suave');

  await page.goto('/collections');
  await page.getByRole('combobox', { name: 'Order' }).selectOption('title');
  await page.waitForURL(/ordering=title/);
  await page.reload();
  expect(await page.getByRole('combobox', { name: 'Order' }).inputValue()).toBe('title');

  const player = await openPlayer(browser, dancer, { search: 'loop=18-26&speed=80' });
  await player.keyboard.press('m');
  await player.reload();
  await player.waitForFunction(() => document.querySelector('video')?.readyState >= 1);
  expect(await player.getByTestId('speed').textContent()).toBe('80 %');
  expect(await player.getByTestId('passes').textContent()).toContain('8 beats');
  expect(await button(player, 'Mirror').getAttribute('aria-pressed')).toBe('true');
});
