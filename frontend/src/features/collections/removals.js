import { useSyncExternalStore } from 'react';
import { say } from 'components/Toast.jsx';
import { t } from 'lib/i18n.js';
import { sentenceOf } from 'lib/sentences.js';
import { removeSaved } from './api.js';

// Long enough to be read out, found and reached by keyboard (WCAG 2.2.1).
const UNDO_MS = 20_000;

/** Items that are out of sight, and can still be brought back. */
let waiting = new Map();
let state = { waiting, done: 0 };
const listeners = new Set();

function change(next, done = state.done) {
  waiting = next;
  state = { waiting, done };
  listeners.forEach((listener) => listener());
}

function bringBack(id) {
  const next = new Map(waiting);
  next.delete(id);
  change(next);
}

const isGoneAlready = (error) => error.status === 404;

async function removeNow(id, options) {
  if (!waiting.has(id) || waiting.get(id).isSent) return;
  waiting.get(id).isSent = true;
  try {
    await removeSaved(id, options);
    change(waiting, state.done + 1);
  } catch (error) {
    if (isGoneAlready(error)) return change(waiting, state.done + 1);
    bringBack(id);
    say(sentenceOf(error), { kind: 'error' });
  }
}

/** Remove an item in a few seconds; until then one tap brings it back. */
export function removeLater({ id, title }) {
  change(new Map(waiting).set(id, { isSent: false }));
  say(t('saved.removed', { title }), {
    action: { label: t('common.undo'), onClick: () => bringBack(id) },
    onGone: () => removeNow(id),
    staysMs: UNDO_MS,
  });
}

// Whoever closes the page meant it.
window.addEventListener('pagehide', () => {
  [...waiting.keys()].forEach((id) => removeNow(id, { keepalive: true }));
});

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Return `{isLeaving(id), done}`: what is out of sight, and how many the API has removed. */
export function useRemovals() {
  const now = useSyncExternalStore(subscribe, () => state);
  return { isLeaving: (id) => now.waiting.has(id), done: now.done };
}
