import { useCallback, useEffect, useRef, useState } from 'react';

const pathOf = (url) => url?.split('?')[0];

/**
 * Return `{url, broken, retry}`: a link that is renewed by `onExpired` when the video refuses it.
 *
 * The position is kept and playing goes on. A link that fails before it has shown anything, twice
 * in a row, is `broken`; a network that comes back is tried again by itself. A new signature on
 * the same file does not disturb a video that plays.
 */
export function useRenewedUrl({ videoRef, videoUrl, onExpired }) {
  const [url, setUrl] = useState(videoUrl);
  const [broken, setBroken] = useState(false);
  const attempt = useRef({ tried: false, busy: false, resume: null });
  if (pathOf(videoUrl) !== pathOf(url)) setUrl(videoUrl);

  const renew = useCallback(async () => {
    const now = attempt.current;
    if (now.busy) return;
    now.busy = true;
    try {
      const fresh = onExpired ? await onExpired() : videoUrl;
      setBroken(false);
      setUrl(fresh);
      if (fresh === videoRef.current?.getAttribute('src')) videoRef.current.load();
    } catch {
      setBroken(true);
    } finally {
      now.busy = false;
    }
  }, [onExpired, videoRef, videoUrl]);

  useEffect(() => {
    const video = videoRef.current;
    const now = attempt.current;
    const failed = () => {
      now.resume ??= { timeS: video.currentTime, playing: !video.paused };
      if (now.tried) setBroken(true);
      else renew();
      now.tried = true;
    };
    const loaded = () => {
      if (!now.resume) return;
      video.currentTime = now.resume.timeS;
      if (now.resume.playing) video.play().catch(() => {});
      now.resume = null;
    };
    const works = () => {
      now.tried = false;
      setBroken(false);
    };
    const moments = { error: failed, loadedmetadata: loaded, canplay: works };
    Object.entries(moments).forEach(([name, hear]) => video.addEventListener(name, hear));
    if (video.error) failed();
    return () =>
      Object.entries(moments).forEach(([name, hear]) => video.removeEventListener(name, hear));
  }, [videoRef, renew]);

  useEffect(() => {
    if (!broken) return undefined;
    window.addEventListener('online', renew);
    return () => window.removeEventListener('online', renew);
  }, [broken, renew]);

  return { url, broken, retry: renew };
}
