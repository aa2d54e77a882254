import { endSession, endsSoon, getSession, keepSession } from './auth.js';
import { sendForm } from './send-form.js';

const SITE = import.meta.env.VITE_API_URL ?? '';
const TIMEOUT_MS = 20_000;
const UPLOAD_TIMEOUT_MS = 10 * 60_000;
// A clock that runs ahead must not make every request renew: a fresh token is trusted this long.
const TRUST_FRESH_MS = 60_000;

/** What the API, or the way to it, refused. `status` is 0 where no answer came. */
export class ApiError extends Error {
  constructor({ status, code, message = '', errors = [], retryAfterS = null, requestId = null }) {
    super(message || code);
    Object.assign(this, { status, code, sentence: message, errors, retryAfterS, requestId });
  }

  /** Whether asking again later may help. */
  get isPassing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }

  /** Return the messages by field name, for the places of a form. */
  get byField() {
    const named = this.errors.map(({ pointer, message }) => [pointer.split('/').pop(), message]);
    return Object.fromEntries(named.reverse());
  }
}

/** Return a new key, under which a POST is done once however often it is sent. */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  // Outside of secure origins (a phone on the home network) there is no randomUUID.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Return the absolute address of something the API named, like a video's link. */
export const siteUrl = (path) => (path && SITE ? new URL(path, SITE).href : path);

function address(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  const search = new URLSearchParams(given.filter(([, value]) => value !== '')).toString();
  return `${SITE}/api${path}${search && `?${search}`}`;
}

function headersOf({ body, key, ifMatch, ifNoneMatch }) {
  const headers = { Accept: 'application/json' };
  if (body && !(body instanceof FormData)) headers['Content-Type'] = 'application/json';
  if (key) headers['Idempotency-Key'] = key;
  if (ifMatch) headers['If-Match'] = ifMatch;
  if (ifNoneMatch) headers['If-None-Match'] = ifNoneMatch;
  return headers;
}

async function problemOf(response) {
  const problem = await response.json().catch(() => ({}));
  const after = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
  return new ApiError({
    status: response.status,
    code: problem.code ?? 'unreadable_answer',
    message: problem.message,
    errors: Array.isArray(problem.errors) ? problem.errors : [],
    retryAfterS: Number.isNaN(after) ? null : after,
    requestId: problem.request_id ?? null,
  });
}

function limitTime(signal, ms) {
  const timeout = AbortSignal.timeout(ms);
  return signal ? AbortSignal.any([signal, timeout]) : timeout;
}

/** Bring a request on its way; what must be heard while it is sent goes by `sendForm`. */
function transmit(url, { onSent, ...request }) {
  if (onSent) return sendForm(url, { ...request, onSent });
  return fetch(url, { ...request, credentials: 'omit', cache: 'no-store' });
}

async function send(method, path, options, access) {
  const { body, query, signal, timeoutMs = TIMEOUT_MS, keepalive = false, onSent } = options;
  const headers = headersOf(options);
  if (access) headers.Authorization = `Bearer ${access}`;
  try {
    return await transmit(address(path, query), {
      method,
      headers,
      keepalive,
      onSent,
      body: body instanceof FormData ? body : body && JSON.stringify(body),
      signal: limitTime(signal, timeoutMs),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    const code = error.name === 'TimeoutError' ? 'slow' : 'offline';
    throw new ApiError({ status: 0, code });
  }
}

let renewedAt = -Infinity;
let renewing = null;

const LOCK_IS_FREE_MS = 10;
const SEEN_IN_ALL_TABS_MS = 150;

async function renewOnce(stale) {
  const session = getSession();
  if (!session) throw new ApiError({ status: 401, code: 'signed_out' });
  if (session.access !== stale) return session.access; // another tab was first
  const response = await send('POST', '/auth/refresh', { body: { refresh: session.refresh } });
  if (response.ok) {
    keepSession(await response.json());
    renewedAt = performance.now();
    return getSession().access;
  }
  if ([400, 401, 403, 422].includes(response.status)) endSession('expired');
  throw await problemOf(response);
}

/** Renew with no other tab at it; what one wrote that was first takes a moment to be seen here. */
function renewAlone(stale) {
  const askedAt = performance.now();
  return navigator.locks.request('bachata-session', async () => {
    const hasWaited = performance.now() - askedAt > LOCK_IS_FREE_MS;
    if (hasWaited) await new Promise((resolve) => setTimeout(resolve, SEEN_IN_ALL_TABS_MS));
    return renewOnce(stale);
  });
}

/** Renew the session once, however many requests and tabs want it at the same time. */
function renew(stale) {
  const locked = () => (navigator.locks ? renewAlone(stale) : renewOnce(stale));
  renewing ??= locked().finally(() => {
    renewing = null;
  });
  return renewing;
}

async function currentAccess() {
  const session = getSession();
  if (!session) return null;
  const isFresh = performance.now() - renewedAt < TRUST_FRESH_MS;
  if (!endsSoon(session.access) || isFresh) return session.access;
  try {
    return await renew(session.access);
  } catch (error) {
    // The old token may still be good while the way to the API is not.
    if (error.isPassing) return session.access;
    throw error;
  }
}

async function sendSignedIn(method, path, options) {
  const access = await currentAccess();
  const response = await send(method, path, options, access);
  if (response.status !== 401 || !access) return response;
  const again = await send(method, path, options, await renew(access));
  if (again.status === 401) endSession('expired');
  return again;
}

async function answerOf(response) {
  const etag = response.headers.get('ETag');
  if (response.status === 304) return { status: 304, data: null, etag };
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return { status: 204, data: null, etag };
  try {
    return { status: response.status, data: await response.json(), etag };
  } catch {
    // Cut off on its way, or not from the API at all, as in a hotel's network.
    throw new ApiError({ status: 0, code: 'unreadable_answer' });
  }
}

/** Whether a request may be sent twice: reads, and what the API does once under its key. */
const isRepeatable = (method, { key }) => method === 'GET' || Boolean(key);

const EARLY_FOR_MS = 10_000;
const early = new Map();

/** Ask for what the page on its way will want, and return it; its own question takes this answer. */
export function askEarly(path) {
  const answer = ask('GET', path);
  answer.catch(() => {}); // whoever takes it hears of it
  early.set(address(path), answer);
  setTimeout(() => early.delete(address(path)), EARLY_FOR_MS);
  return answer;
}

function takeEarly(method, path, { query, ifNoneMatch }) {
  const url = address(path, query);
  const answer = method === 'GET' && !ifNoneMatch ? early.get(url) : undefined;
  if (answer) early.delete(url);
  return answer;
}

/**
 * Ask the API; return `{status, data, etag}`.
 *
 * `open` sends no token. A lost answer is asked for once more where that is safe: a POST only
 * with its `key`. Throws `ApiError`.
 */
export async function ask(method, path, options = {}) {
  const asked = takeEarly(method, path, options);
  if (asked) return asked;
  const once = () =>
    options.open ? send(method, path, options) : sendSignedIn(method, path, options);
  try {
    return await answerOf(await once());
  } catch (error) {
    const isLost = error instanceof ApiError && error.status === 0;
    if (!isLost || options.noRepeat || !isRepeatable(method, options)) throw error;
    return answerOf(await once());
  }
}

/** Return only the data of a GET. */
export const get = async (path, options) => (await ask('GET', path, options)).data;

/** Send a form with a file; return the data. `onSent(share)` hears how much of it is sent. */
export const upload = async (path, form, options) =>
  (await ask('POST', path, { ...options, body: form, timeoutMs: UPLOAD_TIMEOUT_MS })).data;
