import { screen } from '@testing-library/react';
import { beforeEach, expect, test } from 'vitest';
import { askForPage } from './early-answers.js';
import { aPage, aSaved, aTask, signIn, someStatistics } from './testing/makers.js';
import { open } from './testing/render.jsx';
import { aSite, ok, problem } from './testing/site.js';

const { task_id: ID } = aTask();
const ANSWERS = {
  'GET /choreography/tasks/*': () => ok(aTask()),
  'GET /collections/stats': () => ok(someStatistics()),
  'GET /collections/*': () => ok(aSaved(), { ETag: '"a"' }),
  'GET /collections': () => ok(aPage([aSaved()])),
};

beforeEach(() => signIn());

test.each([
  [`/tasks/${ID}`, '40 %'],
  [`/collections/${ID}`, /Beginner/],
  ['/collections', /3 dances/],
])('%s takes what was asked for early, and asks for nothing twice', async (pathname, word) => {
  const site = aSite(ANSWERS);
  askForPage({ pathname, search: '' });
  open(pathname);
  expect(await screen.findByText(word)).toBeInTheDocument();
  const asked = site.requests.map(({ url }) => url);
  expect(new Set(asked).size).toBe(asked.length);
});

test('an early question that fails is heard of by the page', async () => {
  aSite({ ...ANSWERS, 'GET /collections/*': () => problem(404) });
  askForPage({ pathname: `/collections/${ID}`, search: '' });
  open(`/collections/${ID}`);
  expect(await screen.findByText('This dance is not in your collection')).toBeVisible();
});

test('a page that asks for something else is not asked for early', () => {
  const site = aSite(ANSWERS);
  askForPage({ pathname: '/collections', search: '?page=2' });
  askForPage({ pathname: '/generate', search: '' });
  expect(site.requests).toEqual([]);
});
