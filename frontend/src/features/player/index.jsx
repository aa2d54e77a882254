import { siteUrl } from 'lib/api.js';

/** Play a choreography. */
export function PracticePlayer({ videoUrl, posterUrl, title, onExpired }) {
  return (
    // eslint-disable-next-line jsx-a11y/media-has-caption
    <video
      src={siteUrl(videoUrl)}
      poster={siteUrl(posterUrl)}
      aria-label={title}
      controls
      playsInline
      onError={onExpired}
      className="aspect-video w-full rounded-lg bg-stage"
    />
  );
}
