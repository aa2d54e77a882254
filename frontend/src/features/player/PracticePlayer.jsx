import { t, useLanguage } from 'lib/i18n.js';
import { HelpDialog } from './components/HelpDialog.jsx';
import { Stage } from './components/Stage.jsx';
import { Tools } from './components/Tools.jsx';
import { usePlayer } from './hooks/use-player.js';
import { PlayerContext } from './player-context.js';
import './styles/index.css';

/**
 * Practise a choreography: see it, count it, slow it down, repeat it.
 *
 * `timeline` is the timeline JSON or null, `videoUrl` a link that may expire, `onExpired` gives a
 * fresh one, `storageKey` names the song in the browser's memory. It needs a router around it.
 */
export function PracticePlayer(props) {
  return <Player key={`${props.storageKey} ${props.timeline ? 'counted' : ''}`} {...props} />;
}

function Player({ downloadName, ...props }) {
  useLanguage();
  const player = usePlayer(props);
  const { title, posterUrl, onExpired } = props;
  return (
    <PlayerContext.Provider value={{ ...player, title, posterUrl, onExpired, downloadName }}>
      <section
        aria-label={t('player.label', { title })}
        data-practice=""
        className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_20rem] lg:items-start"
      >
        <Stage />
        <Tools />
        <HelpDialog />
      </section>
    </PlayerContext.Provider>
  );
}
