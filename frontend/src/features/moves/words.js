import { number } from 'lib/format.js';
import { t } from 'lib/i18n.js';

/** Return what is known of a move as words, like "Beginner · calm · 125 BPM". */
export const moveFacts = ({ difficulty, energy_level: energy, tempo_bpm: bpm }) =>
  [
    t(`difficulty.${difficulty}`),
    t(`energyShort.${energy}`),
    t('song.bpm', { bpm: number(bpm) }),
  ].join(' · ');
