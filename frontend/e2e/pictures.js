// Take a picture of every page: SITE=http://… node e2e/pictures.js FOLDER
import { mkdirSync } from 'node:fs';
import { aChoreography, openPage, register, signIn, startBrowser } from './browser.js';

const folder = process.argv[2] ?? 'pictures';
mkdirSync(folder, { recursive: true });
const widths = [
  ['phone', 390, 844],
  ['desktop', 1280, 800],
];

const browser = await startBrowser();
const login = await register();
const done = await aChoreography(login, { difficulty: 'beginner', style: 'romantic' });
const saved = done.result.saved_choreography_id;

const open = { landing: '/', login: '/login', register: '/register', lost: '/no-such-page' };
const signedIn = {
  generate: '/generate',
  tasks: '/tasks',
  task: `/tasks/${done.task_id}`,
  collection: '/collections',
  saved: `/collections/${saved}`,
  moves: '/moves',
  profile: '/profile',
};

async function take(page, name, place) {
  await page.goto(place);
  await page.locator('h1').first().waitFor();
  await page.waitForLoadState('networkidle').catch(() => {});
  await page.screenshot({
    path: `${folder}/${name}.jpg`,
    type: 'jpeg',
    quality: 80,
    // On a phone what is seen at first: a bar stands at the foot of its window.
    fullPage: !name.includes('-phone-'),
  });
}

for (const [size, width, height] of widths) {
  for (const theme of ['dark', 'light']) {
    const page = await openPage(browser, { width, height, theme, reducedMotion: 'reduce' });
    for (const [name, place] of Object.entries(open))
      await take(page, `${name}-${size}-${theme}`, place);
    await signIn(page, login);
    for (const [name, place] of Object.entries(signedIn)) {
      await take(page, `${name}-${size}-${theme}`, place);
    }
    await page.context().close();
  }
}

// The player at work, to be joined into a moving picture.
mkdirSync(`${folder}/player`, { recursive: true });
const page = await openPage(browser, { width: 1280, height: 940, theme: 'dark' });
await signIn(page, login);
await page.goto(`/collections/${saved}`);
const video = page.locator('video').first();
await video.waitFor();
await video.evaluate(async (element) => {
  element.muted = true;
  await element.play(); // the large button goes with the first start
  element.pause();
  element.currentTime = 14.4;
});
const { x, y, width } = await video.boundingBox();
const clip = { x, y, width, height: Math.min(940 - y, (width * 9) / 16 + 260) };
for (let picture = 0; picture < 36; picture += 1) {
  await video.evaluate((element) => {
    element.currentTime += 0.12;
    return new Promise((resolve) => {
      element.addEventListener('seeked', resolve, { once: true });
    });
  });
  await page.waitForTimeout(60);
  const number = String(picture).padStart(2, '0');
  await page.screenshot({
    path: `${folder}/player/${number}.jpg`,
    type: 'jpeg',
    quality: 80,
    clip,
  });
}
await browser.close();
