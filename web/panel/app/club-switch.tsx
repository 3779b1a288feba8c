import { NativeSelect } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { auth } from '../access/auth';
import { chosenClub, useClubId, useClubs } from '../access/club';
import { useUser } from '../access/use-access';
import { sayFailed } from '../ui/say';

/** Which club is looked at, where there is more than one. */
export function ClubSwitch() {
  const { t } = useTranslation();
  const user = useUser();
  const { data: clubs = [] } = useClubs();
  const clubId = useClubId();
  const cache = useQueryClient();
  const change = useMutation({
    mutationFn: async (id: number) => {
      if (user.role === 'SUPER_ADMIN') chosenClub.set(id);
      else await auth.switchClub(id);
    },
    onSuccess: () => cache.invalidateQueries(),
    onError: sayFailed,
  });
  if (clubs.length < 2) return null;
  return (
    <NativeSelect
      aria-label={t('club')}
      data={clubs.map(({ id, name }) => ({ value: String(id), label: name }))}
      value={clubId === null ? '' : String(clubId)}
      onChange={({ currentTarget }) => change.mutate(Number(currentTarget.value))}
      disabled={change.isPending}
      w={{ base: '9rem', sm: '14rem' }}
    />
  );
}
