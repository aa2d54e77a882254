import { ask } from 'lib/api.js';
import { endSession, getSession, keepSession } from 'lib/auth.js';

/** Register somebody new, and sign them in. */
export async function register(person, key) {
  const { data } = await ask('POST', '/auth/register', { body: person, key, open: true });
  keepSession(data);
}

/** Sign in with a user name or an e-mail address. */
export async function logIn(credentials) {
  const { data } = await ask('POST', '/auth/login', { body: credentials, open: true });
  keepSession(data);
}

/** Sign out here and now; the API is told, and whether it hears does not matter to the person. */
export async function logOut() {
  const { refresh } = getSession() ?? {};
  endSession('left');
  if (!refresh) return;
  const told = ask('POST', '/auth/logout', { body: { refresh }, open: true, keepalive: true });
  await told.catch(() => {});
}
