import { useRef } from 'react';

const DRAG_PX = 6;

/** Return handlers that drag the song along under the playhead; a press without a drag is a click. */
export function useLaneDrag({ pxPerS, nowS, onMove }) {
  const held = useRef(null);
  const dragged = useRef(false);
  return {
    onPointerDown(event) {
      if (event.button !== 0) return;
      held.current = { fromPx: event.clientX, fromS: nowS() };
      dragged.current = false;
    },
    onPointerMove(event) {
      if (!held.current) return;
      const byPx = event.clientX - held.current.fromPx;
      if (!dragged.current && Math.abs(byPx) < DRAG_PX) return;
      if (!dragged.current) event.currentTarget.setPointerCapture(event.pointerId);
      dragged.current = true;
      onMove(held.current.fromS - byPx / pxPerS);
    },
    onPointerUp() {
      held.current = null;
    },
    onPointerCancel() {
      held.current = null;
    },
    onClickCapture(event) {
      if (dragged.current) event.stopPropagation();
      dragged.current = false;
    },
  };
}
