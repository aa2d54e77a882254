import { Modal } from 'components/Modal.jsx';
import { t } from 'lib/i18n.js';
import { usePlayerContext } from '../player-context.js';
import { Toggle } from './Toggle.jsx';

const KEYS = [
  ['play', ['player.keys.space']],
  ['beat', ['←', '→']],
  ['eight', ['⇧ ←', '⇧ →']],
  ['edges', ['[', ']']],
  ['loop', ['R']],
  ['speed', ['-', '=']],
  ['move', ['N', 'P']],
  ['mirror', ['M']],
  ['counts', ['C']],
  ['frame', [',', '.']],
  ['help', ['?']],
];

/** Every key of the player, and the switch that gives them back to the browser. */
export function HelpDialog() {
  const { helpOpen, setHelpOpen, practice, change } = usePlayerContext();
  return (
    <Modal title={t('player.keys.title')} isOpen={helpOpen} onClose={() => setHelpOpen(false)}>
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-2 text-sm">
        {KEYS.map(([name, keys]) => (
          <div key={name} className="contents">
            <dt className="flex gap-1">
              {keys.map((key) => (
                <kbd key={key} className="practice-key">
                  {t(key)}
                </kbd>
              ))}
            </dt>
            <dd>{t(`player.keys.${name}`)}</dd>
          </div>
        ))}
      </dl>
      <div className="mt-4 border-t border-line pt-2">
        <Toggle
          label={t('player.keys.on')}
          on={practice.keysOn}
          onChange={(keysOn) => change({ keysOn })}
        />
      </div>
    </Modal>
  );
}
