import { Icon } from 'components/Icon.jsx';
import { fileName } from 'lib/format.js';
import { t } from 'lib/i18n.js';
import { usePlayerContext } from '../player-context.js';

/** Download the video under a name a person finds again; an old link is renewed first. */
export function DownloadButton() {
  const { link, title, downloadName, onExpired } = usePlayerContext();
  const name = downloadName ?? fileName(title, 'mp4');

  async function fetchFresh(event) {
    if (!onExpired || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const href = await onExpired().catch(() => link.url);
    const anchor = document.createElement('a');
    Object.assign(anchor, { href, download: name });
    anchor.click();
  }

  return (
    <a href={link.url} download={name} onClick={fetchFresh} className="practice-quiet">
      <Icon name="download" /> {t('player.download')}
    </a>
  );
}
