/** What the browser remembers: some things for each song, others for the dancer. */

const SONG_PREFIX = 'practice:';
const DANCER_KEY = 'practice-settings';

export const OF_SONG = ['loop', 'loopOn', 'speedPercent', 'shiftBeats'];
export const OF_DANCER = ['mirrored', 'countsShown', 'keysOn', 'metronome', 'countIn', 'ladder'];

/** Return what is remembered of a song and of the dancer; nothing where storage is closed. */
export function recall(storage, songKey) {
  return {
    ...load(storage, DANCER_KEY, OF_DANCER),
    ...load(storage, SONG_PREFIX + songKey, OF_SONG),
  };
}

/** Remember the practice state; a full or closed storage is no reason to stop dancing. */
export function remember(storage, songKey, state) {
  store(storage, DANCER_KEY, pick(state, OF_DANCER));
  store(storage, SONG_PREFIX + songKey, pick(state, OF_SONG));
}

function load(storage, key, names) {
  try {
    return pick(JSON.parse(storage.getItem(key) ?? '{}') ?? {}, names);
  } catch {
    return {};
  }
}

function store(storage, key, value) {
  try {
    storage.setItem(key, JSON.stringify(value));
  } catch {
    /* Private windows and full disks refuse; the practice goes on. */
  }
}

function pick(from, names) {
  return Object.fromEntries(names.filter((name) => name in from).map((name) => [name, from[name]]));
}
