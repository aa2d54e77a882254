import { useCallback, useMemo, useRef, useState } from 'react';
import { useEveryFrame } from '../hooks/use-playhead.js';
import { useLaneDrag } from '../hooks/use-lane-drag.js';
import { LANE_PX_PER_S, ticksPath } from '../logic/drawing.js';
import { usePlayerContext } from '../player-context.js';
import { LaneMoves } from './LaneMoves.jsx';

/** The moves close up: they pass under the playhead, which stands still. Drag to go along. */
export function Lane() {
  const { playhead, durationS, run } = usePlayerContext();
  const moving = useRef(null);
  const [peekS, setPeekS] = useState(null);
  const draw = useCallback(
    ({ timeS }) => {
      const leftPx = (peekS ?? timeS) * LANE_PX_PER_S;
      if (moving.current) moving.current.style.transform = `translate3d(${-leftPx}px, 0, 0)`;
    },
    [peekS],
  );
  useEveryFrame(playhead, draw);
  const drag = useLaneDrag({
    pxPerS: LANE_PX_PER_S,
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
      <div
        ref={moving}
        className="practice-lane-moving"
        style={{ width: durationS * LANE_PX_PER_S }}
      >
        <Ticks />
        <LaneLoop />
        <LaneMoves onPeek={setPeekS} />
      </div>
      <span className="practice-lane-playhead" />
    </div>
  );
}

function LaneLoop() {
  const { span } = usePlayerContext();
  if (!span) return null;
  const { startS, endS } = span;
  return (
    <span
      className="practice-lane-loop"
      style={{ insetInlineStart: startS * LANE_PX_PER_S, width: (endS - startS) * LANE_PX_PER_S }}
    />
  );
}

/** A stroke for every beat, a long one for every one. */
function Ticks() {
  const { song, counts, durationS } = usePlayerContext();
  const [beats, ones] = useMemo(() => {
    const isOne = (_, beat) => counts[beat] === 1;
    const isOther = (_, beat) => counts[beat] !== 1;
    return [ticksPath(song.beats.filter(isOther), 4), ticksPath(song.beats.filter(isOne), 11)];
  }, [song, counts]);
  return (
    <svg
      width={durationS * LANE_PX_PER_S}
      height="14"
      aria-hidden="true"
      className="practice-ticks"
    >
      <path d={beats} />
      <path d={ones} data-one="" />
    </svg>
  );
}
