import { get, upload } from 'lib/api.js';

/** The API takes no song bigger than this. */
export const MOST_BYTES = 30 * 1000 * 1000;

/** Return a page of songs. */
export const listSongs = ({ search, page = 1, pageSize = 20, signal } = {}) =>
  get('/songs', { query: { search, page, page_size: pageSize }, signal });

/** Return one song. */
export const getSong = (id, { signal } = {}) => get(`/songs/${encodeURIComponent(id)}`, { signal });

/** Return the link under which a song can be heard for a while. */
export const getSongAudio = (id, { signal } = {}) =>
  get(`/songs/${encodeURIComponent(id)}/audio`, { signal });

/** Add a song of one's own; return it. `onSent(share)` hears how much of it is sent, 0 to 1. */
export function uploadSong({ file, title, artist }, { key, signal, onSent } = {}) {
  const form = new FormData();
  form.append('file', file);
  form.append('title', title);
  if (artist) form.append('artist', artist);
  return upload('/songs', form, { key, signal, onSent });
}
