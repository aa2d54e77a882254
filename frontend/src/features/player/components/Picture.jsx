import { t } from 'lib/i18n.js';
import { Spinner } from 'components/Spinner.jsx';
import { usePlayerContext } from '../player-context.js';
import { BrokenVideo } from './BrokenVideo.jsx';
import { CountOverlay } from './CountOverlay.jsx';
import { PlayerIcon } from './PlayerIcon.jsx';

/** The video with everything that is drawn over it; only the video itself is mirrored. */
export function Picture() {
  const { videoRef, link, posterUrl, practice, run, active } = usePlayerContext();
  const { countIn, state, song } = usePlayerContext();
  const resting = !active && !link.broken && state.ready && !state.started;
  return (
    <div className="practice-picture">
      {/* Captions: the choreography is music without words. */}
      {/* eslint-disable-next-line jsx-a11y/media-has-caption */}
      <video
        ref={videoRef}
        src={link.url}
        poster={posterUrl}
        preload="metadata"
        playsInline
        aria-label={t('player.stage')}
        data-mirrored={practice.mirrored || undefined}
        onClick={() => run({ do: 'toggle-play' })}
        onDoubleClick={() => run({ do: 'toggle-full' })}
      />
      {practice.countsShown && song.beats.length > 0 && <CountOverlay />}
      {countIn.counting !== null && (
        <p className="practice-count-in" aria-hidden="true" key={countIn.counting}>
          {countIn.counting}
        </p>
      )}
      {resting && (
        <span className="practice-big-play" aria-hidden="true">
          <PlayerIcon name="play" className="size-9" />
        </span>
      )}
      <FullButton />
      {state.waiting && !link.broken && <Waiting />}
      {link.broken && <BrokenVideo />}
      <Message />
    </div>
  );
}

function FullButton() {
  const { run, screen } = usePlayerContext();
  const name = screen.full ? 'fullLeave' : 'full';
  return (
    <button
      type="button"
      onClick={() => run({ do: 'toggle-full' })}
      aria-label={t(`player.${name}`)}
      title={t(`player.${name}`)}
      className="practice-button practice-full size-11"
    >
      <PlayerIcon name={name} />
    </button>
  );
}

function Waiting() {
  return (
    <span className="pointer-events-none absolute inset-0 grid place-items-center">
      <Spinner label={t('player.loading')} />
    </span>
  );
}

/** What just changed, over the picture and, politely, for screen readers. */
function Message() {
  const { message } = usePlayerContext();
  return (
    <p role="status" className="practice-message" data-shown={message.shown || undefined}>
      {message.text}
    </p>
  );
}
