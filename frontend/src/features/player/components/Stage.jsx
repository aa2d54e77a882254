import { useEffect, useState } from 'react';
import { usePlayerContext } from '../player-context.js';
import { Lane } from './Lane.jsx';
import { MoveCard } from './MoveCard.jsx';
import { Picture } from './Picture.jsx';
import { Strip } from './Strip.jsx';
import { Transport } from './Transport.jsx';

const IDLE_MS = 2600;

/** Whether nobody touched anything for a while, so that the controls may step back. */
function useIdle(watching, stageRef) {
  const [idle, setIdle] = useState(false);
  useEffect(() => {
    if (!watching) return undefined;
    const stage = stageRef.current;
    let timer = 0;
    const stir = () => {
      setIdle(false);
      clearTimeout(timer);
      timer = setTimeout(() => setIdle(true), IDLE_MS);
    };
    stir();
    const signs = ['pointermove', 'pointerdown', 'keydown', 'focusin'];
    signs.forEach((sign) => stage.addEventListener(sign, stir));
    document.addEventListener('keydown', stir);
    return () => {
      clearTimeout(timer);
      setIdle(false);
      signs.forEach((sign) => stage.removeEventListener(sign, stir));
      document.removeEventListener('keydown', stir);
    };
  }, [watching, stageRef]);
  return idle;
}

/** The dark stage: the picture and, under it, where the dance is and how to move through it. */
export function Stage() {
  const { stageRef, screen, active, song } = usePlayerContext();
  const idle = useIdle(screen.full && active, stageRef);
  return (
    <div
      ref={stageRef}
      className="practice-stage rounded-lg bg-stage text-on-stage shadow-rest"
      data-full={screen.full || undefined}
      data-idle={idle || undefined}
    >
      <Picture />
      <div className="practice-deck flex flex-col gap-3 p-3 sm:p-4">
        {song.moves.length > 0 && <MoveCard />}
        {song.moves.length > 0 && <Lane />}
        <Strip />
        <Transport />
      </div>
    </div>
  );
}
