/** A whole visit without a mouse: every step by Tab, Enter, Space, the arrows and the player's keys. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { aName, inPage, openPage, startBrowser } from './browser.js';

let browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser?.close());

const heading = (page, name) => page.getByRole('heading', { name, level: 1 }).waitFor();

/** Press Tab until the focus is on a place, which must be seen to have it. */
async function tabTo(page, role, name, { back = false, within = page } = {}) {
  const wanted = within.getByRole(role, { name }).first();
  await wanted.waitFor();
  for (let presses = 0; presses < 60; presses += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) {
      return expectSeen(wanted);
    }
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
  }
  throw new Error(`sixty presses of Tab did not reach the ${role} ${name}`);
}

async function expectSeen(place) {
  const outline = await place.evaluate((element) => {
    // A radio or a switch is drawn by what stands beside it.
    const drawn = [element, element.nextElementSibling].filter(Boolean);
    return drawn.map((each) => getComputedStyle(each).outlineStyle);
  });
  expect(outline).toContain('solid');
}

async function enterOn(page, ...place) {
  await tabTo(page, ...place);
  await page.keyboard.press('Enter');
}

async function registerByKeys(page) {
  await page.goto('/');
  await enterOn(page, 'link', 'Make my choreography');
  await heading(page, 'May I have this dance?');
  // The caret waits in the first field.
  await inPage(page, () => document.activeElement.name === 'username');
  const name = aName();
  await page.keyboard.type(name);
  await page.keyboard.press('Tab');
  await page.keyboard.type(`${name}@example.org`);
  await page.keyboard.press('Tab');
  await page.keyboard.type('bailando-con-la-luna');
  await page.keyboard.press('Enter');
  await heading(page, 'What shall we dance?');
}

async function keepByHand(page) {
  await enterOn(page, 'link', 'Your profile', { back: true });
  await tabTo(page, 'checkbox', /Keep every finished/);
  await page.keyboard.press('Space');
  const within = page.getByRole('form', { name: 'How you like it' });
  await enterOn(page, 'button', 'Save', { within });
  await page.getByText('Saved.').waitFor();
  await enterOn(page, 'link', 'Create', { back: true });
  await heading(page, 'What shall we dance?');
}

async function chooseAndMake(page) {
  await tabTo(page, 'radio', /Noche de Papel/);
  await tabTo(page, 'radio', 'Beginner');
  await page.keyboard.press('ArrowRight');
  expect(await page.getByRole('radio', { name: 'Intermediate' }).isChecked()).toBe(true);
  await enterOn(page, 'button', 'Make my choreography');
  await page.waitForURL(/\/tasks\//);
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor({ timeout: 300_000 });
}

async function practise(page) {
  const passes = page.getByTestId('passes');
  await tabTo(page, 'button', /^Play$/);
  await page.keyboard.press('Space');
  await inPage(page, () => document.querySelector('video').currentTime > 0.3);
  await page.keyboard.press('n');
  await page.keyboard.press('r'); // loop this move
  await page.waitForURL(/loop=\d+-\d+/);
  await tabTo(page, 'slider', 'End of the loop, B');
  await page.keyboard.press('ArrowLeft'); // a beat shorter
  expect(await passes.textContent()).toContain('7 beats');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('=');
  expect(await page.getByTestId('speed').textContent()).toBe('105 %');
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys of the player' }).waitFor();
  await page.keyboard.press('Escape');
  await inPage(page, () =>
    document.querySelector('[data-testid=passes]').textContent.includes('·'),
  );
}

test('register, make, play, loop, save and find it, by keys alone', async () => {
  const page = await openPage(browser);
  await registerByKeys(page);
  await keepByHand(page);
  await chooseAndMake(page);
  await practise(page);
  await enterOn(page, 'button', 'Save to collection');
  await enterOn(page, 'link', 'Open in your collection');
  await page.waitForURL(/\/collections\//);
  await page.getByRole('button', { name: 'Edit' }).waitFor();
  await enterOn(page, 'link', 'Your collection');
  await heading(page, 'Your collection');
  await tabTo(page, 'link', /Noche de Papel/);
  expect(page.mistakes).toEqual([]);
});
