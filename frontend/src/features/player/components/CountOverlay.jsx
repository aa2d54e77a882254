import { useCallback, useRef } from 'react';
import { TAPS } from '../logic/counts.js';
import { useEveryFrame } from '../hooks/use-playhead.js';
import { usePlayerContext } from '../player-context.js';

const COUNTS = [1, 2, 3, 4, 5, 6, 7, 8];

/**
 * The counts over the picture: a big number for dancers across the room, and its place among eight.
 *
 * It is written within the frame that shows the beat, past React, which would come a frame later.
 */
export function CountOverlay() {
  const { playhead } = usePlayerContext();
  const root = useRef(null);
  const drawn = useRef(undefined);

  const draw = useCallback(({ beat, count }) => {
    if (drawn.current === `${beat} ${count}` || !root.current) return;
    drawn.current = `${beat} ${count}`;
    const [number, row] = root.current.children;
    root.current.dataset.count = count ?? '';
    root.current.dataset.beat = beat;
    number.textContent = count ?? '';
    [...row.children].forEach((pip, place) => pip.toggleAttribute('data-lit', place + 1 === count));
  }, []);
  useEveryFrame(playhead, draw);

  return (
    <div ref={root} className="practice-counts" aria-hidden="true" data-count="">
      <span className="practice-count" />
      <span className="practice-pips">
        {COUNTS.map((count) => (
          <i key={count} data-tap={TAPS.includes(count) || undefined}>
            {count}
          </i>
        ))}
      </span>
    </div>
  );
}
