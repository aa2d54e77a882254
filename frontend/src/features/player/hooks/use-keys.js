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
    return () => document.removeEventListener('keydown', pressed);
  }, [on, run]);
}
