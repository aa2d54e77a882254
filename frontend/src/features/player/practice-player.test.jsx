import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { MemoryRouter, useLocation } from 'react-router-dom';
import { beforeEach, expect, test, vi } from 'vitest';
import { ROUTER } from '../../App.jsx';
import { PracticePlayer } from './index.js';
import { aSong } from './logic/a-song.js';

const LINK = '/media/one.mp4?signature=a';
const FRESH = '/media/one.mp4?signature=b';

function Search() {
  return <output data-testid="search">{useLocation().search}</output>;
}

/** Put a player on a page; return its video and a person to use it. */
function practise({ at = '/', ...props } = {}) {
  const onExpired = vi.fn(async () => FRESH);
  const { unmount } = render(
    <MemoryRouter future={ROUTER} initialEntries={[at]}>
      <PracticePlayer
        timeline={aSong()}
        videoUrl={LINK}
        posterUrl="/media/one.jpg"
        title="Noche"
        onExpired={onExpired}
        storageKey="song"
        {...props}
      />
      <Search />
    </MemoryRouter>,
  );
  const video = screen.getByLabelText('Video of the choreography');
  return { video, onExpired, unmount, person: userEvent.setup() };
}

const happen = (video, ...names) =>
  act(() => names.forEach((name) => video.dispatchEvent(new Event(name))));

/** Let the video be at a moment, as after a seek. */
function goTo(video, timeS) {
  Object.defineProperty(video, 'currentTime', { value: timeS, writable: true });
  happen(video, 'seeking');
}

/** Let the video play or stop, as a browser would. */
function letPlay(video, isPlaying) {
  Object.defineProperty(video, 'paused', { value: !isPlaying, configurable: true });
  happen(video, ...(isPlaying ? ['play', 'playing'] : ['pause']));
}

beforeEach(() => {
  vi.spyOn(HTMLMediaElement.prototype, 'play').mockImplementation(async () => {});
  vi.spyOn(HTMLMediaElement.prototype, 'pause').mockImplementation(() => {});
});

test('it says what is danced, what comes next and in how many beats', () => {
  const { video } = practise();
  goTo(video, 9.3); // beat 18, in the second of three moves
  expect(screen.getByTestId('move-now')).toHaveTextContent('Side basic');
  expect(screen.getByTestId('move-next')).toHaveTextContent('Dip');
  expect(screen.getByTestId('beats-to-next')).toHaveTextContent('8');
  expect(screen.getByRole('img', { name: 'in 8 beats' })).toBeInTheDocument();
  const { dataset } = document.querySelector('.practice-counts');
  expect(dataset).toMatchObject({ beat: '18', count: '1' });
});

test('the one can be shifted, is counted anew at once, and is remembered', async () => {
  const { video, person, unmount } = practise();
  goTo(video, 9.3);
  await person.click(screen.getByRole('button', { name: 'The one a beat later' }));
  expect(document.querySelector('.practice-counts').dataset.count).toBe('8');
  expect(screen.getByTestId('shift')).toHaveTextContent('+1 beat');
  unmount();
  practise();
  expect(screen.getByTestId('shift')).toHaveTextContent('+1 beat');
});

test('keys set speed, mirror, counts and loop, and the address carries what can be shared', async () => {
  const { video, person } = practise();
  goTo(video, 6); // within the second move
  await person.keyboard('--m');
  expect(screen.getByTestId('speed')).toHaveTextContent('90 %');
  expect(video.playbackRate).toBeCloseTo(0.9);
  expect(video.preservesPitch).toBe(true);
  expect(video).toHaveAttribute('data-mirrored');
  await person.keyboard('c');
  expect(document.querySelector('.practice-counts')).toBeNull();
  await person.keyboard('r');
  expect(screen.getByRole('slider', { name: 'Start of the loop, A' })).toBeInTheDocument();
  const shared = () =>
    Object.fromEntries(new URLSearchParams(screen.getByTestId('search').textContent));
  await waitFor(() => expect(shared()).toEqual({ loop: '10-26', speed: '90' }));
});

test('keys can be given back to the browser, and taken again', async () => {
  const { video, person } = practise();
  await person.keyboard('?');
  const help = within(screen.getByRole('dialog', { name: 'Keys of the player' }));
  await person.click(help.getByRole('switch', { name: 'Keys are on' }));
  await person.click(help.getByRole('button', { name: 'Close' }));
  act(() => document.activeElement.blur()); // as a browser does with what is hidden
  await person.keyboard('m');
  expect(video).not.toHaveAttribute('data-mirrored');
  await person.keyboard('?');
  expect(screen.getByRole('dialog')).toHaveAttribute('open');
});

test('a shared address opens with its loop and speed', () => {
  const { video } = practise({ at: '/?loop=10-26&speed=75' });
  expect(screen.getByTestId('speed')).toHaveTextContent('75 %');
  expect(video.currentTime).toBeCloseTo(5.25, 1);
  expect(screen.getByTestId('passes')).toHaveTextContent('16 beats');
});

test('a loop sends the video back at its end, and passes are counted', async () => {
  const { video } = practise({ at: '/?loop=10-26' });
  letPlay(video, true);
  goTo(video, 13.3); // a hair behind the end
  happen(video, 'timeupdate');
  expect(video.currentTime).toBeCloseTo(5.25, 1);
  expect(screen.getByTestId('passes')).toHaveTextContent('1 pass');
});

test('the screen stays awake while it plays, and may sleep when it rests', async () => {
  const locks = [];
  const request = async () => {
    const lock = { release: vi.fn() };
    locks.push(lock);
    return lock;
  };
  vi.stubGlobal('navigator', Object.assign(Object.create(navigator), { wakeLock: { request } }));
  const { video } = practise();
  expect(locks).toHaveLength(0);
  letPlay(video, true);
  await waitFor(() => expect(locks).toHaveLength(1));
  await act(async () => {
    document.dispatchEvent(new Event('visibilitychange')); // the browser let go: taken again
  });
  expect(locks).toHaveLength(2);
  letPlay(video, false);
  expect(locks.at(-1).release).toHaveBeenCalled();
});

test('the keys of the system play, stop and go from move to move', () => {
  const handlers = {};
  const mediaSession = {
    setActionHandler: (name, handler) => (handlers[name] = handler),
    setPositionState: vi.fn(),
  };
  vi.stubGlobal('navigator', Object.assign(Object.create(navigator), { mediaSession }));
  vi.stubGlobal(
    'MediaMetadata',
    class {
      constructor(said) {
        Object.assign(this, said);
      }
    },
  );
  const { video, unmount } = practise();
  expect(mediaSession.metadata).toMatchObject({ title: 'Noche', artist: 'Bachata Buddy' });
  act(() => handlers.play());
  expect(video.play).toHaveBeenCalled();
  letPlay(video, true);
  expect(mediaSession.playbackState).toBe('playing');
  act(() => handlers.nexttrack());
  expect(video.currentTime).toBeCloseTo(5.25, 1);
  act(() => handlers.seekto({ seekTime: 3 }));
  expect(video.currentTime).toBe(3);
  unmount();
  expect(handlers.play).toBeNull();
  expect(mediaSession.metadata).toBeNull();
});

test('an expired link is renewed once by itself; the place is kept', async () => {
  const { video, onExpired } = practise();
  goTo(video, 7);
  happen(video, 'error');
  await waitFor(() => expect(video).toHaveAttribute('src', FRESH));
  expect(onExpired).toHaveBeenCalledTimes(1);
  video.currentTime = 0;
  happen(video, 'loadedmetadata', 'canplay');
  expect(video.currentTime).toBe(7);
  expect(screen.queryByRole('alert')).not.toBeInTheDocument();
});

test('a video that plays by no link says so, and is tried again when asked', async () => {
  const { video, onExpired, person } = practise();
  happen(video, 'error');
  await waitFor(() => expect(video).toHaveAttribute('src', FRESH));
  happen(video, 'error');
  expect(screen.getByRole('alert')).toHaveTextContent('The video will not play');
  await person.click(screen.getByRole('button', { name: 'Try again' }));
  happen(video, 'loadedmetadata', 'canplay');
  expect(onExpired).toHaveBeenCalledTimes(2);
  expect(screen.queryByRole('alert')).not.toBeInTheDocument();
});

test('the download has a name a person finds again, and a link that works', async () => {
  const { onExpired, person } = practise({ downloadName: 'Noche-de-Papel.mp4' });
  const taken = [];
  const press = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function go() {
    taken.push([this.getAttribute('href'), this.download]);
  });
  await person.click(screen.getByRole('link', { name: 'Download the video' }));
  await waitFor(() => expect(press).toHaveBeenCalled());
  expect(taken).toEqual([[FRESH, 'Noche-de-Papel.mp4']]);
  expect(onExpired).toHaveBeenCalledTimes(1);
});

test('the moves are one stop of the Tab key, and arrows go among them', async () => {
  const { video, person } = practise();
  const lane = within(screen.getByRole('toolbar', { name: 'Moves, one after the other' }));
  const [first, second] = lane.getAllByRole('button');
  expect([first.tabIndex, second.tabIndex]).toEqual([0, -1]);
  act(() => first.focus());
  await person.keyboard('{ArrowRight}');
  expect(second).toHaveFocus();
  await person.keyboard('{Enter}');
  expect(video.currentTime).toBeCloseTo(5.25, 1);
});

test('the position is a slider that speaks, and is silent while it plays', () => {
  const { video } = practise();
  const slider = screen.getByRole('slider', { name: 'Position in the song' });
  goTo(video, 9.3);
  expect(slider).toHaveAttribute('aria-valuetext', '0:09, Side basic, count 1');
  letPlay(video, true);
  goTo(video, 14);
  expect(slider).toHaveAttribute('aria-valuetext', '0:09, Side basic, count 1');
  fireEvent.keyDown(slider, { key: 'Home' });
  expect(video.currentTime).toBe(0);
});

test('a count-in counts before the music', async () => {
  vi.stubGlobal('AudioContext', undefined);
  const { person } = practise();
  await person.click(screen.getByRole('radio', { name: '4 beats' }));
  expect(screen.getByRole('radio', { name: '4 beats' })).toBeChecked();
  expect(screen.getByLabelText('Before each pass of a loop too')).toBeInTheDocument();
});

test('a video without a timeline still plays, without what would be drawn from it', () => {
  practise({ timeline: null });
  expect(screen.getByRole('button', { name: 'Play' })).toBeInTheDocument();
  expect(screen.queryByRole('toolbar')).not.toBeInTheDocument();
  expect(screen.queryByRole('button', { name: 'Loop' })).not.toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Mirror' })).toBeInTheDocument();
});
