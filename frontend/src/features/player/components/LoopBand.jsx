import { clock } from 'lib/format.js';
import { t } from 'lib/i18n.js';
import { useScrub } from '../hooks/use-scrub.js';
import { nearestBeat, timeOfBeat } from '../logic/beats.js';
import { snapToEight } from '../logic/counts.js';
import { shareOf } from '../logic/drawing.js';
import { loopTimes } from '../logic/loops.js';
import { usePlayerContext } from '../player-context.js';

/** The loop over the strip, with an edge at either end to drag or to nudge by keys. */
export function LoopBand({ box }) {
  const { practice, song, durationS } = usePlayerContext();
  if (!practice.loop) return null;
  const { startS, endS } = loopTimes(practice.loop, song.beats, durationS);
  const from = shareOf(startS, durationS);
  const to = shareOf(endS, durationS);
  return (
    <>
      <span
        className="practice-loop"
        data-on={practice.loopOn || undefined}
        style={{ insetInlineStart: `${from * 100}%`, width: `${(to - from) * 100}%` }}
      />
      <Edge which="a" box={box} share={from} />
      <Edge which="b" box={box} share={to} />
    </>
  );
}

function Edge({ which, box, share }) {
  const { practice, song, durationS, bounds, counts, loops } = usePlayerContext();
  const beat = which === 'a' ? practice.loop.startBeat : practice.loop.endBeat;
  const timeS = timeOfBeat(song.beats, beat);
  const place = (toS) => loops.place(which, snapToEight(bounds, nearestBeat(song.beats, toS)));
  const scrub = useScrub({ box, durationS, onMove: place, onDone: loops.settle });

  function press(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1 }[event.key];
    if (!by || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    loops.nudge(which, event.shiftKey ? by * 8 : by);
  }

  return (
    <span
      role="slider"
      tabIndex={0}
      aria-label={t(`player.loop.${which}`)}
      aria-valuemin={0}
      aria-valuemax={song.beats.length}
      aria-valuenow={beat}
      aria-valuetext={t('player.loop.at', {
        time: clock(Math.floor(timeS)),
        count: counts[beat] ?? 1,
      })}
      className="practice-edge"
      data-edge={which}
      data-on={practice.loopOn || undefined}
      style={{ insetInlineStart: `${share * 100}%` }}
      onKeyDown={press}
      {...scrub}
    >
      {which.toUpperCase()}
    </span>
  );
}
