import { useCallback } from 'react';
import { Button } from 'components/Button.jsx';
import { Card } from 'components/Card.jsx';
import { LoadError, Notice } from 'components/Notice.jsx';
import { useLoad } from 'hooks/use-load.js';
import { siteUrl } from 'lib/api.js';
import { t } from 'lib/i18n.js';
import { getMove } from '../api.js';
import { useRenewal } from '../use-renewal.js';
import { moveFacts } from '../words.js';

const wantsMotion = () => !window.matchMedia('(prefers-reduced-motion: reduce)').matches;

/** One move by itself, as the player links to it: big, again and again. */
export function ChosenMove({ clipId, onClose }) {
  const load = useCallback((signal) => getMove(clipId, { signal }), [clipId]);
  const { data: move, error, reload } = useLoad(load);
  const renew = useRenewal(reload);
  if (error?.status === 404) {
    return (
      <div className="mt-6">
        <Notice kind="word">{t('moves.missing')}</Notice>
      </div>
    );
  }
  if (error) return <LoadError error={error} onRetry={reload} />;
  return (
    <Card className="my-6 grid overflow-hidden md:grid-cols-[3fr_2fr]">
      <div className="aspect-video bg-stage">
        {move && (
          <video
            key={clipId}
            src={siteUrl(move.preview_url)}
            poster={siteUrl(move.thumbnail_url)}
            aria-label={move.name}
            onError={renew}
            autoPlay={wantsMotion()}
            muted
            loop
            controls
            playsInline
            className="size-full object-contain"
          />
        )}
      </div>
      <div className="flex min-h-48 flex-col items-start gap-3 p-6">
        <h2 dir="auto" className="text-2xl">
          {move?.name}
        </h2>
        {move && <p className="text-muted">{moveFacts(move)}</p>}
        {move?.notes && <p dir="auto">{move.notes}</p>}
        <Button variant="secondary" className="mt-auto" onClick={onClose}>
          {t('moves.showAll')}
        </Button>
      </div>
    </Card>
  );
}
