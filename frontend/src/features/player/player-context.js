import { createContext, useContext } from 'react';

export const PlayerContext = createContext(null);

/** Return what `usePlayer` put together, for the pieces of the player. */
export const usePlayerContext = () => useContext(PlayerContext);
