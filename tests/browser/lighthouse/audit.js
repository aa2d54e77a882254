// Lighthouse's own command line over the built site: SITE=http://… node audit.js
//
// Prints the four scores of each page; ends with 1 where one is too low. Performance is printed
// only: it says more about the machine's other work than about the pages.
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  aChoreography,
  register,
  SITE,
  signIn,
  until,
} from "../../../frontend/e2e/browser.js";
import { chromium } from "../../../frontend/node_modules/playwright-core/index.mjs";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const LIGHTHOUSE = new URL("node_modules/.bin/lighthouse", import.meta.url)
  .pathname;
const PRINTED_ONLY = "performance";
const folder = mkdtempSync(join(tmpdir(), "lighthouse-"));

/** Start Chromium with a profile of its own; return its process and its port. */
async function startChromium() {
  const options = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--remote-debugging-port=0",
    `--user-data-dir=${folder}/profile`,
    "about:blank",
  ];
  const process = spawn(CHROMIUM, options, { stdio: "ignore" });
  const read = () =>
    readFileSync(`${folder}/profile/DevToolsActivePort`, "utf8").split("\n")[0];
  const port = await until(
    async () => {
      try {
        return read();
      } catch {
        return null;
      }
    },
    { forMs: 60_000, everyMs: 200 },
  );
  return { process, port };
}

/** Sign somebody in who has a choreography; return where it is. */
async function prepare(port) {
  const login = await register();
  const task = await aChoreography(login);
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
  const page = await browser.contexts()[0].newPage();
  await signIn(
    {
      goto: (path) => page.goto(SITE + path),
      evaluate: page.evaluate.bind(page),
    },
    login,
  );
  await page.close();
  await browser.close();
  return `/tasks/${task.task_id}`;
}

/** Return a page's scores, 0 to 100, by category; and what cost points. */
async function audit(place, port) {
  const output = `${folder}/report.json`;
  await promisify(execFile)(LIGHTHOUSE, [
    SITE + place,
    `--port=${port}`,
    "--disable-storage-reset",
    "--output=json",
    `--output-path=${output}`,
    "--quiet",
  ]);
  const { categories, audits, finalDisplayedUrl } = JSON.parse(
    readFileSync(output, "utf8"),
  );
  if (new URL(finalDisplayedUrl).pathname !== place)
    throw new Error(`it saw ${finalDisplayedUrl}`);
  const scores = Object.values(categories).map(({ id, score }) => [
    id,
    Math.round(score * 100),
  ]);
  const costly = Object.values(categories)
    .filter(({ id }) => id !== PRINTED_ONLY)
    .flatMap(({ auditRefs }) => auditRefs)
    .filter(
      ({ id, weight }) =>
        weight > 0 && audits[id].score !== null && audits[id].score < 1,
    )
    .map(({ id }) => id);
  return { scores: Object.fromEntries(scores), costly };
}

const { process: browser, port } = await startChromium();
let failures = 0;
try {
  const player = await prepare(port);
  for (const [name, place, least] of [
    ["/", "/", 95],
    ["/generate", "/generate", 90],
    ["player", player, 90],
  ]) {
    const { scores, costly } = await audit(place, port);
    const low = Object.keys(scores).filter(
      (id) => id !== PRINTED_ONLY && scores[id] < least,
    );
    failures += low.length;
    console.log(JSON.stringify({ page: name, ...scores, costly, low }));
  }
} finally {
  browser.kill();
  rmSync(folder, {
    recursive: true,
    force: true,
    maxRetries: 20,
    retryDelay: 200,
  });
}
process.exitCode = failures ? 1 : 0;
