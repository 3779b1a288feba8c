import { Alert, Button, Group, NumberInput, Select, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Club } from '../access/club';
import { useUser } from '../access/use-access';
import { answer, api, type Schemas } from '../api/client';
import { ApiProblem } from '../api/problem';
import { CompressionFields } from '../compression/compression-fields';
import { Consent } from '../court/consent';
import { bytes } from '../i18n/format';
import { inWords } from '../i18n/problems';
import { Card } from '../ui/card';
import { useConfirm } from '../ui/confirm';
import { HandOver } from '../ui/hand-over';
import { changesOf, isTighter, type Settings, settingsOf, takenOver } from './club-change';
import { LimitFields, LimitsShown } from './limit-fields';

/** As `RETENTION_DAYS`: a hundred years. */
const MOST_DAYS = 36_500;

/** What a club's settings are, and a button that saves what was changed. */
export function SettingsForm({ club }: { readonly club: Club }) {
  const { t } = useTranslation('admin');
  const { t: app } = useTranslation();
  const isSuper = useUser().role === 'SUPER_ADMIN';
  const cache = useQueryClient();
  const confirm = useConfirm();
  const [settings, setSettings] = useState(() => settingsOf(club));
  const [before, setBefore] = useState(() => settingsOf(club));
  // What others changed meanwhile is taken over where nothing was typed: only what is typed here is sent.
  useEffect(() => {
    const now = settingsOf(club);
    setSettings((typed) => takenOver(before, typed, now));
    setBefore(now);
  }, [club]);
  const save = useMutation({
    mutationFn: (body: Schemas['UpdateClubDto']) =>
      answer(api.PATCH('/api/clubs/{id}', { params: { path: { id: club.id } }, body })),
    onSuccess: async (saved) => {
      setBefore(settingsOf(saved));
      setSettings(settingsOf(saved));
      await cache.invalidateQueries({ queryKey: ['clubs'] });
    },
  });
  const set = (part: Partial<Settings>): void => {
    if (!save.isPending) save.reset();
    setSettings({ ...settings, ...part });
  };
  const changes = changesOf(before, settings);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const { retention_days, quota_bytes } = settings;
    const send = (): void => save.mutate(changes);
    const button = app('save');
    if (isTighter(before.retention_days, retention_days)) {
      const title = t('retentionAsk', { days: String(retention_days) });
      return confirm({ title, text: t('retentionAskText'), button, onConfirm: send });
    }
    if (quota_bytes !== null && isTighter(before.quota_bytes, quota_bytes)) {
      const title = t('quotaAskTitle', { size: bytes(quota_bytes) });
      return confirm({ title, text: t('quotaAskText'), button, onConfirm: send });
    }
    send();
  };
  const faults = save.error instanceof ApiProblem ? save.error.errors : [];
  const faultOf = (field: string): string | null => faults.find((fault) => fault.field === field)?.message ?? null;
  return (
    <form onSubmit={submit}>
      <Stack gap="md" maw={760}>
        <General settings={settings} set={set} faultOf={faultOf} />
        <Note settings={settings} set={set} />
        <Card title={t('keeping')}>
          <NumberInput
            label={t('retention')}
            description={`${t('retentionHint')} ${t('retentionLower')}`}
            placeholder={t('asService')}
            min={1}
            max={MOST_DAYS}
            allowDecimal={false}
            allowNegative={false}
            value={settings.retention_days ?? ''}
            error={faultOf('retention_days') === null ? null : t('retentionTooLong')}
            onChange={(value) => set({ retention_days: value === '' ? null : Number(value) })}
          />
        </Card>
        <CompressionFields settings={settings} set={set} faultOf={faultOf} />
        <Sharing settings={settings} set={set} />
        <Bookings settings={settings} set={set} />
        <Registration settings={settings} set={set} clubId={club.id} />
        {isSuper ? (
          <LimitFields settings={settings} set={set} faultOf={faultOf} />
        ) : (
          <LimitsShown settings={settings} />
        )}
        {save.isError && (
          <Alert color="red" role="alert">
            {inWords(save.error)}
          </Alert>
        )}
        <Group>
          <Button type="submit" size="md" loading={save.isPending} disabled={Object.keys(changes).length === 0}>
            {app('save')}
          </Button>
          <Text role="status" c="dimmed">
            {save.isSuccess && app('saved')}
          </Text>
        </Group>
      </Stack>
    </form>
  );
}

interface Part {
  readonly settings: Settings;
  readonly set: (part: Partial<Settings>) => void;
}

function General({ settings, set, faultOf }: Part & { readonly faultOf: (field: string) => string | null }) {
  const { t } = useTranslation('admin');
  // The club's own stays in the list, also where this browser calls the zone by another name.
  const zones = [...new Set([settings.time_zone, 'UTC', ...Intl.supportedValuesOf('timeZone')])].sort();
  return (
    <Card title={t('general')}>
      <Stack gap="md">
        <TextInput
          label={t('clubName')}
          maxLength={120}
          required
          value={settings.name}
          error={faultOf('name')}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <Select
          label={t('timeZone')}
          description={t('timeZoneHint')}
          data={zones}
          searchable
          allowDeselect={false}
          limit={200}
          nothingFoundMessage={t('timeZoneNone')}
          value={settings.time_zone}
          onChange={(value) => value !== null && set({ time_zone: value })}
        />
      </Stack>
    </Card>
  );
}

function Note({ settings, set }: Part) {
  const { t } = useTranslation('admin');
  const note = settings.consent_note;
  return (
    <Card title={t('filmed')}>
      <Stack gap="md">
        <Textarea
          label={t('note')}
          description={t('noteHint')}
          maxLength={2000}
          autosize
          minRows={3}
          maxRows={12}
          value={note ?? ''}
          onChange={(event) => set({ consent_note: event.currentTarget.value || null })}
        />
        <div>
          <Text size="sm" fw={600} mb={4}>
            {t('preview')}
          </Text>
          {note === null ? (
            <Text size="sm" c="dimmed">
              {t('previewNone')}
            </Text>
          ) : (
            <Consent note={note} />
          )}
        </div>
      </Stack>
    </Card>
  );
}

function Sharing({ settings, set }: Part) {
  const { t } = useTranslation('sharing');
  return (
    <Card title={t('club')}>
      <Switch
        label={t('clubEnabled')}
        description={t('clubHint')}
        size="md"
        checked={settings.sharing_enabled}
        onChange={(event) => set({ sharing_enabled: event.currentTarget.checked })}
      />
    </Card>
  );
}

function Bookings({ settings, set }: Part) {
  const { t } = useTranslation('admin');
  return (
    <Card title={t('bookings')}>
      <Switch
        label={t('playersBook')}
        description={t('playersBookHint')}
        size="md"
        checked={settings.players_book}
        onChange={(event) => set({ players_book: event.currentTarget.checked })}
      />
    </Card>
  );
}

function Registration({ settings, set, clubId }: Part & { readonly clubId: number }) {
  const { t } = useTranslation('admin');
  return (
    <Card title={t('registration')}>
      <Stack gap="md">
        <Switch
          label={t('registrationOpen')}
          description={t('registrationHint')}
          size="md"
          checked={settings.registration_open}
          onChange={(event) => set({ registration_open: event.currentTarget.checked })}
        />
        {settings.registration_open && (
          <HandOver label={t('registrationLink')} value={`${location.origin}/panel/register/${clubId}`} />
        )}
      </Stack>
    </Card>
  );
}
