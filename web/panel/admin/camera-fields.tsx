import { Alert, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type CameraAddress, splitCameraAddress } from './camera-address';

/** The fields of a camera's address. What is pasted whole is taken apart once the field is left. */
export function CameraFields(props: {
  readonly address: CameraAddress;
  readonly onChange: (address: CameraAddress) => void;
  readonly error: string | null;
}) {
  const { address, onChange, error } = props;
  const { t } = useTranslation('admin');
  const [wasSplit, setWasSplit] = useState(false);
  const takeApart = (): void => {
    const split = splitCameraAddress(address.place);
    if (split === null) return;
    const holdsWho = split.user !== '' || split.password !== '';
    onChange(holdsWho ? split : { ...address, place: split.place });
    setWasSplit(holdsWho);
  };
  // Not a sign-in of this page: no browser shall fill in, or keep, what belongs to a camera.
  const secret = { autoComplete: 'off', spellCheck: false, autoCapitalize: 'none', size: 'md' } as const;
  return (
    <Stack gap="sm">
      <TextInput
        {...secret}
        label={t('address')}
        description={t('addressHint')}
        inputMode="url"
        maxLength={2048}
        required
        value={address.place}
        error={error}
        onChange={(event) => onChange({ ...address, place: event.currentTarget.value })}
        onBlur={takeApart}
      />
      {wasSplit && (
        <Alert role="status" p="xs">
          <Text size="sm">{t('splitDone')}</Text>
        </Alert>
      )}
      <TextInput
        {...secret}
        label={t('user')}
        description={t('userHint')}
        maxLength={256}
        value={address.user}
        onChange={(event) => onChange({ ...address, user: event.currentTarget.value })}
      />
      <PasswordInput
        {...secret}
        autoComplete="new-password"
        label={t('cameraPassword')}
        maxLength={256}
        value={address.password}
        onChange={(event) => onChange({ ...address, password: event.currentTarget.value })}
      />
    </Stack>
  );
}
