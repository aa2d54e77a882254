/** Which key means which command. */

/** Commands by `event.key`; with Shift held, letters arrive as capitals and are the same. */
const COMMANDS = {
  ' ': { do: 'toggle-play' },
  '[': { do: 'set-a' },
  ']': { do: 'set-b' },
  r: { do: 'toggle-loop' },
  m: { do: 'toggle-mirror' },
  c: { do: 'toggle-counts' },
  '-': { do: 'speed', by: -1 },
  '=': { do: 'speed', by: 1 },
  '+': { do: 'speed', by: 1 },
  ',': { do: 'frame', by: -1 },
  '.': { do: 'frame', by: 1 },
  n: { do: 'move', by: 1 },
  p: { do: 'move', by: -1 },
  '?': { do: 'help' },
};

const ARROWS = { ArrowLeft: -1, ArrowRight: 1 };

/** Elements that use these keys themselves. */
const TYPING =
  'input:not([type=checkbox]):not([type=radio]):not([type=range]), select, textarea, [contenteditable]';
const PRESSED_BY_SPACE = 'button, a[href], summary, input[type=checkbox], input[type=radio], [role=button]';
const MOVED_BY_ARROWS =
  'input[type=range], input[type=radio], [role=slider], [role=tab], [role=toolbar] *';

/** Return the command of a key press, or null where the key belongs to someone else. */
export function commandOf(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return null;
  const at = event.target;
  if (at?.closest?.(TYPING) || at?.closest?.('dialog, [role=dialog]')) return null;
  if (event.key in ARROWS) return at?.closest?.(MOVED_BY_ARROWS) ? null : arrow(event);
  if (event.key === ' ' && at?.closest?.(PRESSED_BY_SPACE)) return null;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return COMMANDS[key] ?? null;
}

function arrow({ key, shiftKey }) {
  return { do: shiftKey ? 'eight' : 'beat', by: ARROWS[key] };
}
