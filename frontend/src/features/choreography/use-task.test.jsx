import { act, renderHook } from '@testing-library/react';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { aFinishedTask, aLogin, aTask, signIn } from '../../testing/makers.js';
import { aSite, noWay, ok, problem } from '../../testing/site.js';
import { useTask, waitAfter } from './use-task.js';
import { ApiError } from 'lib/api.js';

const { task_id: ID } = aTask();
const PATH = `/choreography/tasks/${ID}`;

/** A site that answers one after the other, the last again and again. */
function aSiteSaying(...answers) {
  const left = [...answers];
  return aSite({ [`GET ${PATH}`]: () => (left.length > 1 ? left.shift() : left[0]) });
}

const pass = (ms) => act(() => vi.advanceTimersByTimeAsync(ms));

function hide(isHidden) {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(isHidden);
  document.dispatchEvent(new Event('visibilitychange'));
}

beforeEach(() => {
  vi.useFakeTimers();
  signIn();
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(false);
});

describe('following a task', () => {
  test('asks every two seconds, with the ETag, and stops at the end', async () => {
    const site = aSiteSaying(
      ok(aTask({ progress: 25 }), { ETag: '"a"' }),
      { status: 304 },
      ok(aFinishedTask(), { ETag: '"b"' }),
    );
    const { result } = renderHook(() => useTask(ID));
    await pass(10);
    expect(result.current.task.progress).toBe(25);
    await pass(2000);
    expect(site.requests[1].headers.get('If-None-Match')).toBe('"a"');
    expect(result.current.task.progress).toBe(25);
    await pass(2000);
    expect(result.current.task.status).toBe('completed');
    await pass(60_000);
    expect(site.requests).toHaveLength(3);
  });

  test('goes on after a failed poll, and after many', async () => {
    const lost = Array.from({ length: 5 }, noWay);
    aSiteSaying(ok(aTask()), ...lost, problem(503), problem(500), ok(aTask({ progress: 90 })));
    const { result } = renderHook(() => useTask(ID));
    await pass(2500);
    expect(result.current.error.code).toBe('offline');
    expect(result.current.task.progress).toBe(40);
    await pass(300_000);
    expect(result.current.error).toBeNull();
    expect(result.current.task.progress).toBe(90);
  });

  test('asks at once when the network is back', async () => {
    const site = aSiteSaying(ok(aTask()), noWay(), noWay(), noWay(), ok(aTask({ progress: 70 })));
    const { result } = renderHook(() => useTask(ID));
    await pass(20_000);
    const before = site.requests.length;
    act(() => window.dispatchEvent(new Event('online')));
    await pass(20);
    expect(site.requests).toHaveLength(before + 1);
    expect(result.current.task.progress).toBe(70);
  });

  test('rests for an hour while the page is hidden and asks at once when it is seen again', async () => {
    const site = aSiteSaying(ok(aTask()));
    // By then the session has ended too; renewing it is the first thing to do.
    site.answers['POST /auth/refresh'] = () => ok(aLogin());
    renderHook(() => useTask(ID));
    await pass(10);
    hide(true);
    await pass(3_600_000);
    expect(site.count('GET', PATH)).toBeLessThanOrEqual(2);
    const before = site.count('GET', PATH);
    hide(false);
    await pass(20);
    expect(site.count('GET', PATH)).toBe(before + 1);
  });

  test('stops where there is no such task', async () => {
    const site = aSiteSaying(problem(404));
    const { result } = renderHook(() => useTask(ID));
    await pass(60_000);
    expect(result.current.error.status).toBe(404);
    expect(site.requests).toHaveLength(1);
  });

  test('ends with the page', async () => {
    const site = aSiteSaying(ok(aTask()));
    const { unmount } = renderHook(() => useTask(ID));
    await pass(10);
    unmount();
    await pass(60_000);
    expect(site.requests).toHaveLength(1);
  });
});

describe('waiting after a failed poll', () => {
  const error = new ApiError({ status: 0, code: 'offline' });
  const busy = new ApiError({ status: 429, code: 'busy', retryAfterS: 17 });

  test('grows, but never beyond 40 seconds', () => {
    expect(waitAfter(error, 1)).toBeLessThan(waitAfter(error, 4));
    expect(waitAfter(error, 50)).toBeLessThanOrEqual(40_000);
  });

  test('is as long as the API says', () => {
    expect(waitAfter(busy, 1)).toBe(17_000);
  });
});
