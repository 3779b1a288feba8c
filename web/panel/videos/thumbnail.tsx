import { useEffect, useState } from 'react';
import type { Video } from './videos-data';
import classes from './videos.module.css';

/** Where a video's picture is. */
function thumbnailUrl({ session_id, club_id }: Pick<Video, 'session_id' | 'club_id'>): string {
  return `/api/video/files/${session_id}/thumbnail.jpg?club_id=${club_id}`;
}

/** Pictures are made when first wanted, and a busy service says that it makes none now. */
const AGAIN_MS = [6_000, 20_000];

/** A picture of the match; the drawing of a court stands behind it until it is there, and where there is none. */
export function Thumbnail({ video }: { readonly video: Video }) {
  const [seen, setSeen] = useState<'loading' | 'there' | 'none'>('loading');
  const [tries, setTries] = useState(0);
  useEffect(() => {
    const wait = AGAIN_MS[tries];
    if (seen !== 'none' || wait === undefined) return;
    const timer = setTimeout(() => {
      setTries(tries + 1);
      setSeen('loading');
    }, wait);
    return () => clearTimeout(timer);
  }, [seen, tries]);
  if (seen === 'none') return null;
  return (
    <img
      className={classes.thumbnail}
      src={thumbnailUrl(video)}
      alt=""
      width={video.width}
      height={video.height}
      loading="lazy"
      decoding="async"
      data-seen={seen === 'there' || undefined}
      onLoad={() => setSeen('there')}
      onError={() => setSeen('none')}
    />
  );
}
