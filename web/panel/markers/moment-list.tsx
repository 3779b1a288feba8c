import { ActionIcon, Skeleton, Text, Tooltip } from '@mantine/core';
import { IconBookmark, IconPencil, IconTrash } from '@tabler/icons-react';
import { lazy, type ReactNode, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { clock } from '../i18n/format';
import { Card } from '../ui/card';
import { useConfirm } from '../ui/confirm';
import { Failed } from '../ui/states';
import { KindSign } from './kinds';
import type { Marker } from './markers-data';
import classes from './markers.module.css';
import type { Moments } from './use-moments';
import { wordsOf } from './words';
import './bring-texts';

/** What was sought to is shown a little before or behind. */
const HERE_SECONDS = 0.05;

/** Comes when somebody wants to write something. */
const MomentDialog = lazy(async () => ({ default: (await import('./moment-dialog')).MomentDialog }));

/** The moments of a match, to go to, to change, to delete. */
export function MomentList(props: {
  readonly moments: Moments;
  /** Seconds of the recording that are shown; `null`: the present. */
  readonly position: number | null;
  /** The match is a finished file, which has them as chapters. */
  readonly ofFile: boolean;
  /** `null`: there is nothing to go to now. */
  readonly onGo: ((marker: Marker) => void) | null;
}) {
  const { moments, position, ofFile, onGo } = props;
  const { query, markers, editing } = moments;
  const { t } = useTranslation('markers');
  const passed = markers.filter(({ at_seconds: at }) => position !== null && at <= position + HERE_SECONDS);
  const current = passed.at(-1)?.id;
  const title = markers.length > 0 ? t('titleCount', { count: markers.length }) : t('title');
  return (
    <Card title={title}>
      {query.isError && !query.data && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Skeletons />}
      {query.data && markers.length === 0 && (
        <div className={classes.none}>
          <IconBookmark size={28} aria-hidden />
          <Text fw={600}>{t('none')}</Text>
          <Text size="sm" c="dimmed">
            {t(ofFile ? 'noneFile' : 'noneHint')}
          </Text>
        </div>
      )}
      {markers.length > 0 && (
        <ol className={classes.list}>
          {markers.map((marker) => (
            <MomentRow key={marker.id} {...{ marker, moments, onGo }} current={marker.id === current} />
          ))}
        </ol>
      )}
      {ofFile && markers.length > 0 && query.data && (
        <Text size="sm" c="dimmed" mt="xs" role="status">
          {t(CHAPTERS[query.data.chapters])}
        </Text>
      )}
      <Suspense>
        {editing && (
          <MomentDialog key={editing.id} marker={editing} moments={moments} onClose={() => moments.edit(null)} />
        )}
      </Suspense>
    </Card>
  );
}

const CHAPTERS = {
  written: 'chaptersWritten',
  waiting: 'chaptersWaiting',
  unsupported: 'chaptersUnsupported',
} as const;

function MomentRow(props: {
  readonly marker: Marker;
  readonly moments: Moments;
  readonly current: boolean;
  readonly onGo: ((marker: Marker) => void) | null;
}) {
  const { marker, moments, current, onGo } = props;
  const { kind, text, at_seconds, author } = marker;
  const { t } = useTranslation('markers');
  const { t: app } = useTranslation();
  const confirm = useConfirm();
  const what = wordsOf(marker);
  const remove = (): void => {
    if (moments.isOwn(marker)) return moments.remove(marker);
    confirm({
      title: t('deleteTitle'),
      text: t('deleteText', { what, name: author.name }),
      button: app('delete'),
      onConfirm: () => moments.removeForGood(marker),
    });
  };
  return (
    <li className={classes.row} data-current={current || undefined}>
      <button
        type="button"
        className={classes.go}
        disabled={onGo === null}
        aria-current={current || undefined}
        title={t('go', { time: clock(at_seconds) })}
        onClick={() => onGo?.(marker)}
      >
        <KindSign kind={kind} />
        <span className={classes.time}>{clock(at_seconds)}</span>
        <span className={classes.words}>
          <span>{text ?? t(kind)}</span>
          <span className={classes.who}>
            {text !== null && `${t(kind)} · `}
            {t('by', { name: author.name })}
          </span>
        </span>
      </button>
      {moments.mayChange(marker) && (
        <>
          <Tool title={t('edit', { what })} onClick={() => moments.edit(marker)}>
            <IconPencil size={18} aria-hidden />
          </Tool>
          <Tool title={t('delete', { what })} onClick={remove}>
            <IconTrash size={18} aria-hidden />
          </Tool>
        </>
      )}
    </li>
  );
}

function Tool(props: { readonly title: string; readonly onClick: () => void; readonly children: ReactNode }) {
  const { title, onClick, children } = props;
  return (
    <Tooltip label={title} multiline maw={320}>
      <ActionIcon variant="subtle" color="gray" size={36} aria-label={title} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

function Skeletons() {
  return (
    <div aria-hidden>
      {Array.from({ length: 3 }, (_, i) => (
        <Skeleton key={i} h={40} mb={6} radius="md" />
      ))}
    </div>
  );
}
