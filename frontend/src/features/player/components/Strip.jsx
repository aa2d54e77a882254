import { useCallback, useMemo, useRef } from 'react';
import { clock } from 'lib/format.js';
import { t } from 'lib/i18n.js';
import { useEveryFrame, useMoment } from '../hooks/use-playhead.js';
import { useScrub } from '../hooks/use-scrub.js';
import { loudnessPath, shareOf } from '../logic/drawing.js';
import { usePlayerContext } from '../player-context.js';
import { LoopBand } from './LoopBand.jsx';
import { Sections } from './Sections.jsx';

/** Return a moment in words, as a slider says it: time, move and count. */
function momentText({ timeS, move, count }) {
  const values = { time: clock(Math.floor(timeS)), move: move?.name ?? '', count };
  return t(count ? 'player.positionTextCount' : 'player.positionText', values);
}

/** The whole song: its parts, its loudness, the loop, and where we are. */
export function Strip() {
  const { song, durationS } = usePlayerContext();
  const box = useRef(null);
  return (
    <div className="practice-strip" role="group" aria-label={t('player.strip')}>
      {song.sections.length > 0 && <Sections />}
      <div ref={box} className="relative">
        <Position box={box} />
        {song.beats.length > 0 && <LoopBand box={box} />}
      </div>
      <p className="mt-1 flex justify-between text-xs tabular-nums text-stage-muted">
        <Elapsed />
        <span>{clock(Math.floor(durationS))}</span>
      </p>
    </div>
  );
}

function Elapsed() {
  const { playhead } = usePlayerContext();
  const seconds = useMoment(playhead, ({ timeS }) => Math.floor(timeS));
  return <span data-testid="elapsed">{clock(seconds)}</span>;
}

/** The loudness curve, and a slider over it: press, drag, or use the arrows. */
function Position({ box }) {
  const { playhead, durationS, run, videoRef, song } = usePlayerContext();
  const slider = useRef(null);
  const path = useMemo(() => loudnessPath(song.peaks), [song]);
  const scrub = useScrub({ box, durationS, onMove: (timeS) => run({ do: 'seek', timeS }) });

  const draw = useCallback(
    (now) => {
      const { current: element } = slider;
      if (!element) return;
      element.style.setProperty('--played', shareOf(now.timeS, durationS));
      // A value that changed by itself all the time would be read aloud all the time.
      if (!videoRef.current?.paused && !videoRef.current?.seeking) return;
      element.setAttribute('aria-valuenow', now.timeS.toFixed(1));
      element.setAttribute('aria-valuetext', momentText(now));
    },
    [durationS, videoRef],
  );
  useEveryFrame(playhead, draw);

  function press(event) {
    const command = COMMANDS[event.key];
    if (!command || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    run(command(event, durationS));
  }

  return (
    <div
      ref={slider}
      role="slider"
      tabIndex={0}
      aria-label={t('player.position')}
      aria-valuemin={0}
      aria-valuemax={Math.round(durationS * 10) / 10}
      aria-valuenow={0}
      className="practice-position"
      onKeyDown={press}
      {...scrub}
    >
      <Loudness path={path} className="practice-loudness" />
      <Loudness path={path} className="practice-loudness practice-loudness-played" />
      <span className="practice-playhead" />
    </div>
  );
}

const arrow = (by) => (event) => ({ do: event.shiftKey ? 'eight' : 'beat', by });
const COMMANDS = {
  ArrowLeft: arrow(-1),
  ArrowDown: arrow(-1),
  ArrowRight: arrow(1),
  ArrowUp: arrow(1),
  PageUp: () => ({ do: 'move', by: -1 }),
  PageDown: () => ({ do: 'move', by: 1 }),
  Home: () => ({ do: 'seek', timeS: 0 }),
  End: (_, durationS) => ({ do: 'seek', timeS: durationS }),
};

function Loudness({ path, className }) {
  return (
    <svg viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true" className={className}>
      <path d={path || 'M0 48h1000v4H0z'} fill="currentColor" />
    </svg>
  );
}
