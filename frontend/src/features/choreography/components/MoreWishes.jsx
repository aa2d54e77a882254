import { useState } from 'react';
import { Choice } from 'components/Choice.jsx';
import { Icon } from 'components/Icon.jsx';
import { t } from 'lib/i18n.js';
import { cameraOptions } from '../words.js';

/** Wishes few have: folded away, and open for whoever had one before. */
export function MoreWishes({ camera, onCamera }) {
  const [wasMade] = useState(camera !== 'stay');
  return (
    <details open={wasMade} className="group -mb-2 -mt-2">
      <summary className="-ms-1.5 flex min-h-thumb w-fit cursor-pointer list-none items-center gap-1 rounded-full pe-3 text-sm font-semibold text-muted hover:text-ink [&::-webkit-details-marker]:hidden">
        <Icon
          name="right"
          className="size-5 transition-transform group-open:rotate-90 rtl:rotate-180"
        />
        {t('generate.more')}
      </summary>
      <div className="pb-2 pt-1">
        <Choice
          legend={t('generate.camera')}
          value={camera}
          onChange={onCamera}
          options={cameraOptions()}
          hint={t('generate.cameraHint')}
        />
      </div>
    </details>
  );
}
