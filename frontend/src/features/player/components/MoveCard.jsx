import { Link } from 'react-router-dom';
import { t } from 'lib/i18n.js';
import { useMoment } from '../hooks/use-playhead.js';
import { usePlayerContext } from '../player-context.js';

/** What is danced now, what comes next, and in how many beats. */
export function MoveCard() {
  const { playhead } = usePlayerContext();
  const move = useMoment(playhead, (now) => now.move);
  const next = useMoment(playhead, (now) => now.next);
  return (
    <div className="practice-card grid grid-cols-[minmax(0,1fr)_minmax(0,auto)] items-end gap-4">
      <div className="min-w-0">
        <p className="text-xs font-semibold uppercase tracking-wider text-stage-muted">
          {t('player.now')}
        </p>
        <p className="truncate font-display text-lg sm:text-xl" dir="auto" data-testid="move-now">
          {move.clipId ? (
            <Link
              to={`/moves?clip=${encodeURIComponent(move.clipId)}`}
              title={t('player.watchMove')}
              className="underline decoration-brass/50 decoration-2 underline-offset-4 hover:decoration-brass"
            >
              {move.name}
            </Link>
          ) : (
            move.name
          )}
        </p>
      </div>
      {next ? <NextMove next={next} /> : <LastMove />}
    </div>
  );
}

function NextMove({ next }) {
  const { playhead } = usePlayerContext();
  const beats = useMoment(playhead, (now) => now.beatsToNext);
  const soon = beats !== null && beats <= 4;
  return (
    <div className="flex min-w-0 max-w-[11rem] items-center gap-3 text-end sm:max-w-none">
      <div className="min-w-0">
        <p className="text-xs font-semibold uppercase tracking-wider text-stage-muted">
          {t('player.next')}
        </p>
        <p className="truncate text-stage-muted" dir="auto" data-testid="move-next">
          {next.name}
        </p>
      </div>
      <p
        className="practice-countdown"
        data-soon={soon || undefined}
        aria-label={t('player.inBeats', { count: beats })}
        role="img"
        data-testid="beats-to-next"
      >
        {beats}
      </p>
    </div>
  );
}

function LastMove() {
  return <p className="max-w-44 text-end text-sm text-stage-muted">{t('player.lastMove')}</p>;
}
