import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchLoop } from './watch-loop.js';

/** A video that stands where it is put. */
function aVideo(changes = {}) {
  const state = { paused: false, seeking: false, currentTime: 2, playbackRate: 1 };
  return Object.assign(new EventTarget(), state, changes);
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function watched(video, leadS = 0) {
  const onEnd = vi.fn();
  const stop = watchLoop(video, { startS: 1, endS: 3 }, { leadS: () => leadS, onEnd });
  return { onEnd, stop };
}
const reach = (video, timeS) => {
  video.currentTime = timeS;
  vi.advanceTimersByTime(1100);
};

test('the end of a loop is noticed, and not before', () => {
  const video = aVideo();
  const { onEnd } = watched(video);
  vi.advanceTimersByTime(900);
  expect(onEnd).not.toHaveBeenCalled();
  reach(video, 3);
  expect(onEnd).toHaveBeenCalled();
});

test('a page that was busy for seconds still sends the video back', () => {
  const video = aVideo();
  const { onEnd } = watched(video);
  reach(video, 9);
  expect(onEnd).toHaveBeenCalled();
});

test('the end comes early by as long as the way back takes, at the speed of the song', () => {
  const { onEnd } = watched(aVideo({ currentTime: 2.98, playbackRate: 0.5 }), 0.05);
  expect(onEnd).toHaveBeenCalledOnce();
});

test.each([{ paused: true }, { seeking: true }])('nobody is sent back while %j', (changes) => {
  const { onEnd } = watched(aVideo({ currentTime: 5, ...changes }));
  vi.advanceTimersByTime(1000);
  expect(onEnd).not.toHaveBeenCalled();
});

test('a loop to the end of the video begins again when the video ends', () => {
  const video = aVideo({ paused: true });
  const { onEnd, stop } = watched(video);
  video.dispatchEvent(new Event('ended'));
  expect(onEnd).toHaveBeenCalledOnce();
  stop();
  video.dispatchEvent(new Event('ended'));
  expect(onEnd).toHaveBeenCalledOnce();
});
