import { ActionIcon, Button, Loader, Skeleton, Text, Tooltip } from '@mantine/core';
import { IconDownload, IconMovie, IconPencil, IconPlayerPlayFilled, IconShare, IconTrash } from '@tabler/icons-react';
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isAdmin, useUser } from '../access/use-access';
import { clock, duration } from '../i18n/format';
import { Card } from '../ui/card';
import { useConfirm } from '../ui/confirm';
import { sayDone, sayFailed } from '../ui/say';
import { Failed } from '../ui/states';
import classes from './highlights.module.css';
import {
  deleteHighlight,
  type Highlight,
  highlightUrl,
  isOnItsWay,
  pictureUrl,
  useHighlights,
} from './highlights-data';
import type { SharedMatch } from '../sharing/shares-data';
import '../sharing/bring-texts';
import './bring-texts';

/** Come when somebody wants to watch, to write something, or to share. */
const HighlightPlayer = lazy(async () => ({ default: (await import('./highlight-player')).HighlightPlayer }));
const NameDialog = lazy(async () => ({ default: (await import('./name-dialog')).NameDialog }));

const ShareDialog = lazy(async () => ({ default: (await import('../sharing/share-dialog')).ShareDialog }));

type Doing = { readonly what: 'watch' | 'name' | 'share'; readonly highlight: Highlight };

/** What was kept of a match: to watch, to download, to name, to delete. */
export function HighlightList(props: {
  readonly sessionId: string;
  readonly ownerId: number | null;
  /** The match is a finished file: highlights are cut out of it. */
  readonly ofFile: boolean;
  /** What a link needs to know of it; `null`: not known yet. */
  readonly match: SharedMatch | null;
}) {
  const { sessionId, ownerId, ofFile, match } = props;
  const { t } = useTranslation('highlights');
  const user = useUser();
  const query = useHighlights(sessionId);
  const [doing, setDoing] = useState<Doing | null>(null);
  const close = (): void => setDoing(null);
  const found = query.data ?? [];
  useReadySaid(query.data);
  const mayChange = ({ author }: Highlight): boolean => isAdmin(user) || user.id === ownerId || user.id === author?.id;
  return (
    <Card title={found.length > 0 ? t('titleCount', { count: found.length }) : t('title')}>
      {query.isError && !query.data && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Skeleton h={54} radius="md" aria-hidden />}
      {query.data?.length === 0 && (
        <div className={classes.none}>
          <IconMovie size={28} aria-hidden />
          <Text fw={600}>{t('none')}</Text>
          <Text size="sm" c="dimmed">
            {t(ofFile ? 'noneFile' : 'noneHint')}
          </Text>
        </div>
      )}
      {found.length > 0 && (
        <ul className={classes.list}>
          {found.map((highlight) => (
            <Row
              key={highlight.id}
              highlight={highlight}
              mayChange={mayChange(highlight)}
              mayShare={match !== null}
              onDo={(what) => setDoing({ what, highlight })}
            />
          ))}
        </ul>
      )}
      <Suspense>
        {doing?.what === 'watch' && <HighlightPlayer highlight={doing.highlight} onClose={close} />}
        {doing?.what === 'share' && match !== null && (
          <ShareDialog match={{ ...match, highlightId: doing.highlight.id }} opened onClose={close} />
        )}
        {doing?.what === 'name' && <NameDialog highlight={doing.highlight} onClose={close} />}
      </Suspense>
    </Card>
  );
}

/** Says it to who was waiting for one, wherever on the page they are. */
function useReadySaid(highlights: readonly Highlight[] | undefined): void {
  const { t } = useTranslation('highlights');
  const awaited = useRef<ReadonlySet<string>>(new Set());
  useEffect(() => {
    if (!highlights) return;
    for (const { id, status, start_seconds, end_seconds } of highlights) {
      if (status === 'ready' && awaited.current.has(id)) {
        sayDone(t('readySaid', { start: clock(start_seconds), end: clock(end_seconds) }));
      }
    }
    awaited.current = new Set(highlights.filter(isOnItsWay).map(({ id }) => id));
  }, [highlights, t]);
}

function Row(props: {
  readonly highlight: Highlight;
  readonly mayChange: boolean;
  readonly mayShare: boolean;
  readonly onDo: (what: Doing['what']) => void;
}) {
  const { highlight, mayChange, mayShare, onDo } = props;
  const { status, start_seconds, end_seconds, text } = highlight;
  const { t } = useTranslation('highlights');
  const { t: sharing } = useTranslation('sharing');
  const { t: app } = useTranslation();
  const confirm = useConfirm();
  const [start, end] = [clock(start_seconds), clock(end_seconds)];
  const what = text ?? t('what', { start, end });
  const remove = (): void =>
    confirm({
      title: t('deleteTitle'),
      text: t('deleteText', { start, end }),
      button: app('delete'),
      onConfirm: () => void deleteHighlight(highlight).then(() => sayDone(t('deleted')), sayFailed),
    });
  return (
    <li className={classes.row}>
      <div className={classes.picture}>
        {status === 'ready' && <img src={pictureUrl(highlight)} alt="" loading="lazy" decoding="async" />}
        {isOnItsWay(highlight) && <Loader size="sm" color="white" aria-hidden />}
      </div>
      <div className={classes.words}>
        {text !== null && <span className={classes.name}>{text}</span>}
        <span>{t('span', { start, end, length: duration(end_seconds - start_seconds) })}</span>
        <span className={classes.state} role="status">
          {status !== 'ready' && t(status)}
        </span>
      </div>
      <div className={classes.tools}>
        {status === 'ready' && (
          <>
            <Button
              size="compact-sm"
              leftSection={<IconPlayerPlayFilled size={14} aria-hidden />}
              aria-label={t('watchOf', { what })}
              onClick={() => onDo('watch')}
            >
              {t('watch')}
            </Button>
            <Tooltip label={t('download', { what })}>
              <ActionIcon
                component="a"
                variant="subtle"
                color="gray"
                size={36}
                href={highlightUrl(highlight)}
                download
                aria-label={t('download', { what })}
              >
                <IconDownload size={18} aria-hidden />
              </ActionIcon>
            </Tooltip>
            {mayShare && (
              <Tool title={sharing('shareOf', { what })} onClick={() => onDo('share')}>
                <IconShare size={18} aria-hidden />
              </Tool>
            )}
          </>
        )}
        {mayChange && (
          <>
            <Tool title={t('rename', { what })} onClick={() => onDo('name')}>
              <IconPencil size={18} aria-hidden />
            </Tool>
            <Tool title={t('delete', { what })} onClick={remove}>
              <IconTrash size={18} aria-hidden />
            </Tool>
          </>
        )}
      </div>
    </li>
  );
}

function Tool(props: { readonly title: string; readonly onClick: () => void; readonly children: ReactNode }) {
  const { title, onClick, children } = props;
  return (
    <Tooltip label={title}>
      <ActionIcon variant="subtle" color="gray" size={36} aria-label={title} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
