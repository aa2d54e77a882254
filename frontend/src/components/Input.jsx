import { forwardRef, useState } from 'react';
import { t } from 'lib/i18n.js';
import { classNames } from './class-names.js';
import { CONTROL, Field, useField } from './Field.jsx';

/** A text field with its label, hint and error. */
export const Input = forwardRef(function Input({ label, hint, error, aside, ...rest }, ref) {
  const { id, control } = useField({ hint, error });
  return (
    <Field {...{ id, label, hint, error, aside }}>
      <input ref={ref} dir="auto" {...rest} {...control} className={CONTROL} />
    </Field>
  );
});

/** A field of several lines. */
export const TextArea = forwardRef(function TextArea({ label, hint, error, ...rest }, ref) {
  const { id, control } = useField({ hint, error });
  return (
    <Field {...{ id, label, hint, error }}>
      <textarea ref={ref} dir="auto" rows={3} {...rest} {...control} className={CONTROL} />
    </Field>
  );
});

/** A password, which may be shown. */
export const PasswordInput = forwardRef(function PasswordInput(
  { label, hint, error, ...rest },
  ref,
) {
  const { id, control } = useField({ hint, error });
  const [isShown, setShown] = useState(false);
  return (
    <Field {...{ id, label, hint, error }}>
      <div className="relative">
        <input
          ref={ref}
          {...rest}
          {...control}
          type={isShown ? 'text' : 'password'}
          autoCapitalize="none"
          spellCheck={false}
          className={classNames(CONTROL, 'pe-20')}
        />
        <button
          type="button"
          aria-pressed={isShown}
          aria-label={t('auth.showPassword')}
          onClick={() => setShown(!isShown)}
          className="absolute inset-y-0 end-0 min-w-thumb rounded px-3.5 text-sm font-semibold text-muted hover:text-ink"
        >
          {isShown ? t('common.hide') : t('common.show')}
        </button>
      </div>
    </Field>
  );
});
