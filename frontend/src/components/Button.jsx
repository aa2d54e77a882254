import { Link } from 'react-router-dom';
import { classNames } from './class-names.js';
import { Spinner } from './Spinner.jsx';

const SHAPE =
  'inline-flex min-h-thumb items-center justify-center gap-2 rounded-full px-5 py-2 text-center ' +
  'font-text font-semibold no-underline transition disabled:cursor-not-allowed disabled:opacity-60';

const LOOKS = {
  primary: 'bg-ember text-on-ember shadow-rest hover:bg-ember-strong active:translate-y-px',
  secondary: 'bg-raised text-ink hover:bg-line/60 active:translate-y-px',
  quiet: 'bg-transparent text-ink hover:bg-raised',
  danger: 'bg-transparent text-ember-text hover:bg-raised',
};

const SIZES = { normal: '', large: 'min-h-[3.25rem] px-8 text-lg' };

const look = (variant, size, className) =>
  classNames(SHAPE, LOOKS[variant], SIZES[size], className);

/** A button; while `busy` it says so and cannot be pressed again. */
export function Button({
  variant = 'primary',
  size = 'normal',
  type = 'button',
  busy = false,
  disabled = false,
  className,
  children,
  ...rest
}) {
  return (
    <button
      {...rest}
      type={type}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={look(variant, size, className)}
    >
      {busy && <Spinner small />}
      {children}
    </button>
  );
}

/** A link that looks like a button, for going somewhere. */
export function ButtonLink({ variant = 'primary', size = 'normal', className, ...rest }) {
  return <Link {...rest} className={look(variant, size, className)} />;
}
