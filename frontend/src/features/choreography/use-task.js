import { useCallback, useEffect, useRef, useState } from 'react';
import { pollTask } from './api.js';
import { hasEnded } from './words.js';

const EVERY_MS = 2000;
const AT_MOST_MS = 30_000;

/** Return how long to wait after `failures` polls in a row that failed. */
export function waitAfter(error, failures) {
  if (!error) return EVERY_MS;
  if (error.retryAfterS) return error.retryAfterS * 1000;
  const doubled = Math.min(AT_MOST_MS, EVERY_MS * 2 ** failures);
  return doubled * (0.75 + Math.random() / 2);
}

/** Poll until `stop()`; `onTask` and `onError` are told. Errors that pass never end it. */
function startPolling(id, { onTask, onError }) {
  const gone = new AbortController();
  let etag = null;
  let timer = null;
  let isAsking = false;
  let isOver = false;
  let failures = 0;

  const again = (ms) => {
    clearTimeout(timer);
    if (!isOver && !document.hidden) timer = setTimeout(poll, ms);
  };

  const hear = ({ status, data, etag: newer }) => {
    failures = 0;
    etag = newer ?? etag;
    onError(null);
    if (status === 304) return;
    onTask(data);
    isOver = hasEnded(data);
  };

  async function poll() {
    if (isAsking || isOver) return;
    isAsking = true;
    let error = null;
    try {
      hear(await pollTask(id, { etag, signal: gone.signal }));
    } catch (caught) {
      if (gone.signal.aborted) return;
      error = caught;
      failures += 1;
      isOver = !caught.isPassing;
      onError(caught);
    } finally {
      isAsking = false;
    }
    again(waitAfter(error, failures));
  }

  const now = () => !document.hidden && again(0);
  document.addEventListener('visibilitychange', now);
  window.addEventListener('online', now);
  window.addEventListener('pageshow', now);
  poll();

  return () => {
    isOver = true;
    clearTimeout(timer);
    gone.abort();
    document.removeEventListener('visibilitychange', now);
    window.removeEventListener('online', now);
    window.removeEventListener('pageshow', now);
  };
}

/**
 * Follow a task until it has ended; return `{task, error, restart, setTask}`.
 *
 * Asks every 2 s while the page is seen, less often while asking fails, at once when the network or
 * the page comes back. What was known stays shown beside an error.
 */
export function useTask(id) {
  const [state, setState] = useState({ id, task: null, error: null });
  const [turn, setTurn] = useState(0);
  const shown = useRef(id);

  useEffect(() => {
    if (shown.current !== id) setState({ id, task: null, error: null });
    shown.current = id;
    return startPolling(id, {
      onTask: (task) => setState((before) => ({ ...before, id, task })),
      onError: (error) =>
        setState((before) => (before.error === error ? before : { ...before, id, error })),
    });
  }, [id, turn]);

  const restart = useCallback(() => setTurn((before) => before + 1), []);
  const setTask = useCallback((task) => setState({ id, task, error: null }), [id]);
  const current = state.id === id ? state : { task: null, error: null };
  return { task: current.task, error: current.error, restart, setTask };
}
