import { NumberInput, PasswordInput, Select, Switch, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { StorageForm } from './storage-form';

export interface StoragePart {
  readonly form: StorageForm;
  /** A place is saved already: keys may stay as they are. */
  readonly saved: boolean;
  readonly set: (part: Partial<StorageForm>) => void;
  readonly faultOf: (field: string) => string | null;
}

/** Where an S3 bucket is, and its keys. */
export function S3Fields({ form, saved, set, faultOf }: StoragePart) {
  const { t } = useTranslation('storage');
  return (
    <>
      <TextInput
        label={t('endpoint')}
        description={t('endpointS3')}
        placeholder="https://s3.eu-west-3.amazonaws.com"
        required
        value={form.endpoint}
        error={faultOf('endpoint')}
        onChange={(event) => set({ endpoint: event.currentTarget.value })}
      />
      <TextInput
        label={t('region')}
        placeholder="us-east-1"
        value={form.region}
        error={faultOf('region')}
        onChange={(event) => set({ region: event.currentTarget.value })}
      />
      <TextInput
        label={t('bucket')}
        required
        value={form.bucket}
        error={faultOf('bucket')}
        onChange={(event) => set({ bucket: event.currentTarget.value })}
      />
      <Prefix form={form} set={set} faultOf={faultOf} saved={saved} />
      <Switch
        label={t('pathStyle')}
        checked={form.pathStyle}
        onChange={(event) => set({ pathStyle: event.currentTarget.checked })}
      />
      <TextInput
        label={t('accessKey')}
        {...(saved && { description: t('kept') })}
        autoComplete="off"
        value={form.accessKey}
        error={faultOf('access_key_id')}
        onChange={(event) => set({ accessKey: event.currentTarget.value })}
      />
      <PasswordInput
        label={t('secretKey')}
        {...(saved && { description: t('kept') })}
        autoComplete="new-password"
        value={form.secretKey}
        error={faultOf('secret_access_key')}
        onChange={(event) => set({ secretKey: event.currentTarget.value })}
      />
    </>
  );
}

/** Where a storage zone of bunny.net is, its pull zone, and their keys. */
export function BunnyFields({ form, saved, set, faultOf }: StoragePart) {
  const { t } = useTranslation('storage');
  return (
    <>
      <TextInput
        label={t('endpoint')}
        description={t('endpointBunny')}
        placeholder="https://storage.bunnycdn.com"
        required
        value={form.endpoint}
        error={faultOf('endpoint')}
        onChange={(event) => set({ endpoint: event.currentTarget.value })}
      />
      <TextInput
        label={t('zone')}
        required
        value={form.zone}
        error={faultOf('storage_zone')}
        onChange={(event) => set({ zone: event.currentTarget.value })}
      />
      <Prefix form={form} set={set} faultOf={faultOf} saved={saved} />
      <PasswordInput
        label={t('password')}
        {...(saved && { description: t('kept') })}
        autoComplete="new-password"
        value={form.password}
        error={faultOf('storage_password')}
        onChange={(event) => set({ password: event.currentTarget.value })}
      />
      <TextInput
        label={t('pullZone')}
        description={t('pullZoneHint')}
        placeholder="https://club.b-cdn.net"
        value={form.pullZone}
        error={faultOf('pull_zone_url')}
        onChange={(event) => set({ pullZone: event.currentTarget.value })}
      />
      <PasswordInput
        label={t('pullKey')}
        {...(saved && { description: t('kept') })}
        autoComplete="new-password"
        value={form.pullKey}
        error={faultOf('pull_zone_key')}
        onChange={(event) => set({ pullKey: event.currentTarget.value })}
      />
    </>
  );
}

/** What is the same for each kind: how files leave, how long they stay here, how fast they go. */
export function StorageRules({ form, set, faultOf }: StoragePart) {
  const { t } = useTranslation('storage');
  return (
    <>
      <Select
        label={t('deliver')}
        description={t('deliverHint')}
        data={[
          { value: 'proxy', label: t('deliverProxy') },
          { value: 'redirect', label: t('deliverRedirect') },
        ]}
        allowDeselect={false}
        value={form.deliver}
        onChange={(value) => set({ deliver: value === 'redirect' ? 'redirect' : 'proxy' })}
      />
      <NumberInput
        label={t('keep')}
        description={t('keepHint')}
        min={0}
        max={36_500}
        allowDecimal={false}
        allowNegative={false}
        value={form.keepDays ?? ''}
        error={faultOf('keep_local_days')}
        onChange={(value) => set({ keepDays: value === '' ? null : Number(value) })}
      />
      <NumberInput
        label={t('mbit')}
        description={t('mbitHint')}
        min={1}
        max={100_000}
        allowDecimal={false}
        allowNegative={false}
        value={form.mbit ?? ''}
        error={faultOf('upload_mbit')}
        onChange={(value) => set({ mbit: value === '' ? null : Number(value) })}
      />
      <Switch
        label={t('enabled')}
        description={t('enabledHint')}
        checked={form.enabled}
        onChange={(event) => set({ enabled: event.currentTarget.checked })}
      />
    </>
  );
}

function Prefix({ form, set, faultOf }: StoragePart) {
  const { t } = useTranslation('storage');
  return (
    <TextInput
      label={t('prefix')}
      description={t('prefixHint')}
      placeholder="padel/"
      value={form.prefix}
      error={faultOf('prefix')}
      onChange={(event) => set({ prefix: event.currentTarget.value })}
    />
  );
}
