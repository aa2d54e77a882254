import { ask, get } from 'lib/api.js';

const path = (id) => `/collections/${encodeURIComponent(id)}`;

/** Return a page of the collection. */
export const listSaved = ({ search, difficulty, ordering, page = 1, pageSize = 12, signal } = {}) =>
  get('/collections', {
    query: { search, difficulty, ordering, page, page_size: pageSize },
    signal,
  });

/** Return the collection in numbers. */
export const getStatistics = ({ signal } = {}) => get('/collections/stats', { signal });

/** Return `{data, etag}` of one saved choreography. */
export const getSaved = (id, { signal } = {}) => ask('GET', path(id), { signal });

/** Save a finished task; saving it again gives the first item. */
export const saveTask = async ({ taskId, title }, key) =>
  (await ask('POST', '/collections', { body: { task_id: taskId, title }, key })).data;

/** Change title, difficulty or notes, if nobody else did since; return `{data, etag}`. */
export const reviseSaved = (id, changes, etag) =>
  ask('PUT', path(id), { body: changes, ifMatch: etag });

/** Remove an item; `keepalive` lets it happen while the page closes. */
export const removeSaved = (id, { keepalive } = {}) => ask('DELETE', path(id), { keepalive });
