/** A dancer with a finished choreography, made through the API. */

const SITE = process.env.SITE ?? 'http://localhost:8000';
const WAIT_MS = 120_000;

async function call(path, { token, body, ...rest } = {}) {
  const headers = { 'Content-Type': 'application/json' };
  if (token) headers.Authorization = `Bearer ${token}`;
  const response = await fetch(`${SITE}/api${path}`, {
    method: body ? 'POST' : 'GET',
    headers,
    body: body && JSON.stringify(body),
    ...rest,
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** Return `{session, taskId, timeline, videoUrl}` of somebody new. */
export async function aDancer() {
  const name = `dancer${Date.now().toString(36)}`;
  const session = await call('/auth/register', {
    body: { username: name, email: `${name}@example.org`, password: 'bailando-con-la-luna' },
  });
  const token = session.access;
  const songs = await call('/songs?search=noche', { token });
  const wishes = { audio_input: `song:${songs.results[0].id}`, difficulty: 'intermediate' };
  const { task_id: taskId } = await call('/choreography/generate', { token, body: wishes });
  const task = await finished(taskId, token);
  const timeline = await call(`/choreography/tasks/${taskId}/timeline`, { token });
  return { session, taskId, timeline, videoUrl: task.result.video_url };
}

async function finished(taskId, token) {
  const untilMs = Date.now() + WAIT_MS;
  while (Date.now() < untilMs) {
    const task = await call(`/choreography/tasks/${taskId}`, { token });
    if (task.status === 'completed') return task;
    if (task.status === 'failed') throw new Error(task.error);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  throw new Error('The choreography took too long.');
}
