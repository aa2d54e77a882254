/** Drawn on a grid of 24; `fill` shapes are solid, the rest are lines of 2. */
const ICONS = {
  play: {
    fill: 'M7.5 4.8v14.4a.8.8 0 0 0 1.2.7l11.2-7.2a.8.8 0 0 0 0-1.4L8.700 4.100a.8.8 0 0 0-1.200.7Z',
  },
  pause: {
    fill: 'M7 4h2.500a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1Zm7.500 0H17a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1h-2.500a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1Z',
  },
  moveBack: {
    fill: 'M6 5h2v14H6zM19 5.800v12.400a.6.6 0 0 1-.95.5L9.500 12.500a.6.6 0 0 1 0-1L18.050 5.300a.6.6 0 0 1 .95.5Z',
  },
  moveOn: {
    fill: 'M16 5h2v14h-2zM5 5.800v12.400a.6.6 0 0 0 .95.5l8.550-6.200a.6.6 0 0 0 0-1L5.950 5.300a.6.6 0 0 0-.95.5Z',
  },
  back: { line: 'M4 9.500h9.500a5.500 5.500 0 0 1 0 11H10M4 9.500 8.500 5M4 9.500 8.500 14' },
  on: { line: 'M20 9.500h-9.500a5.500 5.500 0 0 0 0 11H14M20 9.500 15.500 5M20 9.500 15.500 14' },
  loop: {
    line: 'M17 3.500 20.500 7 17 10.500M3.500 11.500V10a3 3 0 0 1 3-3h14M7 20.500 3.500 17 7 13.500M20.500 12.500V14a3 3 0 0 1-3 3h-14',
  },
  mirror: { line: 'M12 3v18M8 7.500 3 17h5zM16 7.500 21 17h-5z' },
  metronome: { line: 'M9.500 3.500h5L18 20.500H6zM12 16l5.500-9M7 16h10' },
  full: { line: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5' },
  fullLeave: { line: 'M9 4v5H4M15 4v5h5M9 20v-5H4M15 20v-5h5' },
  minus: { line: 'M6 12h12' },
  plus: { line: 'M6 12h12M12 6v12' },
};

/** A small drawing; the control it stands in has the words. */
export function PlayerIcon({ name, className = 'size-6' }) {
  const { fill, line } = ICONS[name];
  return (
    <svg
      viewBox="0 0 24 24"
      aria-hidden="true"
      className={`shrink-0 ${className}`}
      fill={fill ? 'currentColor' : 'none'}
      stroke={line ? 'currentColor' : 'none'}
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={fill ?? line} />
    </svg>
  );
}
