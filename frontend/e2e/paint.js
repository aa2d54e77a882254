// How soon a page is seen and how much it jumps, on a slow phone: SITE=http://… node e2e/paint.js
//
// The network is Lighthouse's slow 4G (1.6 Mbit/s down, 0.75 up, 150 ms), the processor four times
// slower, nothing cached. Ends with 1 where a page jumps by more than 0.1; times are printed only.
import { aChoreography, openPage, register, signIn, startBrowser } from './browser.js';

const MOST_SHIFT = 0.1;
const CPU_SLOWER = 4;
const NETWORK = {
  offline: false,
  latency: 150,
  downloadThroughput: (1.6 * 1024 * 1024) / 8,
  uploadThroughput: (0.75 * 1024 * 1024) / 8,
};

/** Runs in the page, before it: write down the largest paint and every unexpected shift. */
function watch() {
  window.seen = { paintMs: 0, shift: 0, largest: '' };
  const observe = (type, note) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({
      type,
      buffered: true,
    });
  observe('largest-contentful-paint', ({ startTime, element }) => {
    window.seen.paintMs = Math.round(startTime);
    window.seen.largest = element?.tagName.toLowerCase() ?? '';
  });
  observe('layout-shift', ({ value, hadRecentInput }) => {
    if (!hadRecentInput) window.seen.shift += value;
  });
}

/** Return what is seen of a page that is opened for the first time. */
async function look(browser, login, place) {
  const page = await openPage(browser, { width: 390, height: 844 });
  if (login) await signIn(page, login);
  await page.addInitScript(watch);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', NETWORK);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWER });
  await page.goto(place);
  await page.locator('h1').first().waitFor();
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(2000);
  const seen = await page.evaluate(() => window.seen);
  await page.context().close();
  return { ...seen, shift: Math.round(seen.shift * 1000) / 1000 };
}

const browser = await startBrowser();
const login = await register();
const task = await aChoreography(login);
const pages = [
  ['/', null],
  ['/register', null],
  ['/generate', login],
  ['/collections', login],
  [`/tasks/${task.task_id}`, login],
];
for (const [place, who] of pages) {
  const seen = await look(browser, who, place);
  const name = place.replace(task.task_id, '…');
  process.stdout.write(`${JSON.stringify({ page: name, ...seen })}\n`);
  if (seen.shift > MOST_SHIFT) process.exitCode = 1;
}
await browser.close();
