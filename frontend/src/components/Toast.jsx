import { useEffect, useState, useSyncExternalStore } from 'react';
import { t } from 'lib/i18n.js';
import { Icon } from './Icon.jsx';

const STAYS_MS = 6000;
const listeners = new Set();
let toasts = [];
let last = 0;

function change(next) {
  toasts = next;
  listeners.forEach((listener) => listener());
}

/** Take a toast away. */
export const dismiss = (id) => change(toasts.filter((toast) => toast.id !== id));

/**
 * Say something in passing; return its id.
 *
 * `kind` is `good` or `error`; `action` is `{label, onClick}`; `onGone` runs when it has gone by
 * itself or was closed, and not when its action was used.
 */
export function say(
  text,
  { kind = 'good', action = null, onGone = null, staysMs = STAYS_MS } = {},
) {
  last += 1;
  change([...toasts, { id: last, text, kind, action, onGone, staysMs }]);
  return last;
}

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function Toast({ toast }) {
  const { id, text, kind, action, onGone, staysMs } = toast;
  const leave = () => {
    dismiss(id);
    onGone?.();
  };
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (isHeld) return undefined;
    const timer = setTimeout(() => {
      dismiss(id);
      onGone?.();
    }, staysMs);
    return () => clearTimeout(timer);
  }, [id, isHeld, onGone, staysMs]);

  return (
    <li
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className="pointer-events-auto flex items-center gap-3 rounded bg-stage px-4 py-2.5 text-on-stage shadow-lift"
    >
      <Icon name={kind === 'error' ? 'alert' : 'check'} className="size-5" />
      <span className="grow text-sm">{text}</span>
      {action && (
        <button
          type="button"
          className="min-h-thumb rounded-full px-3 text-sm font-bold text-on-stage underline underline-offset-4"
          onClick={() => {
            dismiss(id);
            action.onClick();
          }}
        >
          {action.label}
        </button>
      )}
      <button
        type="button"
        aria-label={t('common.close')}
        className="flex size-11 items-center justify-center rounded-full text-stage-muted hover:text-on-stage"
        onClick={leave}
      >
        <Icon name="close" />
      </button>
    </li>
  );
}

/** Where toasts are shown, and read out. */
export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div
      role="status"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-4 bottom-[calc(5rem+env(safe-area-inset-bottom))] z-40 flex justify-center md:bottom-6"
    >
      <ul className="flex w-full max-w-md flex-col gap-2">
        {shown.map((toast) => (
          <Toast key={toast.id} toast={toast} />
        ))}
      </ul>
    </div>
  );
}
