import { useState } from 'react';
import { siteUrl } from 'lib/api.js';
import { classNames } from './class-names.js';
import { Mark } from './Mark.jsx';

/** A picture of a dance; our mark on the empty stage where there is none. */
export function Poster({ url, className, children }) {
  const [broken, setBroken] = useState(null);
  const isShown = url && broken !== url;
  return (
    <span className={classNames('relative block aspect-video overflow-hidden bg-stage', className)}>
      {isShown ? (
        <img
          src={siteUrl(url)}
          alt=""
          loading="lazy"
          decoding="async"
          onError={() => setBroken(url)}
          className="absolute inset-0 size-full object-cover"
        />
      ) : (
        <Mark className="absolute inset-0 m-auto size-2/5" />
      )}
      {children}
    </span>
  );
}
