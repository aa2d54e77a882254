import { useRef } from 'react';

/** Return handlers that turn presses and drags over a box into moments of the song. */
export function useScrub({ box, durationS, onMove, onDone }) {
  const held = useRef(false);

  function momentOf(event) {
    const { left, width } = box.current.getBoundingClientRect();
    return (Math.min(Math.max((event.clientX - left) / width, 0), 1) || 0) * durationS;
  }
  return {
    onPointerDown(event) {
      if (event.button !== 0) return;
      held.current = true;
      event.currentTarget.setPointerCapture(event.pointerId);
      onMove(momentOf(event));
    },
    onPointerMove(event) {
      if (held.current) onMove(momentOf(event));
    },
    onPointerUp() {
      if (held.current) onDone?.();
      held.current = false;
    },
    onPointerCancel() {
      held.current = false;
    },
  };
}
