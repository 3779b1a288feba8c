import { ActionIcon, Button, Group, Text, TextInput, Tooltip } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { day as dayInWords } from '../i18n/format';
import { dayAfter, isDay } from '../videos/club-days';
import classes from './bookings.module.css';
import { dayBefore } from './club-time';

/** Which day is looked at, and the way to others. */
export function DayBar(props: {
  readonly day: string;
  readonly today: string;
  readonly timeZone: string;
  readonly onDay: (day: string) => void;
}) {
  const { day, today, timeZone, onDay } = props;
  const { t } = useTranslation('bookings');
  const [typed, setTyped] = useState(day);
  useEffect(() => setTyped(day), [day]);
  // A day is the same one everywhere: at noon UTC no zone's clocks decide which.
  const words = dayInWords(`${day}T12:00:00Z`, 'UTC');
  return (
    <div className={classes.bar}>
      <Group gap="xs" wrap="nowrap">
        <Tooltip label={t('dayBefore')}>
          <ActionIcon variant="default" size={44} aria-label={t('dayBefore')} onClick={() => onDay(dayBefore(day))}>
            <IconChevronLeft size={20} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <TextInput
          type="date"
          aria-label={t('day')}
          size="md"
          value={typed}
          onChange={({ currentTarget }) => {
            setTyped(currentTarget.value);
            if (isDay(currentTarget.value)) onDay(currentTarget.value);
          }}
        />
        <Tooltip label={t('dayAfter')}>
          <ActionIcon variant="default" size={44} aria-label={t('dayAfter')} onClick={() => onDay(dayAfter(day))}>
            <IconChevronRight size={20} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Group>
      <Button variant="default" h={44} disabled={day === today} onClick={() => onDay(today)}>
        {t('today')}
      </Button>
      <Text fw={600} style={{ alignSelf: 'center' }} role="status">
        {words}
      </Text>
      <Text size="sm" c="dimmed" className={classes.zone}>
        {t('zone', { zone: timeZone })}
      </Text>
    </div>
  );
}
