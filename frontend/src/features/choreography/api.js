import { ask, get } from 'lib/api.js';

/** Ask for a choreography; return its task's id. */
export async function generate(wishes, key) {
  const { data } = await ask('POST', '/choreography/generate', { body: wishes, key });
  return data.task_id;
}

/** Return what a sentence asks for: `{difficulty, energy_level, style, tempo, explanation}`. */
export async function parseQuery(query, { signal } = {}) {
  const { data } = await ask('POST', '/choreography/parse-query', { body: { query }, signal });
  return data;
}

/** Return a page of the user's tasks, newest first. */
export const listTasks = ({ page = 1, pageSize = 20, status, signal } = {}) =>
  get('/choreography/tasks', { query: { page, page_size: pageSize, status }, signal });

/** Return `{status, data, etag}` of a task; 304 without data when it is as `etag` says. */
export const pollTask = (id, { etag, signal } = {}) =>
  ask('GET', `/choreography/tasks/${encodeURIComponent(id)}`, {
    ifNoneMatch: etag,
    signal,
    noRepeat: true,
    timeoutMs: 15_000,
  });

/** Return a task as it is now, with links that work. */
export const getTask = (id, { signal } = {}) =>
  get(`/choreography/tasks/${encodeURIComponent(id)}`, { signal });

/** Cancel a task; return it. */
export const cancelTask = async (id) =>
  (await ask('DELETE', `/choreography/tasks/${encodeURIComponent(id)}`)).data;

/** Begin a task's wishes anew; return the new task's id. */
export const retryTask = async (id, key) =>
  (await ask('POST', `/choreography/tasks/${encodeURIComponent(id)}/retry`, { key })).data.task_id;

/** Return a finished choreography's timeline. */
export const getTimeline = (id, { signal } = {}) =>
  get(`/choreography/tasks/${encodeURIComponent(id)}/timeline`, { signal });
