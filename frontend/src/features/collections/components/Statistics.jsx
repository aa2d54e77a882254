import { useCallback } from 'react';
import { Link } from 'react-router-dom';
import { useLoad } from 'hooks/use-load.js';
import { t } from 'lib/i18n.js';
import { getStatistics } from '../api.js';

/** Return a move's kind as words: "lady_left_turn" is "lady left turn". */
export const moveWords = (label) => label.replaceAll('_', ' ');

/** The collection in one sentence of numbers, and the moves danced most. */
export function Statistics() {
  const load = useCallback((signal) => getStatistics({ signal }), []);
  const { data } = useLoad(load);
  if (!data) return <div className="min-h-16" />;
  return (
    <div className="flex min-h-16 flex-col gap-2">
      <p className="text-muted">
        {t('stats.dances', { count: data.total_count })} ·{' '}
        {t('stats.minutes', { count: Math.max(1, Math.round(data.total_duration / 60)) })} ·{' '}
        {t('stats.recent', { count: data.recent_count })}
      </p>
      {data.favorite_moves.length > 0 && (
        <p className="text-sm text-muted">
          {t('stats.favourites')}{' '}
          {data.favorite_moves.map(({ move_label: label }, index) => (
            <span key={label}>
              {index > 0 && ', '}
              <Link className="link" to={`/moves?kind=${encodeURIComponent(label)}`}>
                {moveWords(label)}
              </Link>
            </span>
          ))}
        </p>
      )}
    </div>
  );
}
