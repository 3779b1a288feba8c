import { Button, Group, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { chosenClub } from '../access/club';
import type { Schemas } from '../api/client';
import { bytes } from '../i18n/format';
import { Card } from '../ui/card';
import { StateBadge } from '../ui/state-badge';
import classes from './health.module.css';

/** All clubs at a glance, for who runs the service. */
export function OverviewCard({ clubs }: { readonly clubs: readonly Schemas['ClubOverviewView'][] }) {
  const { t } = useTranslation('health');
  const navigate = useNavigate();
  const look = (id: number): void => {
    chosenClub.set(id);
    void navigate({ to: '/courts' });
  };
  return (
    <div className={classes.two}>
      <Card title={t('clubs')}>
        {clubs.map((club) => (
          <Group key={club.club_id} justify="space-between" py="xs">
            <div>
              <Text fw={650}>{club.name}</Text>
              <Text size="sm" c="dimmed">
                {t('clubFacts', {
                  courts: String(club.courts),
                  recordings: String(club.recordings),
                  videos: String(club.videos),
                  bytes: bytes(club.bytes),
                })}
              </Text>
            </div>
            <Group gap="sm">
              <StateBadge state={club.cameras_offline > 0 ? 'offline' : 'live'}>
                {club.cameras_offline > 0 ? t('camerasOffline', { count: club.cameras_offline }) : t('noneOffline')}
              </StateBadge>
              <Button variant="default" onClick={() => look(club.club_id)}>
                {t('look')}
              </Button>
            </Group>
          </Group>
        ))}
      </Card>
    </div>
  );
}
