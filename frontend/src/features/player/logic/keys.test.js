import { afterEach, expect, test } from 'vitest';
import { commandOf } from './keys.js';

const press = (key, on = '<p></p>', more = {}) => {
  document.body.innerHTML = on;
  return commandOf({
    key,
    target: document.body.querySelector('[data-at]') ?? document.body.firstChild,
    ...more,
  });
};

afterEach(() => {
  document.body.innerHTML = '';
});

test.each([
  [' ', { do: 'toggle-play' }],
  ['ArrowLeft', { do: 'beat', by: -1 }],
  ['ArrowRight', { do: 'beat', by: 1 }],
  ['[', { do: 'set-a' }],
  [']', { do: 'set-b' }],
  ['r', { do: 'toggle-loop' }],
  ['R', { do: 'toggle-loop' }],
  ['m', { do: 'toggle-mirror' }],
  ['-', { do: 'speed', by: -1 }],
  ['=', { do: 'speed', by: 1 }],
  [',', { do: 'frame', by: -1 }],
  ['.', { do: 'frame', by: 1 }],
  ['c', { do: 'toggle-counts' }],
  ['n', { do: 'move', by: 1 }],
  ['p', { do: 'move', by: -1 }],
  ['?', { do: 'help' }],
  ['x', null],
  ['Escape', null],
])('%s', (key, command) => expect(press(key)).toEqual(command));

test('with Shift an arrow is an eight', () => {
  expect(press('ArrowLeft', '<p></p>', { shiftKey: true })).toEqual({ do: 'eight', by: -1 });
});

test.each([
  ['r', '<input>'],
  ['r', '<textarea></textarea>'],
  ['ArrowLeft', '<input type="range">'],
  ['r', '<dialog><p data-at></p></dialog>'],
  [' ', '<button></button>'],
  [' ', '<a href="/"></a>'],
  ['ArrowLeft', '<div role="slider"></div>'],
])('%s belongs to %s', (key, on) => expect(press(key, on)).toBe(null));

test('letters and Space work while a range has the focus', () => {
  expect(press('r', '<input type="range">')).toEqual({ do: 'toggle-loop' });
  expect(press(' ', '<input type="range">')).toEqual({ do: 'toggle-play' });
});

test('letters work while a button has the focus', () => {
  expect(press('r', '<button></button>')).toEqual({ do: 'toggle-loop' });
});

test.each(['ctrlKey', 'metaKey', 'altKey', 'defaultPrevented'])('%s: not ours', (held) => {
  expect(press('r', '<p></p>', { [held]: true })).toBe(null);
});
