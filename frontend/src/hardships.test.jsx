import { act, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import {
  aFinishedTask,
  aLogin,
  aMove,
  aPage,
  aResult,
  aSaved,
  aSong,
  aTask,
  aToken,
  signIn,
  someStatistics,
} from './testing/makers.js';
import { exampleOf } from './testing/contract.js';
import { open } from './testing/render.jsx';
import { aSite, noWay, ok, problem } from './testing/site.js';

const { task_id: ID } = aTask();

// Every page that reads, what it reads, and a word of it when all is well.
const PAGES = [
  ['/generate', 'GET /songs', () => ok(aPage([aSong()])), /Noche de Papel/],
  ['/tasks', 'GET /choreography/tasks', () => ok(aPage([aTask()])), 'Your choreographies'],
  [`/tasks/${ID}`, 'GET /choreography/tasks/*', () => ok(aTask()), '40 %'],
  ['/collections', 'GET /collections', () => ok(aPage([aSaved()])), 'Noche de Papel'],
  [`/collections/${ID}`, 'GET /collections/*', () => ok(aSaved(), { ETag: '"a"' }), /Beginner/],
  ['/moves', 'GET /moves/search', () => ok({ count: 1, results: [aMove()] }), 'Basic step'],
];

const MORE = { 'GET /collections/stats': () => ok(someStatistics()) };

const HARDSHIPS = [
  ['the API is down', noWay, /cannot reach the studio/],
  ['the API breaks', () => problem(500, { message: '' }), /Something broke on our side/],
  ['the API is closed', () => problem(503, { message: '' }), /closed for a moment/],
  [
    'it asks too fast',
    () => problem(429, { headers: { 'Retry-After': '9' } }),
    /Try again in 9 seconds/,
  ],
];

beforeEach(() => signIn());

describe.each(HARDSHIPS)('while %s', (_, refusal, sentence) => {
  test.each(PAGES)('%s says so, and tries again when asked', async (address, call, well, word) => {
    const site = aSite({ ...MORE, [call]: refusal });
    const person = open(address);
    expect((await screen.findAllByText(sentence))[0]).toBeVisible();
    expect(screen.getAllByRole('heading', { level: 1 })).toHaveLength(1);
    site.answers[call] = well;
    await person.click(screen.getAllByRole('button', { name: 'Try again' })[0]);
    expect((await screen.findAllByText(word))[0]).toBeVisible();
    expect(screen.queryByText(sentence)).not.toBeInTheDocument();
    expect(site.mistakes).toEqual([]);
  });
});

test('an answer that never comes is given up with a sentence, and what was typed stays', async () => {
  localStorage.clear();
  const person = open('/register');
  vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(new DOMException('late', 'TimeoutError')), 30);
    return stop.signal;
  });
  vi.stubGlobal('fetch', (_url, { signal }) => {
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  });
  await person.type(await screen.findByLabelText('User name'), 'lola');
  await person.type(screen.getByLabelText('E-mail'), 'lola@example.org');
  await person.type(screen.getByLabelText('Password'), 'bailando-con-la-luna{Enter}');
  expect(await screen.findByText(/took too long/)).toBeVisible();
  expect(screen.getByLabelText('User name')).toHaveValue('lola');
  expect(screen.getByRole('button', { name: 'Create account' })).toBeEnabled();
});

test('a button that is sending cannot be pressed twice', async () => {
  let sent = 0;
  aSite({
    'GET /songs': () => ok(aPage([aSong()])),
    'POST /choreography/generate': () => {
      sent += 1;
      return new Promise(() => {});
    },
  });
  const person = open('/generate');
  await screen.findByRole('radio', { name: /Noche de Papel/ });
  const button = screen.getByRole('button', { name: 'Make my choreography' });
  await person.dblClick(button);
  expect(button).toBeDisabled();
  expect(button).toHaveAttribute('aria-busy', 'true');
  expect(sent).toBe(1);
});

describe('an empty library', () => {
  test('of songs offers to bring the first one', async () => {
    aSite({ 'GET /songs': () => ok(aPage([])) });
    const person = open('/generate');
    expect(await screen.findByText(/no songs yet/)).toBeVisible();
    await person.click(screen.getByRole('button', { name: 'Make my choreography' }));
    expect(await screen.findByText('Choose a song first.')).toBeVisible();
  });

  test('of moves says so', async () => {
    aSite({ 'GET /moves/search': () => ok({ count: 0, results: [] }) });
    open('/moves');
    expect(await screen.findByText('No such move')).toBeVisible();
  });

  test('of saved dances has one action', async () => {
    aSite({ ...MORE, 'GET /collections': () => ok(aPage([])) });
    open('/collections');
    const main = within(screen.getByRole('main'));
    expect(await main.findByRole('link', { name: 'Make my choreography' })).toBeVisible();
  });

  test('of tasks has one action', async () => {
    aSite({ 'GET /choreography/tasks': () => ok(aPage([])) });
    open('/tasks');
    expect(await screen.findByRole('link', { name: 'Make my choreography' })).toBeVisible();
  });
});

test('wishes that are refused are said above the button, and stay', async () => {
  aSite({
    'GET /songs': () => ok(aPage([aSong()])),
    'POST /choreography/generate': () => problem(409, { message: 'Three are being made already.' }),
  });
  const person = open('/generate');
  await screen.findByRole('radio', { name: /Noche de Papel/ });
  await person.click(screen.getByRole('radio', { name: 'Advanced' }));
  await person.click(screen.getByRole('button', { name: 'Make my choreography' }));
  expect(await screen.findByRole('alert')).toHaveTextContent('Three are being made already.');
  expect(screen.getByRole('radio', { name: 'Advanced' })).toBeChecked();
});

test('a song the API does not take is said at the song', async () => {
  const errors = [{ pointer: '/audio_input', message: 'This song is gone.' }];
  aSite({
    'GET /songs': () => ok(aPage([aSong()])),
    'POST /choreography/generate': () => problem(422, { errors }),
  });
  const person = open('/generate');
  await screen.findByRole('radio', { name: /Noche de Papel/ });
  await person.click(screen.getByRole('button', { name: 'Make my choreography' }));
  expect(await screen.findByRole('alert')).toHaveTextContent('This song is gone.');
});

test('a session that expires while practising interrupts nothing but the next request', async () => {
  const login = aLogin({ access: aToken(undefined, 'renewed') });
  const site = aSite({
    'GET /choreography/tasks/*/timeline': () => ok(exampleOf('Timeline')),
    'GET /choreography/tasks/*': () => ok(aFinishedTask({ result: aResult() })),
    'POST /auth/refresh': () => ok(login),
    'POST /collections': ({ headers }) =>
      headers.get('Authorization') === `Bearer ${login.access}`
        ? ok(aSaved(), {}, 201)
        : problem(401),
  });
  const person = open(`/tasks/${ID}`);
  const video = await screen.findByLabelText('Video of the choreography');
  localStorage.setItem('access_token', 'e30.e30.expired');
  act(() => void video.dispatchEvent(new Event('play')));
  expect(screen.getByRole('button', { name: 'Pause' })).toBeVisible();
  await person.click(screen.getByRole('button', { name: 'Save to collection' }));
  expect(await screen.findByRole('link', { name: 'Open in your collection' })).toBeVisible();
  expect(screen.getByLabelText('Video of the choreography')).toBe(video);
  expect(site.count('POST', '/auth/refresh')).toBe(1);
});

test('a clip the library has lost is said, and the others are shown', async () => {
  aSite({
    'GET /moves/search': () => ok({ count: 1, results: [aMove()] }),
    'GET /moves/*': () => problem(404),
  });
  open('/moves?clip=gone');
  expect(await screen.findByText(/not in the library any more/)).toBeVisible();
  expect(await screen.findByText('Basic step')).toBeVisible();
});

test('the move the player links to is shown by itself, until all are wanted', async () => {
  const { score, ...move } = aMove({ name: 'Dip' });
  expect(score).toBeGreaterThan(0);
  aSite({
    'GET /moves/search': () => ok({ count: 1, results: [aMove()] }),
    'GET /moves/*': () => ok({ ...move, tempo_source: 'sound', beats_count: 16, notes: 'Slowly.' }),
  });
  const person = open('/moves?clip=drawn_dip');
  expect(await screen.findByRole('heading', { name: 'Dip' })).toBeVisible();
  expect(screen.getByLabelText('Dip')).toHaveAttribute('src', move.preview_url);
  await person.click(screen.getByRole('button', { name: 'Show all moves' }));
  await waitFor(() => expect(screen.queryByText('Slowly.')).not.toBeInTheDocument());
  expect(screen.getByTestId('where')).toHaveTextContent(/\/moves$/);
});

test('a delete that is refused brings the dance back with a word', async () => {
  aSite({
    ...MORE,
    'GET /collections/*': () => ok(aSaved(), { ETag: '"a"' }),
    'GET /collections': () => ok(aPage([aSaved()])),
    'DELETE /collections/*': () => problem(500, { message: '' }),
  });
  const person = open(`/collections/${ID}`);
  await person.click(await screen.findByRole('button', { name: 'Delete' }));
  const toast = (await screen.findByText(/is deleted/)).closest('li');
  await person.click(within(toast).getByRole('button', { name: 'Close' }));
  expect(await screen.findByText(/Something broke on our side/)).toBeVisible();
  expect(await screen.findByRole('link', { name: /Noche de Papel/ })).toBeVisible();
});

test('a dance that another device has deleted is deleted here too, without an error', async () => {
  const site = aSite({
    ...MORE,
    'GET /collections/*': () => ok(aSaved(), { ETag: '"a"' }),
    'GET /collections': () => ok(aPage([])),
    'DELETE /collections/*': () => problem(404),
  });
  const person = open(`/collections/${ID}`);
  await person.click(await screen.findByRole('button', { name: 'Delete' }));
  const toast = (await screen.findByText(/is deleted/)).closest('li');
  await person.click(within(toast).getByRole('button', { name: 'Close' }));
  await waitFor(() => expect(site.count('DELETE', `/collections/${ID}`)).toBe(1));
  expect(screen.queryByText(/does not exist/)).not.toBeInTheDocument();
});

test('a wish about the camera is folded away, and is sent where it is made', async () => {
  const bodies = [];
  aSite({
    'GET /songs': () => ok(aPage([aSong()])),
    'POST /choreography/generate': ({ json }) => {
      bodies.push(json());
      return problem(409, { message: 'Later.' });
    },
  });
  const person = open('/generate');
  await screen.findByRole('radio', { name: /Noche de Papel/ });
  const make = screen.getByRole('button', { name: 'Make my choreography' });
  await person.click(make);
  await person.click(screen.getByText('More wishes'));
  await person.click(screen.getByRole('radio', { name: 'Changes often' }));
  await waitFor(() => expect(make).toBeEnabled());
  await person.click(make);
  await waitFor(() => expect(bodies).toHaveLength(2));
  expect(bodies.map(({ camera }) => camera)).toEqual([undefined, 'change']);
});
