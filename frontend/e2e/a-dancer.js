import { aChoreography, api, register } from './browser.js';

/** Have one choreography made before all tests: `inject('dancer')` is `{login, task, timeline}`. */
export async function setup({ provide }) {
  const login = await register();
  const task = await aChoreography(login, { difficulty: 'intermediate' });
  const timeline = await api(`/choreography/tasks/${task.task_id}/timeline`, {
    token: login.access,
  });
  provide('dancer', { login, task, timeline });
}
