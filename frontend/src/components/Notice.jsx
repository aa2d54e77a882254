import { t } from 'lib/i18n.js';
import { sentenceOf } from 'lib/sentences.js';
import { Button } from './Button.jsx';
import { Card } from './Card.jsx';
import { Icon } from './Icon.jsx';

/** A quiet word inside a page: an error of a whole form, or something to know. */
export function Notice({ kind = 'error', children }) {
  const colour = kind === 'error' ? 'border-ember-text' : 'border-brass';
  return (
    <div
      role={kind === 'error' ? 'alert' : 'status'}
      className={`flex items-start gap-3 rounded border-s-4 bg-raised px-4 py-3 text-sm ${colour}`}
    >
      <Icon name={kind === 'error' ? 'alert' : 'spark'} className="mt-0.5 size-5" />
      <div className="min-w-0 grow">{children}</div>
    </div>
  );
}

/** What is shown where a page, or with `as` its whole content, could not be loaded. */
export function LoadError({ as: Heading = 'h2', error, onRetry }) {
  return (
    <Card className="mx-auto my-8 flex max-w-reading flex-col items-center gap-4 p-8 text-center">
      <Heading className="text-xl">{t('error.title')}</Heading>
      <p role="alert" className="text-muted">
        {sentenceOf(error)}
      </p>
      {onRetry && <Button onClick={onRetry}>{t('common.tryAgain')}</Button>}
    </Card>
  );
}

/** An empty place, with the one thing to do about it. */
export function EmptyState({ as: Heading = 'h2', title, children, action }) {
  return (
    <div className="mx-auto flex max-w-reading flex-col items-center gap-4 px-4 py-14 text-center">
      <Heading className="text-2xl">{title}</Heading>
      <p className="text-muted">{children}</p>
      {action}
    </div>
  );
}
