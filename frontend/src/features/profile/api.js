import { ask, get } from 'lib/api.js';
import { keepUser } from 'lib/auth.js';

/** Return who is signed in, as the API knows them now. */
export async function getMe({ signal } = {}) {
  const user = await get('/auth/me', { signal });
  keepUser(user);
  return user;
}

/** Change name, e-mail or preferences. */
export async function updateMe(changes) {
  const { data } = await ask('PUT', '/auth/me', { body: changes });
  keepUser(data);
  return data;
}

/** Change the password; other sessions end. */
export const changePassword = (passwords) => ask('POST', '/auth/password', { body: passwords });
