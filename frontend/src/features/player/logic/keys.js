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
const PRESSED_BY_SPACE =
  'button, a[href], summary, input[type=checkbox], input[type=radio], [role=button]';
const MOVED_BY_ARROWS =
  'input[type=range], input[type=radio], [role=slider], [role=tab], [role=toolbar] *';

/** Return the command of a key press, or null where the key belongs to someone else. */
export function commandOf(event) {
  const { key, target } = event;
  const within = (selector) => Boolean(target?.closest?.(selector));
  if (isForTheBrowser(event) || within(TYPING) || within('dialog, [role=dialog]')) return null;
  if (key in ARROWS) return within(MOVED_BY_ARROWS) ? null : arrow(event);
  if (key === ' ' && within(PRESSED_BY_SPACE)) return null;
  return COMMANDS[key.length === 1 ? key.toLowerCase() : key] ?? null;
}

const isForTheBrowser = ({ ctrlKey, metaKey, altKey, defaultPrevented }) =>
  ctrlKey || metaKey || altKey || defaultPrevented;

function arrow({ key, shiftKey }) {
  return { do: shiftKey ? 'eight' : 'beat', by: ARROWS[key] };
}
