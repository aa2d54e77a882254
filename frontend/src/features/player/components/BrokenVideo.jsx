import { Button } from 'components/Button.jsx';
import { Icon } from 'components/Icon.jsx';
import { t } from 'lib/i18n.js';
import { usePlayerContext } from '../player-context.js';

/** What stands in the picture's place when no link plays. */
export function BrokenVideo() {
  const { link } = usePlayerContext();
  return (
    <div
      role="alert"
      className="absolute inset-0 z-10 flex flex-col items-center justify-center gap-2 overflow-auto bg-stage p-4 text-center"
    >
      <Icon name="alert" className="size-8 text-stage-muted" />
      <p className="font-display text-lg">{t('player.broken.title')}</p>
      <p className="max-w-sm text-sm text-stage-muted">{t('player.broken.text')}</p>
      <Button className="mt-2" onClick={link.retry}>
        {t('player.broken.again')}
      </Button>
    </div>
  );
}
