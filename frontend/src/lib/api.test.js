import { beforeEach, describe, expect, test, vi } from 'vitest';
import { changePassword, getMe } from 'features/profile/api.js';
import { logIn, logOut, register } from 'features/auth/api.js';
import { generate } from 'features/choreography/api.js';
import { removeSaved } from 'features/collections/api.js';
import { aLogin, aToken, anAccepted, aUser, signIn } from '../testing/makers.js';
import { aSite, empty, noWay, ok, problem } from '../testing/site.js';
import { getSession, whyEnded } from './auth.js';

const later = aToken(Math.floor(Date.now() / 1000) + 3600, 'two');
const WISHES = { audio_input: 'song:42bf6e34-a17c-431f-90d1-936625d0a57d', difficulty: 'beginner' };
const renewed = () => ok(aLogin({ access: later, refresh: 'refresh-token-two' }));

/** An API that knows only the renewed token. */
const aSiteAfterExpiry = (more = {}) =>
  aSite({
    'GET /auth/me': ({ headers }) =>
      headers.get('Authorization') === `Bearer ${later}` ? ok(aUser()) : problem(401),
    'POST /auth/refresh': renewed,
    ...more,
  });

describe('a session', () => {
  beforeEach(() => signIn());

  test('is renewed once for many requests, and each is sent again once', async () => {
    const site = aSiteAfterExpiry();
    await Promise.all([getMe(), getMe(), getMe()]);
    expect(site.count('POST', '/auth/refresh')).toBe(1);
    expect(site.count('GET', '/auth/me')).toBe(6);
    expect(getSession().refresh).toBe('refresh-token-two');
  });

  test('that another tab has renewed is taken over without asking', async () => {
    const site = aSiteAfterExpiry({
      'GET /auth/me': ({ headers }) => {
        if (headers.get('Authorization') === `Bearer ${later}`) return ok(aUser());
        localStorage.setItem('access_token', later); // the other tab, just now
        return problem(401);
      },
    });
    await getMe();
    expect(site.count('POST', '/auth/refresh')).toBe(0);
  });

  test('never loops on 401: one renewal, one more try, then it ends with a word', async () => {
    const site = aSite({ 'GET /auth/me': () => problem(401), 'POST /auth/refresh': renewed });
    await expect(getMe()).rejects.toMatchObject({ status: 401 });
    expect(site.count('GET', '/auth/me')).toBe(2);
    expect(site.count('POST', '/auth/refresh')).toBe(1);
    expect(getSession()).toBeNull();
    expect(whyEnded()).toBe('expired');
  });

  test('ends with a word when its renewal is refused', async () => {
    const site = aSiteAfterExpiry({ 'POST /auth/refresh': () => problem(401) });
    await expect(getMe()).rejects.toMatchObject({ status: 401 });
    expect(site.count('POST', '/auth/refresh')).toBe(1);
    expect(whyEnded()).toBe('expired');
  });

  test('stays when there is no way to renew it', async () => {
    aSiteAfterExpiry({ 'POST /auth/refresh': () => noWay() });
    await expect(getMe()).rejects.toMatchObject({ status: 0, code: 'offline' });
    expect(getSession()).not.toBeNull();
  });

  test('that was ended on purpose is told to the API, and gone without it', async () => {
    aSite({ 'POST /auth/logout': () => noWay() });
    await logOut();
    expect(getSession()).toBeNull();
    expect(whyEnded()).toBe('left');
  });
});

test('a token is renewed before it ends, five minutes ahead', async () => {
  signIn({ access: aToken(Math.floor(Date.now() / 1000) + 290) });
  vi.spyOn(performance, 'now').mockReturnValue(1e9); // long after any earlier renewal
  const site = aSiteAfterExpiry();
  await getMe();
  expect(site.requests.map(({ pathname }) => pathname)).toEqual([
    '/api/auth/refresh',
    '/api/auth/me',
  ]);
});

describe('a lost answer', () => {
  beforeEach(() => signIn());

  test('to a POST without a key is not asked for again', async () => {
    const site = aSite({ 'POST /auth/login': () => noWay() });
    await expect(logIn({ username: 'lola', password: 'x' })).rejects.toMatchObject({ status: 0 });
    expect(site.requests).toHaveLength(1);
  });

  test('to a POST with a key is asked for again under the same key', async () => {
    let times = 0;
    const site = aSite({
      'POST /choreography/generate': () => {
        times += 1;
        return times === 1 ? noWay() : ok(anAccepted(), {}, 202);
      },
    });
    await generate(WISHES, 'key-1');
    const keys = site.requests.map(({ headers }) => headers.get('Idempotency-Key'));
    expect(keys).toEqual(['key-1', 'key-1']);
  });

  test('to a read is asked for again once', async () => {
    const site = aSite({ 'GET /auth/me': () => noWay() });
    await expect(getMe()).rejects.toMatchObject({ code: 'offline' });
    expect(site.count('GET', '/auth/me')).toBe(2);
  });
});

test('a 204 is a success without data', async () => {
  signIn();
  aSite({ 'DELETE /collections/*': () => empty(), 'POST /auth/password': () => empty() });
  await expect(removeSaved('42bf6e34-a17c-431f-90d1-936625d0a57d')).resolves.toMatchObject({
    data: null,
  });
  const passwords = { current_password: 'old-password', new_password: 'new-password' };
  await expect(changePassword(passwords)).resolves.toMatchObject({ status: 204 });
});

test('an answer that is no JSON is an error with a sentence, not a crash', async () => {
  signIn();
  vi.stubGlobal('fetch', async () => new Response('<h1>Hotel WiFi</h1>', { status: 200 }));
  await expect(getMe()).rejects.toMatchObject({ code: 'unreadable_answer' });
});

test('errors of fields are found by the name of the field', async () => {
  const errors = [{ pointer: '/email', message: 'Is taken.' }];
  aSite({ 'POST /auth/register': () => problem(409, { errors }) });
  const person = { username: 'lola', email: 'lola@example.org', password: 'long enough' };
  const error = await register(person, 'key').catch((caught) => caught);
  expect(error.byField).toEqual({ email: 'Is taken.' });
});

test('no token is written to a console or into an address', async () => {
  const spies = ['log', 'info', 'warn', 'error', 'debug'].map((name) => vi.spyOn(console, name));
  signIn();
  const site = aSiteAfterExpiry({ 'POST /auth/logout': () => empty() });
  await getMe();
  await logOut();
  expect(site.requests.length).toBeGreaterThan(3);
  for (const { url } of site.requests) expect(url).not.toMatch(/refresh-token|signature|eyJ/);
  for (const spy of spies) expect(spy).not.toHaveBeenCalled();
});
