import { Alert, Button, Group, Loader, Stack, Text } from '@mantine/core';
import { IconListSearch } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Schemas } from '../api/client';
import { inWords } from '../i18n/problems';
import { addressToAsk, type CameraAddress } from './camera-address';

type Device = Schemas['DiscoveredCamera'];

/** Looks for ONVIF cameras in the club's network; what is chosen becomes the address. */
export function FindCameras(props: {
  readonly clubId: number;
  /** Its user and password sign in to the cameras; an IPv4 address in it is asked by name. */
  readonly address: CameraAddress;
  readonly onChoose: (place: string) => void;
}) {
  const { clubId, address, onChoose } = props;
  const { t } = useTranslation('admin');
  const search = useMutation({
    mutationFn: () => {
      const { place, user: username, password } = address;
      const asked = addressToAsk(place);
      const body = {
        ...(asked !== null && { addresses: [asked] }),
        ...(username !== '' && { username, password }),
      };
      return answer(api.POST('/api/clubs/{id}/cameras/discover', { params: { path: { id: clubId } }, body }));
    },
  });
  return (
    <Stack gap="xs">
      <Button
        variant="light"
        leftSection={<IconListSearch size={18} aria-hidden />}
        disabled={search.isPending}
        onClick={() => search.mutate()}
      >
        {t('findCameras')}
      </Button>
      <div role="status" aria-busy={search.isPending}>
        {search.isPending && (
          <Group wrap="nowrap">
            <Loader size="sm" />
            <Text size="sm">{t('finding')}</Text>
          </Group>
        )}
        {search.isError && <Alert color="red">{inWords(search.error)}</Alert>}
        {search.data?.devices.length === 0 && <Text size="sm">{t('foundNone')}</Text>}
        {search.data?.devices.map((device) => (
          <Found key={device.address} device={device} onChoose={onChoose} />
        ))}
      </div>
    </Stack>
  );
}

function Found({ device, onChoose }: { readonly device: Device; readonly onChoose: (place: string) => void }) {
  const { t } = useTranslation('admin');
  const { name, address, profiles, credentials_wanted } = device;
  const title = name === null ? address : `${name} (${address})`;
  const streams = profiles.filter(({ stream_url }) => stream_url !== null);
  return (
    <Stack gap={4} mb="sm">
      <Text size="sm" fw={600}>
        {title}
      </Text>
      {streams.length === 0 && (
        <Text size="sm" c="dimmed">
          {t(credentials_wanted ? 'foundWantsLogin' : 'foundNoStream')}
        </Text>
      )}
      {streams.map(({ stream_url, codec, width, height, fps }) => (
        <Button
          key={stream_url}
          variant="default"
          size="sm"
          aria-label={t('useStream', { name: title, size: `${width ?? '?'} × ${height ?? '?'}` })}
          onClick={() => onChoose(stream_url as string)}
        >
          {[width === null ? null : `${width} × ${height}`, codec, fps === null ? null : `${fps}/s`]
            .filter((part) => part !== null)
            .join(' · ')}
        </Button>
      ))}
    </Stack>
  );
}
