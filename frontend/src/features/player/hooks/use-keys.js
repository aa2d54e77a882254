import { useEffect } from 'react';
import { commandOf } from '../logic/keys.js';

/** Run the command of every key press that belongs to the player. */
export function useKeys({ on, run }) {
  useEffect(() => {
    const pressed = (event) => {
      const command = commandOf(event);
      if (!command || (!on && command.do !== 'help')) return;
      event.preventDefault();
      run({ ...command, repeated: event.repeat });
    };
    document.addEventListener('keydown', pressed);
    if (on) document.addEventListener('click', releaseButton);
    return () => {
      document.removeEventListener('keydown', pressed);
      document.removeEventListener('click', releaseButton);
    };
  }, [on, run]);
}

/** A button pressed with the mouse lets go of the keys: Space then plays, and not that button. */
function releaseButton({ detail, target }) {
  if (detail > 0) target.closest?.('[data-practice] button')?.blur();
}
