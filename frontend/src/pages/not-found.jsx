import { ButtonLink } from 'components/Button.jsx';
import { EmptyState } from 'components/Notice.jsx';
import { useTitle } from 'hooks/use-page.js';
import { t } from 'lib/i18n.js';

/** There is no such page. */
export function Page() {
  useTitle(t('notFound.title'));
  return (
    <EmptyState
      as="h1"
      title={t('notFound.title')}
      action={<ButtonLink to="/">{t('notFound.home')}</ButtonLink>}
    >
      {t('notFound.text')}
    </EmptyState>
  );
}
