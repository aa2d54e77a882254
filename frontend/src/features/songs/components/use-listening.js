import { useCallback, useEffect, useRef, useState } from 'react';
import { say } from 'components/Toast.jsx';
import { siteUrl } from 'lib/api.js';
import { sentenceOf } from 'lib/sentences.js';
import { getSongAudio } from '../api.js';

/**
 * Play one song at a time; return `{listeningTo, listen(id), stop}`.
 *
 * Listening to the song that plays stops it. Leaving the page stops it too.
 */
export function useListening() {
  const [listeningTo, setListeningTo] = useState(null);
  const wanted = useRef(null);
  const audio = useRef(null);
  audio.current ??= new Audio();

  const stop = useCallback(() => {
    wanted.current = null;
    audio.current.pause();
    setListeningTo(null);
  }, []);

  useEffect(() => {
    const player = audio.current;
    player.addEventListener('ended', stop);
    return () => {
      player.removeEventListener('ended', stop);
      wanted.current = null;
      player.pause();
    };
  }, [stop]);

  const listen = async (id) => {
    if (wanted.current === id) return stop();
    wanted.current = id;
    setListeningTo(id);
    try {
      const { url } = await getSongAudio(id);
      if (wanted.current !== id) return;
      audio.current.src = siteUrl(url);
      await audio.current.play();
    } catch (error) {
      if (wanted.current !== id) return;
      stop();
      say(sentenceOf(error), { kind: 'error' });
    }
  };
  return { listeningTo, listen, stop };
}
