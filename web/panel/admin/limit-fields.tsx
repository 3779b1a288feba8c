import { NumberInput, Stack, TagsInput, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { bytes, number } from '../i18n/format';
import { Card } from '../ui/card';
import classes from './admin.module.css';
import type { Settings } from './club-change';

const GB = 1e9;

/** What whoever runs the service allows a club. */
export function LimitFields(props: {
  readonly settings: Settings;
  readonly set: (part: Partial<Settings>) => void;
  readonly faultOf: (field: string) => string | null;
}) {
  const { settings, set, faultOf } = props;
  const { t } = useTranslation('admin');
  const { max_sessions, quota_bytes, camera_networks } = settings;
  return (
    <Card title={t('limits')}>
      <Stack gap="md">
        <NumberInput
          label={t('maxSessions')}
          description={t('maxSessionsHint')}
          min={1}
          max={1000}
          allowDecimal={false}
          allowNegative={false}
          value={max_sessions ?? ''}
          error={faultOf('max_sessions')}
          onChange={(value) => set({ max_sessions: value === '' ? null : Number(value) })}
        />
        <NumberInput
          label={t('quota')}
          description={t('quotaHint')}
          min={0.1}
          max={9_000_000}
          step={10}
          decimalScale={3}
          allowNegative={false}
          value={quota_bytes === null ? '' : quota_bytes / GB}
          error={faultOf('quota_bytes')}
          onChange={(value) => set({ quota_bytes: value === '' ? null : Math.round(Number(value) * GB) })}
        />
        <TagsInput
          label={t('networks')}
          description={t('networksHint')}
          placeholder={t('networksAdd')}
          maxTags={64}
          acceptValueOnBlur
          value={camera_networks ?? []}
          error={faultOf('camera_networks') === null ? null : t('networksBad')}
          onChange={(value) => set({ camera_networks: value.length === 0 ? null : value })}
        />
      </Stack>
    </Card>
  );
}

/** The same for a club's admin: to know, not to change. */
export function LimitsShown({ settings }: { readonly settings: Settings }) {
  const { t } = useTranslation('admin');
  const { max_sessions, quota_bytes, camera_networks } = settings;
  return (
    <Card title={t('limits')}>
      <Text size="sm" c="dimmed" mb="sm">
        {t('limitsAdmin')}
      </Text>
      <dl className={classes.facts}>
        <dt>{t('maxSessions')}</dt>
        <dd>{max_sessions === null ? t('none') : number(max_sessions)}</dd>
        <dt>{t('quotaShown')}</dt>
        <dd>{quota_bytes === null ? t('none') : bytes(quota_bytes)}</dd>
        <dt>{t('networks')}</dt>
        <dd>{camera_networks === null ? t('anywhere') : camera_networks.join(', ')}</dd>
      </dl>
    </Card>
  );
}
