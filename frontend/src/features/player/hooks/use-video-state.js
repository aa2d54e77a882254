import { useEffect, useState } from 'react';

const RESTING = { playing: false, waiting: false, ready: false, started: false, durationS: 0 };

const CHANGES = {
  play: () => ({ playing: true, started: true }),
  playing: () => ({ playing: true, waiting: false }),
  pause: () => ({ playing: false, waiting: false }),
  ended: () => ({ playing: false, waiting: false }),
  waiting: () => ({ waiting: true }),
  canplay: () => ({ waiting: false, ready: true }),
  loadedmetadata: (video) => ({ durationS: video.duration, ready: true }),
  emptied: () => ({ ready: false }),
};

/** Return `{playing, waiting, ready, started, durationS}` of a video. */
export function useVideoState(videoRef) {
  const [state, setState] = useState(RESTING);
  useEffect(() => {
    const video = videoRef.current;
    const hear = ({ type }) => setState((now) => ({ ...now, ...CHANGES[type](video) }));
    const names = Object.keys(CHANGES);
    names.forEach((name) => video.addEventListener(name, hear));
    if (video.readyState > 0) hear({ type: 'loadedmetadata' });
    return () => names.forEach((name) => video.removeEventListener(name, hear));
  }, [videoRef]);
  return state;
}
