import { useId } from 'react';
import { Icon } from './Icon.jsx';

/** Return the attributes that tie a control to its label, hint and error. */
export function useField({ hint, error }) {
  const id = useId();
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return {
    id,
    control: {
      id,
      'aria-invalid': error ? true : undefined,
      'aria-describedby': describedBy || undefined,
    },
  };
}

/** A label above its control, a hint and an error below it. */
export function Field({ id, label, hint, error, aside, children }) {
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex items-baseline justify-between gap-4">
        <label htmlFor={id} className="text-sm font-semibold">
          {label}
        </label>
        {aside}
      </div>
      {children}
      {hint && (
        <p id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="flex items-start gap-1.5 text-sm text-ember-text">
          <Icon name="alert" className="mt-0.5 size-4 shrink-0" />
          {error}
        </p>
      )}
    </div>
  );
}

/** How every control that takes text looks. */
export const CONTROL =
  'min-h-thumb w-full rounded border-2 border-muted/70 bg-surface px-3.5 py-2 text-ink ' +
  'placeholder:text-muted transition hover:border-ink aria-[invalid]:border-ember-text';
