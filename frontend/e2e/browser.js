import { chromium } from 'playwright-core';

/** Where the site is: pages and API on one origin. */
export const SITE = (process.env.SITE ?? 'http://localhost:8000').replace(/\/$/, '');

/** Start the system's Chromium. */
export const startBrowser = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });

/** Open a page of its own, in English; what goes wrong in its console is kept in `page.mistakes`. */
export async function openPage(
  browser,
  { width = 1280, height = 800, theme = 'dark', ...more } = {},
) {
  const context = await browser.newContext({
    baseURL: SITE,
    locale: 'en-GB',
    colorScheme: theme,
    viewport: { width, height },
    ...more,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.mistakes = [];
  page.on('pageerror', (error) => page.mistakes.push(String(error)));
  page.on('console', (message) => {
    // Chromium writes every refused request there; the tests ask for some.
    const isRefusal = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isRefusal) page.mistakes.push(message.text());
  });
  return page;
}

/** Ask the API; return what it says. */
export async function api(path, { token, method = 'GET', body, key } = {}) {
  const headers = { 'Content-Type': 'application/json' };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (key) headers['Idempotency-Key'] = key;
  const response = await fetch(`${SITE}/api${path}`, {
    method,
    headers,
    body: body && JSON.stringify(body),
  });
  if (!response.ok)
    throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.status === 204 ? null : response.json();
}

let people = 0;

/** Return a new name, not used on this site before. */
export function aName() {
  people += 1;
  return `dancer-${Date.now().toString(36)}-${people}`;
}

/** Register somebody; return what the API answered. */
export function register(username = aName()) {
  const body = { username, email: `${username}@example.org`, password: 'bailando-con-la-luna' };
  return api('/auth/register', { method: 'POST', body });
}

/** Sign in on a page without its forms. */
export async function signIn(page, { access, refresh, user }) {
  await page.goto('/robots.txt');
  await page.evaluate(
    ([a, r, u]) => {
      localStorage.setItem('access_token', a);
      localStorage.setItem('refresh_token', r);
      localStorage.setItem('user', JSON.stringify(u));
    },
    [access, refresh, user],
  );
}

/** Open a finished choreography with its player ready to play. */
export async function openPlayer(browser, { login, task }, { search = '', ...options } = {}) {
  const page = await openPage(browser, options);
  await signIn(page, login);
  await page.goto(`/tasks/${task.task_id}${search && `?${search}`}`);
  // The system is told the title in the same moment in which keys begin to be heard.
  await page.waitForFunction(
    () => document.querySelector('video')?.readyState >= 1 && navigator.mediaSession.metadata,
  );
  return page;
}

/** Wait until something is true within the page, looked at in every frame. */
export const inPage = (page, call, argument) =>
  page.waitForFunction(call, argument, { timeout: 120_000, polling: 'raf' });

/** Wait until `find()` returns something true; return it. */
export async function until(find, { forMs = 300_000, everyMs = 1000 } = {}) {
  const end = Date.now() + forMs;
  for (;;) {
    const found = await find();
    if (found) return found;
    if (Date.now() > end) throw new Error(`still not so after ${forMs} ms: ${find}`);
    await new Promise((resolve) => {
      setTimeout(resolve, everyMs);
    });
  }
}

/** Have a choreography made without the pages; return its finished task. */
export async function aChoreography({ access: token }, wishes = { difficulty: 'beginner' }) {
  const { results } = await api('/songs', { token });
  const body = { audio_input: results[0].audio_input, ...wishes };
  const { task_id: id } = await api('/choreography/generate', {
    token,
    method: 'POST',
    body,
    key: aName(),
  });
  return until(async () => {
    const task = await api(`/choreography/tasks/${id}`, { token });
    if (task.status === 'failed') throw new Error(task.error);
    return task.status === 'completed' && task;
  });
}
