import { t } from 'lib/i18n.js';
import { classNames } from './class-names.js';

/** Three beats and a tap: something is on its way. */
export function Spinner({ small = false, label }) {
  const dot = classNames('beat-dot rounded-full bg-current', small ? 'size-1.5' : 'size-3');
  return (
    <span role={small ? undefined : 'status'} className="inline-flex items-end gap-1.5">
      {[0, 1, 2, 3].map((beat) => (
        <span key={beat} aria-hidden="true" className={classNames(dot, `beat-${beat + 1}`)} />
      ))}
      {!small && <span className="sr-only">{label ?? t('common.loading')}</span>}
    </span>
  );
}

/** A whole page that waits; it appears late, so that quick pages do not blink,
 * and fills the window, so that the foot does not jump when the page is there. */
export function PageSpinner() {
  return (
    <div className="appear-late flex min-h-screen items-center justify-center text-brass-text">
      <Spinner />
    </div>
  );
}
