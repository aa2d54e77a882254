import { useRef, useState } from 'react';
import { t } from 'lib/i18n.js';
import { clock } from 'lib/format.js';
import { useMoment } from '../hooks/use-playhead.js';
import { JUST_AFTER_S } from '../logic/beats.js';
import { LANE_PX_PER_S } from '../logic/drawing.js';
import { usePlayerContext } from '../player-context.js';

/** The moves as one stop of the Tab key; the arrows go from move to move. */
export function LaneMoves({ onPeek }) {
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
  const px = (seconds) => seconds * LANE_PX_PER_S;
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
