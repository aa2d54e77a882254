import { t } from 'lib/i18n.js';
import { Button } from './Button.jsx';
import { Icon } from './Icon.jsx';

/** Buttons to the pages of a list; nothing where all fits on one. */
export function Pager({ page, pageSize, count, onPage }) {
  const pages = Math.max(1, Math.ceil(count / pageSize));
  if (pages <= 1) return null;
  return (
    <nav aria-label={t('pager.label')} className="mt-8 flex items-center justify-center gap-3">
      <Button variant="secondary" disabled={page <= 1} onClick={() => onPage(page - 1)}>
        <Icon name="left" className="size-4 rtl:rotate-180" />
        {t('pager.previous')}
      </Button>
      <span className="text-sm text-muted">{t('pager.where', { page, pages })}</span>
      <Button variant="secondary" disabled={page >= pages} onClick={() => onPage(page + 1)}>
        {t('pager.next')}
        <Icon name="right" className="size-4 rtl:rotate-180" />
      </Button>
    </nav>
  );
}
