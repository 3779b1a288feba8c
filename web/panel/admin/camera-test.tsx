import { Alert, Button, Group, Loader, Stack, Text } from '@mantine/core';
import { IconCircleCheck, IconPlugConnectedX, IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Schemas } from '../api/client';
import { ApiProblem } from '../api/problem';
import { number } from '../i18n/format';
import { inWords } from '../i18n/problems';
import classes from './admin.module.css';

/** What one does about a camera's problem, by its code. */
const HELP = {
  camera_unreachable: 'helpUnreachable',
  camera_unauthorized: 'helpUnauthorized',
  camera_stream_not_found: 'helpNotFound',
  camera_redirected: 'helpRedirected',
  camera_unsupported: 'helpUnsupported',
  camera_timeout: 'helpTimeout',
  camera_address_forbidden: 'helpForbidden',
  camera_scheme_unsupported: 'helpScheme',
} as const;

/** Dials one of a court's cameras as soon as it is shown, and says what it is, or what is wrong and what to do. */
export function CameraTest(props: {
  readonly courtId: number;
  /** 0, and where it is left out: the main one. */
  readonly position?: number;
  readonly name: string;
}) {
  const { courtId, position = 0, name } = props;
  const { t } = useTranslation('admin');
  const id = useId();
  const test = useQuery({
    // Each showing is a test of its own: an answer of before says nothing of now.
    queryKey: ['camera-test', courtId, position, id],
    queryFn: () => {
      const params = { path: { id: courtId, position } };
      return answer(api.POST('/api/terrains/{id}/cameras/{position}/test', { params }));
    },
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
  return (
    <Stack gap="md" role="status" aria-busy={test.isFetching}>
      {test.isFetching && (
        <Group wrap="nowrap">
          <Loader size="sm" />
          <Text>{t('testing')}</Text>
        </Group>
      )}
      {!test.isFetching && test.data && <Works test={test.data} name={name} />}
      {!test.isFetching && test.isError && <Fails error={test.error} />}
      <Button
        variant="default"
        leftSection={<IconRefresh size={18} aria-hidden />}
        disabled={test.isFetching}
        onClick={() => void test.refetch()}
      >
        {t('testAgain')}
      </Button>
    </Stack>
  );
}

function Works({ test, name }: { readonly test: Schemas['CameraTestAnswer']; readonly name: string }) {
  const { t } = useTranslation('admin');
  const { snapshot_url, protocol, codec, width, height, fps, latency_ms } = test;
  const facts = [
    [t('size'), `${width} × ${height}`],
    [t('fps'), fps === null ? t('notMeasured') : number(fps, Number.isInteger(fps) ? 0 : 1)],
    [t('codec'), { h264: 'H.264', h265: 'H.265', mjpeg: 'MJPEG' }[codec]],
    [t('protocol'), protocol.toUpperCase()],
    [t('latency'), `${number(latency_ms)} ms`],
  ] as const;
  return (
    <>
      <Alert color="court" icon={<IconCircleCheck />} title={t('testGood')} />
      {snapshot_url === null ? (
        <Text size="sm">{t('noPicture')}</Text>
      ) : (
        <img className={classes.picture} src={snapshot_url} alt={t('testPicture', { name })} {...{ width, height }} />
      )}
      <dl className={classes.facts}>
        {facts.map(([what, value]) => (
          <Fact key={what} what={what} value={value} />
        ))}
      </dl>
    </>
  );
}

function Fact({ what, value }: { readonly what: string; readonly value: string }) {
  return (
    <>
      <dt>{what}</dt>
      <dd>{value}</dd>
    </>
  );
}

function Fails({ error }: { readonly error: unknown }) {
  const { t } = useTranslation('admin');
  const code = error instanceof ApiProblem && error.code in HELP ? (error.code as keyof typeof HELP) : null;
  const title = code === null ? t('testFailed') : t('testBad');
  return (
    <Alert color="red" icon={<IconPlugConnectedX />} title={title}>
      <Stack gap="xs">
        <Text size="sm" fw={600}>
          {inWords(error)}
        </Text>
        {code !== null && <Text size="sm">{t(HELP[code])}</Text>}
        {error instanceof ApiProblem && error.detail !== '' && (
          <Text size="xs" c="dimmed">
            {t('serviceSays', { detail: error.detail })}
          </Text>
        )}
      </Stack>
    </Alert>
  );
}
