import { useCallback, useEffect, useState } from 'react';

const shown = () => document.fullscreenElement ?? document.webkitFullscreenElement ?? null;

/**
 * Return `{full, toggle}` for the wrapper of the video, so that counts and mirror come along.
 *
 * Telephones that let only a bare video fill the screen get the wrapper laid over the page.
 */
export function useFullScreen(stageRef) {
  const [full, setFull] = useState(false);

  useEffect(() => {
    const changed = () => setFull(Boolean(stageRef.current) && shown() === stageRef.current);
    const names = ['fullscreenchange', 'webkitfullscreenchange'];
    names.forEach((name) => document.addEventListener(name, changed));
    return () => names.forEach((name) => document.removeEventListener(name, changed));
  }, [stageRef]);

  useEffect(() => {
    if (!full) return undefined;
    const leave = ({ key }) => key === 'Escape' && !shown() && setFull(false);
    document.addEventListener('keydown', leave);
    document.documentElement.classList.add('overflow-hidden');
    return () => {
      document.removeEventListener('keydown', leave);
      document.documentElement.classList.remove('overflow-hidden');
    };
  }, [full]);

  const toggle = useCallback(async () => {
    const stage = stageRef.current;
    if (shown()) return (document.exitFullscreen ?? document.webkitExitFullscreen).call(document);
    const enter = stage.requestFullscreen ?? stage.webkitRequestFullscreen;
    if (!enter) return setFull((now) => !now);
    try {
      await enter.call(stage, { navigationUI: 'hide' });
      await window.screen.orientation?.lock?.('landscape');
    } catch {
      setFull((now) => now || shown() === stage); // Desktops cannot turn the screen.
    }
    return undefined;
  }, [stageRef]);

  return { full, toggle };
}
