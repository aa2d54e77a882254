import { get } from 'lib/api.js';

/** Return moves that fit, best first. */
export const searchMoves = ({ q, difficulty, energyLevel, moveLabel, limit = 100, signal } = {}) =>
  get('/moves/search', {
    query: { q, difficulty, energy_level: energyLevel, move_label: moveLabel, limit },
    signal,
  });

/** Return all about one move. */
export const getMove = (clipId, { signal } = {}) =>
  get(`/moves/${encodeURIComponent(clipId)}`, { signal });
