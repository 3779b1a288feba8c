import { IconBuildingStadium } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type Club, useClub, useClubs } from '../access/club';
import { ButtonLink } from '../ui/links';
import { Empty, Failed, Loading } from '../ui/states';

/** What needs a club, once it is known which is looked at. */
export function WithClub({ children }: { readonly children: (club: Club) => ReactNode }) {
  const { t } = useTranslation('admin');
  const clubs = useClubs();
  const club = useClub();
  if (club !== null) return children(club);
  if (clubs.isError) return <Failed error={clubs.error} onRetry={() => void clubs.refetch()} />;
  if (clubs.isPending) return <Loading />;
  return (
    <Empty icon={<IconBuildingStadium size={32} />} title={t('noClub')} text={t('noClubHint')}>
      <ButtonLink to="/clubs">{t('toClubs')}</ButtonLink>
    </Empty>
  );
}
