import { useEffect } from 'react';

/** Tell the system what is danced and let its keys play, stop and go from move to move. */
export function useMediaSession({ title, posterUrl, playing, run, videoRef }) {
  useEffect(() => {
    const session = navigator.mediaSession;
    if (!session || !window.MediaMetadata) return undefined;
    const artwork = posterUrl ? [{ src: new URL(posterUrl, document.baseURI).href }] : [];
    session.metadata = new MediaMetadata({ title, artist: 'Bachata Buddy', artwork });
    return () => {
      session.metadata = null;
    };
  }, [title, posterUrl]);

  useEffect(() => {
    if (navigator.mediaSession)
      navigator.mediaSession.playbackState = playing ? 'playing' : 'paused';
  }, [playing]);

  useEffect(() => {
    const session = navigator.mediaSession;
    if (!session) return undefined;
    const commands = {
      play: () => run({ do: 'play' }),
      pause: () => run({ do: 'pause' }),
      previoustrack: () => run({ do: 'move', by: -1 }),
      nexttrack: () => run({ do: 'move', by: 1 }),
      seekbackward: () => run({ do: 'eight', by: -1 }),
      seekforward: () => run({ do: 'eight', by: 1 }),
      seekto: ({ seekTime }) => run({ do: 'seek', timeS: seekTime }),
    };
    handle(session, commands);
    return () => handle(session, Object.fromEntries(Object.keys(commands).map((n) => [n, null])));
  }, [run]);

  useEffect(() => {
    const video = videoRef.current;
    const tell = () => {
      if (!(video.duration > 0) || !navigator.mediaSession?.setPositionState) return;
      const { duration, playbackRate, currentTime } = video;
      navigator.mediaSession.setPositionState({
        duration,
        playbackRate,
        position: Math.min(currentTime, duration),
      });
    };
    const moments = ['loadedmetadata', 'seeked', 'ratechange', 'play', 'pause'];
    moments.forEach((moment) => video.addEventListener(moment, tell));
    return () => moments.forEach((moment) => video.removeEventListener(moment, tell));
  }, [videoRef]);
}

function handle(session, commands) {
  for (const [name, handler] of Object.entries(commands)) {
    try {
      session.setActionHandler(name, handler);
    } catch {
      /* A browser that does not know this key. */
    }
  }
}
