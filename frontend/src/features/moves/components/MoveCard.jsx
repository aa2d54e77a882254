import { useEffect, useRef, useState } from 'react';
import { Icon } from 'components/Icon.jsx';
import { Poster } from 'components/Poster.jsx';
import { siteUrl } from 'lib/api.js';
import { t } from 'lib/i18n.js';
import { moveFacts } from '../words.js';

const canHover = () => window.matchMedia('(hover: hover)').matches;

function Preview({ url, onBroken }) {
  const video = useRef(null);
  useEffect(() => {
    video.current.play()?.catch(() => {});
  }, []);
  return (
    <video
      ref={video}
      src={siteUrl(url)}
      muted
      loop
      playsInline
      onError={onBroken}
      className="absolute inset-0 size-full object-cover"
    />
  );
}

/** One move of the library; hovering, the keyboard's focus, or a tap dances it. */
export function MoveCard({ move, onBroken }) {
  const [isPlaying, setPlaying] = useState(false);
  return (
    <li className="min-w-0">
      <button
        type="button"
        aria-pressed={isPlaying}
        aria-label={t('moves.play', { name: move.name })}
        onClick={() => setPlaying(!isPlaying)}
        onMouseEnter={() => canHover() && setPlaying(true)}
        onMouseLeave={() => canHover() && setPlaying(false)}
        onBlur={() => setPlaying(false)}
        className="block w-full rounded-lg"
      >
        <Poster url={move.thumbnail_url} className="rounded-lg shadow-rest">
          {isPlaying && <Preview url={move.preview_url} onBroken={onBroken} />}
          {!isPlaying && (
            <span className="absolute bottom-2 end-2 flex size-8 items-center justify-center rounded-full bg-stage/85 text-on-stage">
              <Icon name="play" solid className="size-4" />
            </span>
          )}
        </Poster>
      </button>
      <h2 className="mt-2.5 text-lg leading-snug">{move.name}</h2>
      <p className="text-sm text-muted">{moveFacts(move)}</p>
    </li>
  );
}
