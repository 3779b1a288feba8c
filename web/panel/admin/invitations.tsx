import { Badge, Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Club } from '../access/club';
import { answer, api } from '../api/client';
import { day } from '../i18n/format';
import { Card } from '../ui/card';
import { useConfirm } from '../ui/confirm';
import { sayFailed } from '../ui/say';
import { Failed } from '../ui/states';
import classes from './admin.module.css';
import { More } from './endless';
import { type Invitation, peopleChanged, useInvitations } from './people-data';

/** Who was invited and has not come yet. Nothing where there is nobody. */
export function Invitations({ club }: { readonly club: Club }) {
  const { t } = useTranslation('people');
  const { query, items } = useInvitations(club.id);
  if (query.isError && !items) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  if (!items?.length) return null;
  return (
    <Card title={t('invitations')}>
      <ul className={classes.list}>
        {items.map((invitation) => (
          <InvitationRow key={invitation.id} invitation={invitation} club={club} />
        ))}
      </ul>
      <More query={query} />
    </Card>
  );
}

function InvitationRow({ invitation, club }: { readonly invitation: Invitation; readonly club: Club }) {
  const { id, email, name, role, expires_at } = invitation;
  const { t } = useTranslation('people');
  const confirm = useConfirm();
  const withdraw = useMutation({
    mutationFn: () => {
      const params = { path: { id: club.id, invitationId: id } };
      return answer(api.DELETE('/api/clubs/{id}/invitations/{invitationId}', { params }));
    },
    onSuccess: peopleChanged,
    onError: sayFailed,
  });
  const ask = (): void =>
    confirm({
      title: t('withdrawAsk', { email }),
      text: t('withdrawText'),
      button: t('withdraw'),
      onConfirm: () => withdraw.mutate(),
    });
  const until = t('until', { day: day(expires_at, club.time_zone) });
  return (
    <li className={classes.row}>
      <div className={classes.what}>
        <h3>{email}</h3>
        <p>{name === null ? until : `${name} · ${until}`}</p>
      </div>
      <Badge variant={role === 'PLAYER' ? 'default' : 'light'} tt="none">
        {t(role)}
      </Badge>
      <Button variant="default" aria-label={t('withdrawOf', { email })} loading={withdraw.isPending} onClick={ask}>
        {t('withdraw')}
      </Button>
    </li>
  );
}
