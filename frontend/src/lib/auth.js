import { useSyncExternalStore } from 'react';

/** Where the session lives; the names are settled with the old application's pages. */
export const KEYS = { access: 'access_token', refresh: 'refresh_token', user: 'user' };

/** An access token is renewed this long before it ends. */
export const RENEW_BEFORE_S = 5 * 60;

const listeners = new Set();
let cached = { raw: null, session: null };
let endedBecause = null;

const tell = () => listeners.forEach((listener) => listener());

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Return `{access, refresh, user}` of whoever is signed in here, or null. */
export function getSession() {
  const [access, refresh, user] = Object.values(KEYS).map((key) => localStorage.getItem(key));
  const raw = `${access} ${refresh} ${user}`;
  if (raw !== cached.raw) {
    cached = { raw, session: access && refresh ? { access, refresh, user: parse(user) } : null };
  }
  return cached.session;
}

/** Keep what a sign-in, a registration or a renewal answered. */
export function keepSession({ access, refresh, user }) {
  localStorage.setItem(KEYS.refresh, refresh);
  localStorage.setItem(KEYS.user, JSON.stringify(user));
  localStorage.setItem(KEYS.access, access);
  endedBecause = null;
  tell();
}

/** Keep a changed profile. */
export function keepUser(user) {
  localStorage.setItem(KEYS.user, JSON.stringify(user));
  tell();
}

/** Forget the session, in every tab; `reason` is `expired` or `left`, and is said on the sign-in page. */
export function endSession(reason) {
  endedBecause = reason;
  Object.values(KEYS).forEach((key) => localStorage.removeItem(key));
  tell();
}

/** Return why the session ended, or null. */
export const whyEnded = () => endedBecause;

/** Return the payload of a token, or null if it is none. */
export function readToken(token) {
  const middle = token.split('.')[1] ?? '';
  const base64 = middle.replaceAll('-', '+').replaceAll('_', '/');
  try {
    return JSON.parse(atob(base64));
  } catch {
    return null;
  }
}

/** Whether an access token ends within five minutes; one that cannot be read does not. */
export function endsSoon(token, now = Date.now()) {
  const { exp } = readToken(token) ?? {};
  return typeof exp === 'number' && exp - now / 1000 < RENEW_BEFORE_S;
}

/** Call back when the session changes, here or in another tab. */
export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

window.addEventListener('storage', ({ key }) => {
  if (key !== KEYS.access && key !== KEYS.user && key !== null) return;
  if (!localStorage.getItem(KEYS.access)) endedBecause ??= 'left';
  tell();
});

/** Return the session, and render again when it changes. */
export const useSession = () => useSyncExternalStore(subscribe, getSession);

/** Return the signed-in user, or null. */
export const useUser = () => useSession()?.user ?? null;
