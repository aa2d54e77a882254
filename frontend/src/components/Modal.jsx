import { useEffect, useId, useRef } from 'react';
import { t } from 'lib/i18n.js';
import { Icon } from './Icon.jsx';

/** A dialog over the page: the browser's own, which keeps the focus inside and gives it back. */
export function Modal({ title, isOpen, onClose, children }) {
  const ref = useRef(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (isOpen && !dialog.open) dialog.showModal();
    if (!isOpen && dialog.open) dialog.close();
  }, [isOpen]);

  return (
    <dialog
      ref={ref}
      aria-labelledby={id}
      onClose={onClose}
      className="w-[min(34rem,calc(100vw-2rem))] rounded-lg bg-surface p-6 text-ink shadow-lift backdrop:bg-stage/70"
    >
      <div className="mb-4 flex items-start justify-between gap-4">
        <h2 id={id} className="text-xl">
          {title}
        </h2>
        <button
          type="button"
          onClick={onClose}
          aria-label={t('common.close')}
          className="-me-2 -mt-2 flex size-11 items-center justify-center rounded-full text-muted hover:bg-raised hover:text-ink"
        >
          <Icon name="close" />
        </button>
      </div>
      {isOpen && children}
    </dialog>
  );
}
