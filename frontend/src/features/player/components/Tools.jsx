import { Card } from 'components/Card.jsx';
import { t } from 'lib/i18n.js';
import { usePlayerContext } from '../player-context.js';
import { CountTool } from './CountTool.jsx';
import { DownloadButton } from './DownloadButton.jsx';
import { LadderTool } from './LadderTool.jsx';
import { LoopTool } from './LoopTool.jsx';

/** What is set up before a practice, beside the stage or under it. */
export function Tools() {
  const { song, setHelpOpen } = usePlayerContext();
  return (
    <div className="flex flex-col gap-4">
      {song.beats.length > 0 && (
        <Card as="div" className="flex flex-col gap-6 p-5">
          <LoopTool />
          <LadderTool />
          <CountTool />
        </Card>
      )}
      <div className="flex flex-wrap gap-2">
        <DownloadButton />
        <button type="button" onClick={() => setHelpOpen(true)} className="practice-quiet">
          <kbd aria-hidden="true">?</kbd> {t('player.keys')}
        </button>
      </div>
    </div>
  );
}
