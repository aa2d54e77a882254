import { useCallback, useMemo, useRef, useState } from 'react';
import { t } from 'lib/i18n.js';
import { clock } from 'lib/format.js';
import { useEveryFrame, useMoment } from '../hooks/use-playhead.js';
import { useLaneDrag } from '../hooks/use-lane-drag.js';
import { JUST_AFTER_S } from '../logic/beats.js';
import { usePlayerContext } from '../player-context.js';

const PX_PER_S = 44;

/** The moves close up: they pass under the playhead, which stands still. Drag to go along. */
export function Lane() {
  const { playhead, durationS, run } = usePlayerContext();
  const moving = useRef(null);
  const [peekS, setPeekS] = useState(null);
  const draw = useCallback(
    ({ timeS }) => {
      const leftPx = (peekS ?? timeS) * PX_PER_S;
      if (moving.current) moving.current.style.transform = `translate3d(${-leftPx}px, 0, 0)`;
    },
    [peekS],
  );
  useEveryFrame(playhead, draw);
  const drag = useLaneDrag({
    pxPerS: PX_PER_S,
    nowS: () => playhead.get().timeS,
    onMove: (timeS) => run({ do: 'seek', timeS }),
  });

  return (
    <div
      className="practice-lane"
      // A focused move must not scroll the lane: it is the playhead that moves it.
      onScroll={(event) => (event.currentTarget.scrollLeft = 0)}
      {...drag}
    >
      <div ref={moving} className="practice-lane-moving" style={{ width: durationS * PX_PER_S }}>
        <Ticks />
        <LaneLoop />
        <LaneMoves onPeek={setPeekS} />
      </div>
      <span className="practice-lane-playhead" />
    </div>
  );
}

/** The moves as one stop of the Tab key; the arrows go from move to move. */
function LaneMoves({ onPeek }) {
  const { song, playhead, loops, run } = usePlayerContext();
  const here = useMoment(playhead, ({ move }) => move.index);
  const list = useRef(null);
  const [chosen, setChosen] = useState(null);

  function press(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const to = Math.min(Math.max((chosen ?? here) + by, 0), song.moves.length - 1);
    setChosen(to);
    onPeek(song.moves[to].startS);
    list.current.children[to].focus({ preventScroll: true });
  }
  function leave() {
    setChosen(null);
    onPeek(null);
  }

  return (
    <div
      ref={list}
      role="toolbar"
      tabIndex={-1}
      aria-label={t('player.lane')}
      onKeyDown={press}
      onBlur={leave}
    >
      {song.moves.map((move) => (
        <LaneMove
          key={move.index}
          {...{ move, isHere: move.index === here }}
          tabIndex={move.index === (chosen ?? here) ? 0 : -1}
          onClick={() => {
            leave();
            run({ do: 'seek', timeS: move.startS + JUST_AFTER_S });
          }}
          onDoubleClick={() => loops.ofMove(move)}
        />
      ))}
    </div>
  );
}

function LaneMove({ move, isHere, ...handlers }) {
  const { name, eights, startS, endS, figure } = move;
  const px = (seconds) => seconds * PX_PER_S;
  const words = {
    name,
    eights: t('player.eights', { count: eights }),
    time: clock(Math.floor(startS)),
  };
  return (
    <button
      type="button"
      className="practice-move"
      aria-current={isHere || undefined}
      aria-label={t('player.moveAt', words)}
      title={name}
      style={{ insetInlineStart: px(startS), width: px(endS - startS) - 3 }}
      {...handlers}
    >
      {figure && (
        <i
          style={{
            insetInlineStart: px(figure.startS - startS),
            width: px(figure.endS - figure.startS),
          }}
        />
      )}
      <span dir="auto">{name}</span>
    </button>
  );
}

function LaneLoop() {
  const { span } = usePlayerContext();
  if (!span) return null;
  const { startS, endS } = span;
  return (
    <span
      className="practice-lane-loop"
      style={{ insetInlineStart: startS * PX_PER_S, width: (endS - startS) * PX_PER_S }}
    />
  );
}

/** A stroke for every beat, a long one for every one. */
function Ticks() {
  const { song, counts, durationS } = usePlayerContext();
  const paths = useMemo(() => {
    const stroke = (beat, height) => `M${(song.beats[beat] * PX_PER_S).toFixed(1)} 14v-${height}`;
    const beats = song.beats.map((_, beat) => beat);
    return {
      beats: beats
        .filter((beat) => counts[beat] !== 1)
        .map((beat) => stroke(beat, 4))
        .join(''),
      ones: beats
        .filter((beat) => counts[beat] === 1)
        .map((beat) => stroke(beat, 11))
        .join(''),
    };
  }, [song, counts]);
  return (
    <svg width={durationS * PX_PER_S} height="14" aria-hidden="true" className="practice-ticks">
      <path d={paths.beats} />
      <path d={paths.ones} data-one="" />
    </svg>
  );
}
