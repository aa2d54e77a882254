import { Button } from 'components/Button.jsx';
import { ProgressBar } from 'components/ProgressBar.jsx';
import { megabytes } from 'lib/format.js';
import { t } from 'lib/i18n.js';

/** How far an upload is; what is sent whole is looked at by the studio before it is ours. */
export function Sending({ bytes, share, onCancel }) {
  const percent = Math.floor(share * 100);
  const isSent = percent >= 100;
  return (
    <div className="flex flex-col gap-2">
      <ProgressBar percent={percent} label={t('upload.progress')} />
      <div className="flex items-center justify-between gap-3 text-sm text-muted">
        <span role="status">
          {isSent ? t('upload.checking') : t('upload.sending', { size: megabytes(bytes) })}
        </span>
        <span className="ms-auto tabular-nums">{percent} %</span>
        <Button variant="danger" onClick={onCancel}>
          {t('upload.stop')}
        </Button>
      </div>
    </div>
  );
}
