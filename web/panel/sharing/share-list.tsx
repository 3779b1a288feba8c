import { Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import {
  IconClockOff,
  IconDownloadOff,
  IconLink,
  IconLinkOff,
  IconLock,
  IconMovie,
  IconPhoto,
  IconPlayerPause,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { isAdmin, useUser } from '../access/use-access';
import { dateTime, number } from '../i18n/format';
import { inWords } from '../i18n/problems';
import { useConfirm } from '../ui/confirm';
import { sayDone } from '../ui/say';
import { Failed } from '../ui/states';
import classes from './share-list.module.css';
import { type Share, type SharedMatch, useRevokeShare, useShares } from './shares-data';

/** All links of a match, with who looked, and a way to take each back. */
export function ShareList({ match }: { readonly match: SharedMatch }) {
  const { t } = useTranslation('sharing');
  const { t: app } = useTranslation();
  const query = useShares(match.sessionId);
  const ofHighlight = match.highlightId !== undefined;
  const all = query.data?.pages.flatMap((page) => page.shares);
  const shares = ofHighlight ? all?.filter(({ highlight_id: id }) => id === match.highlightId) : all;
  return (
    <section aria-labelledby="links-of-match">
      <Title order={3} size="h6" mb="xs" id="links-of-match">
        {t(ofHighlight ? 'linksHighlight' : 'links')}
      </Title>
      {query.isPending && <Skeleton h={64} radius="md" />}
      {query.isError && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {shares?.length === 0 && !query.hasNextPage && (
        <Text size="sm" c="dimmed">
          {t('none')}
        </Text>
      )}
      {shares !== undefined && shares.length > 0 && (
        <Stack component="ul" gap="xs" className={classes.list}>
          {shares.map((share) => (
            <ShareRow key={share.id} share={share} match={match} />
          ))}
        </Stack>
      )}
      {query.hasNextPage && (
        <Button
          mt="xs"
          variant="default"
          fullWidth
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {app('more')}
        </Button>
      )}
    </section>
  );
}

const SIGNS = {
  live: IconLink,
  expired: IconClockOff,
  revoked: IconLinkOff,
  suspended: IconPlayerPause,
  gone: IconLinkOff,
} as const;

function ShareRow({ share, match }: { readonly share: Share; readonly match: SharedMatch }) {
  const { t } = useTranslation('sharing');
  const user = useUser();
  const confirm = useConfirm();
  const revoke = useRevokeShare(match.sessionId);
  const { author, state } = share;
  const Sign = SIGNS[state];
  const moment = (at: string): string => dateTime(at, match.timeZone);
  const made = { name: author.name, time: moment(share.created_at) };
  const words = t(state, {
    name: author.name,
    until: moment(share.expires_at),
    time: share.revoked_at === null ? '' : moment(share.revoked_at),
  });
  const canBeRevoked = state === 'live' || state === 'suspended';
  const may = isAdmin(user) || [author.id, match.ownerId].includes(user.id);
  const ask = (): void =>
    confirm({
      title: t('revokeTitle'),
      text: t('revokeText'),
      button: t('revoke'),
      onConfirm: () => revoke.mutate(share.id, { onSuccess: () => sayDone(t('revokeDone')) }),
    });
  return (
    <li className={classes.row} data-over={state !== 'live' || undefined}>
      <div className={classes.words}>
        <Text size="sm" fw={600} className={classes.state}>
          <Sign size={16} aria-hidden /> {words}
        </Text>
        <Text size="sm" c="dimmed">
          {t('by', made)}
        </Text>
        <Group gap="2px 12px" fz="sm" c="dimmed">
          {share.highlight_id !== null && match.highlightId === undefined && (
            <span className={classes.state}>
              <IconMovie size={14} aria-hidden /> {t('ofHighlight')}
            </span>
          )}
          <span>{t('views', { count: share.views })}</span>
          {share.allow_download && <span>{t('downloads', { count: share.downloads })}</span>}
          {share.passphrase && (
            <span className={classes.state}>
              <IconLock size={14} aria-hidden /> {t('secret')}
            </span>
          )}
          {!share.allow_download && (
            <span className={classes.state}>
              <IconDownloadOff size={14} aria-hidden /> {t('watchOnly')}
            </span>
          )}
        </Group>
        {share.branding !== null && (
          <Text size="sm" c="dimmed" className={classes.state}>
            <IconPhoto size={14} aria-hidden />
            {t(`logo_${share.branding}`, { percent: number(100 * (share.branding_progress ?? 0)) })}
          </Text>
        )}
        {revoke.isError && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {inWords(revoke.error)}
          </Text>
        )}
      </div>
      {canBeRevoked && may && (
        <Button
          variant="light"
          color="red"
          flex="none"
          loading={revoke.isPending}
          aria-label={t('revokeOf', made)}
          onClick={ask}
        >
          {t('revoke')}
        </Button>
      )}
    </li>
  );
}
