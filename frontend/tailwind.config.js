/** The look: a small dance studio at night, and the same studio on warm paper by day. */
const colour = (name) => `rgb(var(--${name}) / <alpha-value>)`;
const names = [
  'ground',
  'surface',
  'raised',
  'line',
  'ink',
  'muted',
  'ember',
  'ember-strong',
  'on-ember',
  'ember-text',
  'brass',
  'on-brass',
  'brass-text',
  'good',
  'focus',
  'stage',
  'on-stage',
  'stage-muted',
];

export default {
  content: ['./index.html', './src/**/*.{js,jsx}'],
  theme: {
    colors: {
      transparent: 'transparent',
      current: 'currentColor',
      ...Object.fromEntries(names.map((name) => [name, colour(name)])),
    },
    fontFamily: {
      display: ['Fraunces Variable', 'Fraunces Fallback', 'Georgia', 'serif'],
      text: ['Figtree Variable', 'Figtree Fallback', 'system-ui', 'sans-serif'],
    },
    fontSize: {
      xs: ['0.8125rem', '1.2rem'],
      sm: ['0.9375rem', '1.4rem'],
      base: ['1.0625rem', '1.65rem'],
      lg: ['1.25rem', '1.75rem'],
      xl: ['1.5rem', '1.9rem'],
      '2xl': ['2rem', '2.3rem'],
      '3xl': ['clamp(2.25rem, 1.6rem + 3vw, 3.25rem)', '1.08'],
      '4xl': ['clamp(2.75rem, 1.5rem + 5.5vw, 5rem)', '1.02'],
    },
    borderRadius: { none: '0', sm: '0.5rem', DEFAULT: '0.75rem', lg: '1.25rem', full: '9999px' },
    boxShadow: {
      none: 'none',
      rest: '0 1px 2px rgb(var(--shadow) / 0.12), 0 8px 24px -12px rgb(var(--shadow) / 0.35)',
      lift: '0 2px 6px rgb(var(--shadow) / 0.16), 0 24px 48px -20px rgb(var(--shadow) / 0.55)',
    },
    extend: {
      transitionDuration: { DEFAULT: '180ms' },
      transitionTimingFunction: { DEFAULT: 'cubic-bezier(0.2, 0.7, 0.2, 1)' },
      maxWidth: { page: '72rem', reading: '38rem' },
      minHeight: { thumb: '2.75rem' },
      minWidth: { thumb: '2.75rem' },
    },
  },
};
