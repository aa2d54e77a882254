/** What a screen reader is given of every page. TREES=folder keeps the trees, to be read. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openPage, signIn, startBrowser } from './browser.js';

const { login, task } = inject('dancer');
const TASK = `/tasks/${task.task_id}`;

// What must be found on each page, besides what every page has.
const PAGES = {
  '/': ['link "Make my choreography"', 'heading "Choose the song" [level=2]'],
  '/login': ['textbox "User name or e-mail"', 'textbox "Password"', 'button "Show password"'],
  '/register': ['textbox "User name"', 'textbox "E-mail"', 'button "Create account"'],
  '/no-such-page': ['heading "No such step" [level=1]', 'link "To the start"'],
  '/generate': [
    'group "Choose a song"',
    'searchbox "Search title or artist"',
    'button "Listen to Noche de Papel"',
    'group "Difficulty"',
    'radio "Beginner" [checked]',
    'textbox "In your words"',
    'button "Make my choreography"',
  ],
  '/tasks': ['list', 'link /Noche de Papel/'],
  [TASK]: [
    'region "Practice player: Noche de Papel"',
    'toolbar "Moves, one after the other"',
    'slider "Position in the song"',
    'group "Playing"',
    'button "Play"',
    'button "Mirror"',
    'button "Counts" [pressed]',
    'switch "Metronome"',
    'group "Count-in"',
    'link "Download the video"',
  ],
  '/collections': ['search', 'combobox "Difficulty"', 'link /Noche de Papel/'],
  [`/collections/${task.result.saved_choreography_id}`]: ['button "Edit"', 'button "Delete"'],
  '/moves': ['search', 'combobox "Kind"', 'button "Watch Basic step"'],
  '/profile': ['checkbox /Keep every finished/ [checked]', 'combobox "Language"'],
};
const OPEN = ['/', '/login', '/register', '/no-such-page'];

let browser;
let page;
beforeAll(async () => {
  browser = await startBrowser();
  page = await openPage(browser);
});
afterAll(() => browser?.close());

/** Return the lines of the page's accessibility tree. */
async function treeOf(place) {
  await page.goto(place);
  await page.locator('h1').first().waitFor();
  await page.waitForLoadState('networkidle');
  const tree = await page.locator('body').ariaSnapshot();
  if (process.env.TREES) keep(place, tree);
  // A line whose name has a colon stands in quotes.
  return tree.split('\n').map((line) => line.trim().replace(/^- '?|':$/g, ''));
}

function keep(place, tree) {
  mkdirSync(process.env.TREES, { recursive: true });
  const name = place.slice(1).replaceAll('/', '-') || 'landing';
  writeFileSync(`${process.env.TREES}/${name}.yaml`, `${tree}\n`);
}

/** Whether a line of a tree is what was wanted; a name between slashes need only be part of it. */
function isLike(line, wanted) {
  const [role, part] = wanted.split(/ \/|\/(?: |$)/);
  if (!part) return line.startsWith(wanted);
  return line.startsWith(`${role} "`) && line.includes(part);
}

// The fold of a summary is a group whose name stands beside it.
const UNNAMED_FOLD = 'group: More wishes';
const NAMED =
  /^(button|link|textbox|searchbox|combobox|checkbox|radio|slider|switch|img|dialog|group|toolbar|region|progressbar)\b/;

test.each(Object.keys(PAGES))('%s reads as a page', async (place) => {
  if (!OPEN.includes(place)) await signIn(page, login);
  const lines = await treeOf(place);
  const has = (wanted) => lines.some((line) => isLike(line, wanted));
  const missing = [...PAGES[place], 'banner', 'main', 'contentinfo'].filter((each) => !has(each));
  expect(missing).toEqual([]);
  expect(lines.filter((line) => /^heading .*\[level=1\]/.test(line))).toHaveLength(1);
  const unnamed = lines.filter((line) => NAMED.test(line) && !/^\w+ ["/]/.test(line));
  expect(unnamed.filter((line) => line !== UNNAMED_FOLD)).toEqual([]);
  expect(lines[0]).toBe('link "Skip to the content":');
});

test('what changes by itself is said: toasts, the player, and how far a choreography is', async () => {
  await signIn(page, login);
  await page.goto(TASK);
  await page.getByRole('button', { name: 'Mirror' }).waitFor();
  await page.keyboard.press('m');
  const said = page.locator('[role=status]').filter({ hasText: 'Mirrored' });
  await said.waitFor();
  expect(await page.locator('[role=status][aria-live=polite]').count()).toBe(1);

  await page.goto('/generate');
  await page.getByRole('radio', { name: /Noche de Papel/ }).waitFor();
  await page.getByRole('button', { name: 'Make my choreography' }).click();
  await page.getByRole('progressbar', { name: 'Progress' }).waitFor();
  expect(await page.getByRole('status').first().textContent()).not.toBe('');
  const current = page.locator('[aria-current=step]');
  expect(await current.count()).toBe(1);
});
