import { fireEvent, renderHook } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { useKeys } from './use-keys.js';

function listening(on) {
  const run = vi.fn();
  renderHook(() => useKeys({ on, run }));
  return run;
}

test('a key runs its command', () => {
  const run = listening(true);
  fireEvent.keyDown(document.body, { key: 'r' });
  expect(run).toHaveBeenCalledWith({ do: 'toggle-loop', repeated: false });
});

test('keys that are switched off leave only the help, where they are switched on', () => {
  const run = listening(false);
  fireEvent.keyDown(document.body, { key: 'r' });
  fireEvent.keyDown(document.body, { key: '?' });
  expect(run.mock.calls).toEqual([[{ do: 'help', repeated: false }]]);
});

test('after a click on a button Space plays, and does not press the button again', () => {
  listening(true);
  document.body.innerHTML = '<section data-practice><button>Mirror</button></section>';
  const button = document.querySelector('button');
  button.focus();
  fireEvent.click(button, { detail: 1 });
  expect(document.activeElement).toBe(document.body);
  button.focus();
  fireEvent.click(button, { detail: 0 });
  expect(document.activeElement).toBe(button);
});
