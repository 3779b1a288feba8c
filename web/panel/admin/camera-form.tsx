import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../api/problem';
import { inWords } from '../i18n/problems';
import { sayDone } from '../ui/say';
import { composeCameraAddress, NO_ADDRESS, OF_ADDRESS } from './camera-address';
import { CameraFields } from './camera-fields';
import { cameraName, type CourtCamera, MAIN, saveCamera } from './court-cameras-data';
import { courtsAreOthers } from './court-data';
import { FindCameras } from './find-cameras';

/** Adds a camera to a court, or changes one; the address of the main one is the court's own matter. */
export function CameraForm(props: {
  readonly clubId: number;
  readonly courtId: number;
  readonly camera: CourtCamera | null;
  readonly onCancel: () => void;
  readonly onSaved: (camera: CourtCamera, test: boolean) => void;
}) {
  const { clubId, courtId, camera, onCancel, onSaved } = props;
  const { t } = useTranslation('admin');
  const { t: cameras } = useTranslation('cameras');
  const { t: app } = useTranslation();
  const [name, setName] = useState(camera?.name ?? '');
  const [entering, setEntering] = useState(camera === null);
  const [address, setAddress] = useState(NO_ADDRESS);
  const [bad, setBad] = useState(false);
  const save = useMutation({
    mutationFn: (change: { readonly cameraUrl: string | null; readonly test: boolean }) =>
      saveCamera(courtId, camera, { name: name.trim() || null, cameraUrl: change.cameraUrl }),
    onSuccess: (saved, { test }) => {
      void courtsAreOthers();
      sayDone(cameras('saved', { name: cameraName(saved, cameras) }));
      onSaved(saved, test);
    },
  });
  const send = (test: boolean): void => {
    const cameraUrl = entering ? composeCameraAddress(address) : null;
    setBad(entering && cameraUrl === null);
    if (!entering || cameraUrl !== null) save.mutate({ cameraUrl, test });
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    send(false);
  };
  const problem = save.error instanceof ApiProblem ? save.error : null;
  const ofAddress = problem !== null && OF_ADDRESS.includes(problem.code);
  const addressFault = bad ? t('badAddress') : ofAddress ? inWords(problem) : null;
  return (
    <form onSubmit={submit} autoComplete="off" noValidate>
      <Stack gap="sm">
        <TextInput
          label={cameras('name')}
          description={cameras('nameHint')}
          size="md"
          maxLength={120}
          autoFocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {camera !== null && camera.position !== MAIN && (
          <Button variant="light" onClick={() => setEntering(!entering)} aria-expanded={entering}>
            {entering ? t('keepOld') : t('changeCamera')}
          </Button>
        )}
        {entering && camera !== null && (
          <Text size="sm" c="dimmed">
            {t('writeOnly')}
          </Text>
        )}
        {entering && <CameraFields address={address} onChange={setAddress} error={addressFault} />}
        {entering && (
          <FindCameras
            clubId={clubId}
            address={address}
            onChoose={(place) => setAddress((known) => ({ ...known, place }))}
          />
        )}
        {save.isError && !ofAddress && (
          <Alert color="red" role="alert">
            {inWords(save.error)}
          </Alert>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="subtle" onClick={onCancel} disabled={save.isPending}>
            {app('cancel')}
          </Button>
          <Button
            type="submit"
            variant="default"
            loading={save.isPending && !save.variables.test}
            disabled={save.isPending}
          >
            {app('save')}
          </Button>
          {entering && (
            <Button
              onClick={() => send(true)}
              loading={save.isPending && save.variables.test}
              disabled={save.isPending}
            >
              {t('saveAndTest')}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
