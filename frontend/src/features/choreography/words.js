import { t } from 'lib/i18n.js';

export const DIFFICULTIES = ['beginner', 'intermediate', 'advanced'];
export const ENERGIES = ['low', 'medium', 'high'];
export const STYLES = ['romantic', 'energetic', 'sensual', 'playful', 'modern'];
export const CAMERAS = ['stay', 'change'];

const named = (group, values) => values.map((value) => [value, t(`${group}.${value}`)]);

/** Return the difficulties as options. */
export const difficultyOptions = () => named('difficulty', DIFFICULTIES);

/** Return the energies as options; the empty one leaves it to the song. */
export const energyOptions = () => [['', t('energy.any')], ...named('energy', ENERGIES)];

/** Return the styles as options; the empty one leaves it to us. */
export const styleOptions = () => [['', t('style.any')], ...named('style', STYLES)];

/** Return what the camera may do, as options. */
export const cameraOptions = () => named('camera', CAMERAS);

/** Return the wishes of a task as words, like "Beginner · Romantic"; what is usual goes unsaid. */
export function wishWords({ difficulty, energy_level: energy, style, camera }) {
  const groups = [
    ['difficulty', difficulty],
    ['energy', energy],
    ['style', style],
    ['camera', camera === 'change' && camera],
  ];
  const given = groups.filter(([, value]) => value);
  return given.map(([group, value]) => t(`${group}.${value}`)).join(' · ');
}

/** What the job does, in the order it is done, by the API's stage. */
export const STEPS = [
  'waiting',
  'downloading',
  'analyzing',
  'selecting',
  'generating',
  'finalizing',
];

/** Return the place of a task's present step in `STEPS`; one past the last when it is done. */
export function stepOf({ status, phase, stage }) {
  if (status === 'completed') return STEPS.length;
  if (phase === 'requested' || phase === 'dispatched') return 0;
  return Math.max(0, STEPS.indexOf(stage));
}

/** Whether a task has come to its end. */
export const hasEnded = ({ status }) => status === 'completed' || status === 'failed';
