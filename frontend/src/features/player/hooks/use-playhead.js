import { useEffect, useState, useSyncExternalStore } from 'react';
import { createPlayhead } from '../logic/playhead.js';
import { watchFrames } from '../media/watch-frames.js';

/** Return the playhead of a song, moved by every frame its video shows. */
export function usePlayhead({ videoRef, song, counts }) {
  const [playhead] = useState(() => createPlayhead(song, counts));
  useEffect(() => playhead.recount(counts), [playhead, counts]);
  useEffect(() => watchFrames(videoRef.current, playhead.at), [videoRef, playhead]);
  return playhead;
}

/** Render again when what `select` takes from the playhead changes. */
export function useMoment(playhead, select) {
  return useSyncExternalStore(playhead.subscribe, () => select(playhead.get()));
}

/** Call `draw(moment)` within every frame, and once when mounted; for what React need not see. */
export function useEveryFrame(playhead, draw) {
  useEffect(() => {
    draw(playhead.get());
    return playhead.subscribe(draw);
  }, [playhead, draw]);
}
