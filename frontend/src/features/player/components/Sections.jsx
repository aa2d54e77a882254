import { clock } from 'lib/format.js';
import { t } from 'lib/i18n.js';
import { useMoment } from '../hooks/use-playhead.js';
import { shareOf } from '../logic/drawing.js';
import { JUST_AFTER_S } from '../logic/beats.js';
import { usePlayerContext } from '../player-context.js';

/** The parts of the song as a row of buttons, as long as they last; alike parts share a letter. */
export function Sections() {
  const { song, durationS, playhead, run } = usePlayerContext();
  const here = useMoment(playhead, ({ section }) => section?.index);
  return (
    <div className="practice-sections">
      {song.sections.map(({ index, label, energy, startS, endS }) => (
        <button
          key={index}
          type="button"
          data-energy={energy}
          aria-current={here === index || undefined}
          aria-label={t('player.part', {
            label,
            energy: t(`player.energy.${energy}`),
            time: clock(Math.floor(startS)),
          })}
          style={{ width: `${(shareOf(endS, durationS) - shareOf(startS, durationS)) * 100}%` }}
          onClick={() => run({ do: 'seek', timeS: startS + JUST_AFTER_S })}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
