/** Open the practice player in the system's Chromium. */

import { chromium } from 'playwright-core';

const SITE = process.env.SITE ?? 'http://localhost:8000';
/** Where the player is shown; `{task}` is the task's id. */
const PAGE = process.env.PLAYER_PAGE ?? '/tasks/{task}';

/** Return a Chromium that may play sound without being touched. */
export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--autoplay-policy=no-user-gesture-required',
    ],
  });

/** Return a page with the dancer signed in and the player ready to play. */
export async function openPlayer(browser, { session, taskId }, { search = '', ...context } = {}) {
  const inside = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...context });
  const page = await inside.newPage();
  await page.addInitScript(
    ([access, refresh, user]) => {
      localStorage.setItem('access_token', access);
      localStorage.setItem('refresh_token', refresh);
      localStorage.setItem('user', JSON.stringify(user));
    },
    [session.access, session.refresh, session.user],
  );
  const path = PAGE.replace('{task}', taskId);
  await page.goto(SITE + path + (search && (path.includes('?') ? '&' : '?') + search));
  await page.waitForFunction(() => document.querySelector('video')?.readyState >= 1);
  return page;
}
