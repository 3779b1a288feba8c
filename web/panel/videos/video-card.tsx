import { VisuallyHidden } from '@mantine/core';
import { IconFileUnknown, IconLineDashed, IconMovie, IconVideo } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { bytes, clock, dateTime, time } from '../i18n/format';
import { Thumbnail } from './thumbnail';
import { anglesOf, namesOf, type Video } from './videos-data';
import classes from './videos.module.css';

/** One video of the list; all of it leads to its page. */
export function VideoCard({ video, timeZone }: { readonly video: Video; readonly timeZone: string }) {
  const { t } = useTranslation('videos');
  const { t: angles } = useTranslation('angles');
  const count = anglesOf(video);
  const { terrain_name: court, created_at, gaps, missing_since } = video;
  const label = t('cardOf', { court, when: dateTime(created_at, timeZone) });
  return (
    <article className={classes.card} aria-label={label}>
      <div className={classes.picture}>
        <Thumbnail video={video} />
        <span className={classes.signs}>
          {missing_since !== null ? (
            <span className={classes.sign} data-missing>
              <IconFileUnknown size={14} aria-hidden /> {t('missing')}
            </span>
          ) : (
            gaps.length > 0 && (
              <span className={classes.sign} data-gaps>
                <IconLineDashed size={14} stroke={3} aria-hidden /> {t('gaps', { count: gaps.length })}
              </span>
            )
          )}
          {video.highlights > 0 && (
            <span className={classes.sign}>
              <IconMovie size={14} aria-hidden /> {t('highlights', { count: video.highlights })}
            </span>
          )}
          {count > 1 && (
            <span className={classes.sign}>
              <IconVideo size={14} aria-hidden /> {angles('count', { count })}
            </span>
          )}
          <span className={classes.sign} data-length>
            <VisuallyHidden>{t('length')} </VisuallyHidden>
            {clock(video.duration_seconds)}
          </span>
        </span>
      </div>
      <div className={classes.text}>
        <h3>
          <Link
            to="/videos/$videoId"
            params={{ videoId: video.session_id }}
            className={classes.whole}
            aria-label={label}
          >
            {court}
          </Link>
        </h3>
        <p className={classes.facts}>
          <span>{t('until', { time: time(created_at, timeZone) })}</span>
          <span>{bytes(video.size_bytes)}</span>
        </p>
        <p className={classes.names} title={namesOf(video)}>
          <VisuallyHidden>{t('players')}: </VisuallyHidden>
          {namesOf(video)}
        </p>
      </div>
    </article>
  );
}
