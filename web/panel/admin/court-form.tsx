import { Alert, Button, Group, NativeSelect, Paper, Stack, Switch, Text, TextInput } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../api/problem';
import { duration } from '../i18n/format';
import { inWords } from '../i18n/problems';
import { sayDone } from '../ui/say';
import { CameraFields } from './camera-fields';
import { CameraTest } from './camera-test';
import { composeCameraAddress, NO_ADDRESS, OF_ADDRESS } from './camera-address';
import { ButtonKey } from './button-key';
import { CourtCalendar } from './court-calendar';
import { CameraWords } from './camera-words';
import { CourtCameras } from './court-cameras';
import { type Court, courtsAreOthers, saveCourt } from './court-data';
import { FindCameras } from './find-cameras';

/** Minutes without play that are worth choosing. */
const QUIET_MINUTES: readonly number[] = [5, 10, 15, 20, 30, 45, 60];

/** Adds a court, or changes one; a camera is tested once its court is saved. */
export function CourtForm(props: {
  readonly clubId: number;
  readonly court: Court | null;
  readonly onDone: () => void;
}) {
  const { clubId, onDone } = props;
  const { t } = useTranslation('admin');
  const { t: app } = useTranslation();
  const [court, setCourt] = useState(props.court);
  const [name, setName] = useState(props.court?.name ?? '');
  const [quiet, setQuiet] = useState(props.court?.auto_stop_minutes ?? null);
  const [recordSound, setRecordSound] = useState(props.court?.record_sound ?? false);
  const [entering, setEntering] = useState(props.court === null);
  const [address, setAddress] = useState(NO_ADDRESS);
  const [fault, setFault] = useState<'needName' | 'badAddress' | null>(null);
  const [tests, setTests] = useState(0);
  const save = useMutation({
    mutationFn: (change: { readonly cameraUrl: string | null; readonly test: boolean }) =>
      saveCourt(clubId, court, {
        ...{ name: name.trim(), cameraUrl: change.cameraUrl },
        ...{ autoStopMinutes: quiet, recordSound },
      }),
    onSuccess: (saved, { test }) => {
      void courtsAreOthers();
      setCourt(saved);
      setEntering(false);
      setAddress(NO_ADDRESS);
      if (test) return setTests(tests + 1);
      sayDone(t('courtSaved', { name: saved.name }));
      onDone();
    },
  });
  const send = (test: boolean): void => {
    const cameraUrl = entering ? composeCameraAddress(address) : null;
    if (name.trim() === '') return setFault('needName');
    if (entering && cameraUrl === null) return setFault('badAddress');
    setFault(null);
    save.mutate({ cameraUrl, test });
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    send(false);
  };
  const problem = save.error instanceof ApiProblem ? save.error : null;
  const ofAddress = problem !== null && OF_ADDRESS.includes(problem.code);
  const addressFault = fault === 'badAddress' ? t('badAddress') : ofAddress ? inWords(problem) : null;
  return (
    <Stack gap="md">
      <form onSubmit={submit} autoComplete="off" noValidate>
        <Stack gap="md">
          <TextInput
            label={t('courtName')}
            description={t('courtNameHint')}
            size="md"
            maxLength={120}
            required
            data-autofocus
            value={name}
            error={fault === 'needName' ? t('needName') : null}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <NativeSelect
            label={t('autoStop')}
            description={t('autoStopHint')}
            size="md"
            data={[
              { value: '', label: t('autoStopOff') },
              ...[...new Set([...QUIET_MINUTES, ...(quiet === null ? [] : [quiet])])]
                .sort((a, b) => a - b)
                .map((minutes) => ({ value: String(minutes), label: duration(minutes * 60) })),
            ]}
            value={quiet === null ? '' : String(quiet)}
            onChange={({ currentTarget: { value } }) => setQuiet(value === '' ? null : Number(value))}
          />
          {court !== null && <Present court={court} entering={entering} onEnter={() => setEntering(!entering)} />}
          {entering && <CameraFields address={address} onChange={setAddress} error={addressFault} />}
          {entering && (
            <FindCameras
              clubId={clubId}
              address={address}
              onChoose={(place) => setAddress((known) => ({ ...known, place }))}
            />
          )}
          <Switch
            label={t('recordSound')}
            description={t('recordSoundHint')}
            size="md"
            checked={recordSound}
            onChange={(event) => setRecordSound(event.currentTarget.checked)}
          />
          {save.isError && !ofAddress && (
            <Alert color="red" role="alert">
              {inWords(save.error)}
            </Alert>
          )}
          {ofAddress && (
            <Text size="sm" c="dimmed">
              {t('serviceSays', { detail: problem.detail })}
            </Text>
          )}
          <Group justify="flex-end">
            <Button
              type="submit"
              variant="default"
              loading={save.isPending && !save.variables.test}
              disabled={save.isPending}
            >
              {app('save')}
            </Button>
            <Button
              onClick={() => send(true)}
              loading={save.isPending && save.variables.test}
              disabled={save.isPending}
            >
              {t('saveAndTest')}
            </Button>
          </Group>
          {tests > 0 && court !== null && (
            <>
              <Text fw={600}>{t('courtSavedTest')}</Text>
              <CameraTest key={tests} courtId={court.id} name={court.name} />
            </>
          )}
        </Stack>
      </form>
      {court !== null && <CourtCameras clubId={clubId} court={court} />}
      {court !== null && <ButtonKey clubId={clubId} court={court} />}
      {court !== null && <CourtCalendar clubId={clubId} court={court} />}
    </Stack>
  );
}

/** The camera that is stored, of which only so much is known here, and the way to another. */
function Present(props: { readonly court: Court; readonly entering: boolean; readonly onEnter: () => void }) {
  const { court, entering, onEnter } = props;
  const { t } = useTranslation('admin');
  return (
    <Paper withBorder p="sm" bg="transparent">
      <Stack gap="xs">
        <Text fw={600}>{t('cameraNow')}</Text>
        <Text size="sm">
          <CameraWords camera={court.camera} />
        </Text>
        <Group gap="xs" wrap="nowrap" align="flex-start">
          <IconLock size={18} aria-hidden style={{ flex: 'none' }} />
          <Text size="sm" c="dimmed">
            {entering ? t('writeOnly') : t('keepCamera')}
          </Text>
        </Group>
        <Button variant="light" onClick={onEnter} aria-expanded={entering}>
          {entering ? t('keepOld') : t('changeCamera')}
        </Button>
      </Stack>
    </Paper>
  );
}
