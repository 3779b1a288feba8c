import { Alert, Button, Group, NativeSelect, Stack, Switch, TextInput } from '@mantine/core';
import { IconLink } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../api/problem';
import { inWords } from '../i18n/problems';
import { type NewShare, type SharedMatch, useMakeShare } from './shares-data';

const DAY_HOURS = 24;
const LIVES = [
  ['day', DAY_HOURS],
  ['week', 7 * DAY_HOURS],
  ['month', 30 * DAY_HOURS],
  ['year', 365 * DAY_HOURS],
] as const;
const LEAST_PASSPHRASE = 4;

/** How long, with which word, and whether to keep: a link. */
export function ShareForm(props: {
  readonly match: SharedMatch;
  /** Whether the club has a logo that can be laid over. */
  readonly hasLogo: boolean;
  readonly onMade: (share: NewShare) => void;
}) {
  const { match, hasLogo, onMade } = props;
  const { t } = useTranslation('sharing');
  const [hours, setHours] = useState<number>(7 * DAY_HOURS);
  const [passphrase, setPassphrase] = useState('');
  const [download, setDownload] = useState(true);
  const [branded, setBranded] = useState(false);
  const [tooShort, setTooShort] = useState(false);
  const make = useMakeShare(match);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const short = passphrase !== '' && passphrase.length < LEAST_PASSPHRASE;
    setTooShort(short);
    if (short || make.isPending) return;
    const wanted = {
      ...{ expires_in_hours: hours, allow_download: download, branded: branded && hasLogo },
      ...(passphrase !== '' && { passphrase }),
    };
    make.mutate(wanted, { onSuccess: onMade });
  };
  const faults = make.error instanceof ApiProblem ? make.error.errors : [];
  const wrong = faults.find(({ field }) => field === 'passphrase')?.message;
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <NativeSelect
          label={t('expires')}
          data={LIVES.map(([name, value]) => ({ value: String(value), label: t(name) }))}
          value={String(hours)}
          onChange={(event) => setHours(Number(event.currentTarget.value))}
        />
        <TextInput
          label={t('passphrase')}
          description={t('passphraseHint')}
          value={passphrase}
          maxLength={128}
          autoComplete="off"
          error={tooShort ? t('passphraseShort') : wrong}
          onChange={(event) => {
            setPassphrase(event.currentTarget.value);
            setTooShort(false);
          }}
        />
        <Switch
          label={t('download')}
          description={t('downloadHint')}
          size="md"
          checked={download}
          onChange={(event) => setDownload(event.currentTarget.checked)}
        />
        {hasLogo && (
          <Switch
            label={t('branded')}
            description={t(match.highlightId === undefined ? 'brandedHint' : 'brandedHintHighlight')}
            size="md"
            checked={branded}
            onChange={(event) => setBranded(event.currentTarget.checked)}
          />
        )}
        {make.isError && wrong === undefined && (
          <Alert color="red" role="alert">
            {inWords(make.error)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={make.isPending} leftSection={<IconLink size={18} aria-hidden />}>
            {t('make')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
