import { Link } from 'react-router-dom';
import { Poster } from 'components/Poster.jsx';
import { clock, day } from 'lib/format.js';
import { t } from 'lib/i18n.js';

/** A saved choreography in the collection: its picture leads. */
export function SavedCard({ item }) {
  return (
    <li className="min-w-0">
      <Link to={`/collections/${item.id}`} className="group block rounded-lg no-underline">
        <Poster
          url={item.thumbnail_url}
          className="rounded-lg shadow-rest transition group-hover:shadow-lift"
        >
          <span className="absolute bottom-2 end-2 rounded-full bg-stage/85 px-2.5 py-0.5 text-xs font-semibold tabular-nums text-on-stage">
            {clock(item.duration)}
          </span>
        </Poster>
        <span
          dir="auto"
          className="mt-3 line-clamp-2 font-display text-lg font-semibold leading-snug group-hover:underline"
        >
          {item.title}
        </span>
        <span className="block text-sm text-muted">
          {t(`difficulty.${item.difficulty}`)} · {day(item.created_at, { short: true })}
        </span>
      </Link>
    </li>
  );
}
