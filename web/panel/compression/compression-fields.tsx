import { NumberInput, Select, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api/client';
import { Card } from '../ui/card';
import './bring-texts';

/** What a club wishes of the compression of its videos. */
export type CompressionWish = Pick<
  Schemas['ClubView'],
  'compression' | 'compression_crf' | 'compression_after_minutes'
>;

const FORMATS = ['off', 'h264', 'h265', 'av1'] as const;
/** As the service has them. */
const CRF = { least: 18, most: 34, h264: 24, h265: 27, av1: 28 } as const;
/** A week. */
const MOST_MINUTES = 10_080;

/** Whether, and how, a club's videos are compressed after the match. */
export function CompressionFields(props: {
  readonly settings: CompressionWish;
  readonly set: (part: Partial<CompressionWish>) => void;
  readonly faultOf: (field: string) => string | null;
}) {
  const { settings, set, faultOf } = props;
  const { t } = useTranslation('compression');
  const { compression, compression_crf: crf, compression_after_minutes: minutes } = settings;
  return (
    <Card title={t('club')}>
      <Stack gap="md">
        <Select
          label={t('format')}
          description={t('formatHint')}
          data={FORMATS.map((value) => ({ value, label: t(value) }))}
          allowDeselect={false}
          value={compression}
          error={faultOf('compression')}
          onChange={(value) => value !== null && set({ compression: value as CompressionWish['compression'] })}
        />
        {compression !== 'off' && (
          <>
            <NumberInput
              label={t('quality_crf')}
              description={t('quality_hint', { value: String(CRF[compression]) })}
              placeholder={String(CRF[compression])}
              min={CRF.least}
              max={CRF.most}
              allowDecimal={false}
              allowNegative={false}
              value={crf ?? ''}
              error={faultOf('compression_crf')}
              onChange={(value) => set({ compression_crf: value === '' ? null : Number(value) })}
            />
            <NumberInput
              label={t('after')}
              description={t('afterHint')}
              min={0}
              max={MOST_MINUTES}
              allowDecimal={false}
              allowNegative={false}
              value={minutes}
              error={faultOf('compression_after_minutes')}
              onChange={(value) => set({ compression_after_minutes: Number(value) })}
            />
          </>
        )}
      </Stack>
    </Card>
  );
}
