import { afterAll, beforeAll, expect, test } from 'vitest';
import { aChoreography, openPage, openPlayer, register, signIn, startBrowser } from './browser.js';

let browser;
let dancer; // of this file alone, as it deletes
beforeAll(async () => {
  browser = await startBrowser();
  const login = await register();
  dancer = { login, task: await aChoreography(login) };
});
afterAll(() => browser.close());

const button = (page, name) => page.getByRole('button', { name });
const link = (page, name) => page.getByRole('link', { name });
const heading = (page, name) => page.getByRole('heading', { name, level: 1 });

/** Whether a video plays on, and jumps to where it is told. */
async function watch(page) {
  const video = page.locator('video').first();
  await video.waitFor();
  await video.evaluate((element) => {
    element.muted = true;
    return element.play();
  });
  await expect
    .poll(() => video.evaluate((element) => element.currentTime), { timeout: 60_000 })
    .toBeGreaterThan(0.5);
  await video.evaluate((element) => {
    element.currentTime = 30;
  });
  await expect
    .poll(() => video.evaluate((element) => !element.seeking && element.currentTime), {
      timeout: 60_000,
    })
    .toBeGreaterThan(29.5);
}

test('watch, save, find, edit, delete', async () => {
  const page = await openPlayer(browser, dancer);
  await watch(page);
  await link(page, 'Open in your collection').click();

  await button(page, 'Edit').waitFor(); // the other page's video is gone by then
  await watch(page);
  await button(page, 'Edit').click();
  await page.getByLabel('Title').fill('Mi noche 💃');
  await button(page, 'Save').click();
  await heading(page, 'Mi noche 💃').waitFor();

  await page.goto('/collections');
  await page.getByRole('searchbox').fill('mi noche');
  await page.waitForURL(/search=mi/);
  await link(page, /Mi noche/).click();
  await button(page, 'Delete').click();
  await page.getByText('“Mi noche 💃” is deleted.').waitFor();
  await button(page, 'Close').click();
  await heading(page, 'Your collection').waitFor();
  await page.getByText('Your first dance is waiting').waitFor();
  expect(page.mistakes).toEqual([]);
});

test('a session that expires in the middle is renewed, or ends with a word and comes back', async () => {
  const page = await openPage(browser);
  const login = await register();
  await signIn(page, login);
  await page.goto('/moves');
  await page.locator('main li img').first().waitFor();
  await page.evaluate(() => localStorage.setItem('access_token', 'e30.e30.expired'));
  await page.goto('/collections');
  await page.getByText('Your first dance is waiting').waitFor();

  await page.evaluate(() => {
    localStorage.setItem('access_token', 'e30.e30.expired');
    localStorage.setItem('refresh_token', 'gone');
  });
  await page.goto('/moves?difficulty=beginner');
  await page.getByText('Your session has ended').waitFor();
  await page.getByLabel('User name or e-mail').fill(login.user.username);
  await page.getByLabel('Password', { exact: true }).fill('bailando-con-la-luna');
  await button(page, 'Sign in').last().click();
  await page.waitForURL(/\/moves\?difficulty=beginner/);
});

test('two tabs renew once, and leaving in one leaves in both', async () => {
  const first = await openPage(browser);
  await signIn(first, await register());
  const second = await first.context().newPage();
  let renewals = 0;
  first.context().on('request', (request) => {
    if (request.url().endsWith('/auth/refresh')) renewals += 1;
  });
  await Promise.all([first.goto('/tasks'), second.goto('/tasks')]);
  await Promise.all([first, second].map((page) => heading(page, 'The floor is free').waitFor()));
  await first.evaluate(() => localStorage.setItem('access_token', 'e30.e30.expired'));
  await Promise.all([first, second].map((page) => page.reload()));
  await Promise.all([first, second].map((page) => heading(page, 'The floor is free').waitFor()));
  expect(renewals).toBe(1);
  await first.goto('/profile');
  await button(first, 'Sign out').click();
  await heading(second, 'Welcome back').waitFor();
});

test('progress goes on by itself after the network was away', async () => {
  const page = await openPage(browser);
  const login = await register();
  await signIn(page, login);
  await page.goto('/generate');
  await page
    .getByRole('radio', { name: /Noche de Papel/ })
    .first()
    .waitFor();
  await button(page, 'Make my choreography').click();
  await page.getByRole('progressbar').waitFor();
  await page.context().setOffline(true);
  await page.getByText('We have lost touch for a moment').waitFor();
  await page.context().setOffline(false);
  await link(page, 'Open in your collection').waitFor({ timeout: 300_000 });
});

test('an interrupted choreography can be asked for again with the same wishes', async () => {
  const page = await openPage(browser);
  await signIn(page, dancer.login);
  await page.goto('/generate');
  await page
    .getByRole('radio', { name: /Noche de Papel/ })
    .first()
    .waitFor();
  await button(page, 'Make my choreography').click();
  await button(page, 'Cancel this one').click();
  await page.getByText('You stopped this one.').waitFor();
  const before = page.url();
  await button(page, 'Try again with the same wishes').click();
  await page.waitForURL((url) => /\/tasks\//.test(url.pathname) && url.href !== before);
  await page.getByRole('progressbar').waitFor();
});
