import { ActionIcon, Badge, Group, Menu } from '@mantine/core';
import { IconBan, IconDotsVertical } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Club } from '../access/club';
import { useUser } from '../access/use-access';
import { answer, api, type Schemas } from '../api/client';
import { inWords } from '../i18n/problems';
import { useConfirm } from '../ui/confirm';
import { sayDone } from '../ui/say';
import classes from './admin.module.css';
import { changePerson, peopleChanged, type Person } from './people-data';
import { PersonDialog, type PersonDialogName } from './person-dialog';
import { RowFailed } from './rows';

/** Somebody of the club, and what an admin may do about them. */
export function PersonRow({ person, club }: { readonly person: Person; readonly club: Club }) {
  const { t } = useTranslation('people');
  const user = useUser();
  const confirm = useConfirm();
  const [dialog, setDialog] = useState<PersonDialogName | null>(null);
  const { id, name, email, role, disabled } = person;
  const change = useMutation({
    mutationFn: (body: Schemas['UpdateUserDto']) => changePerson(id, { ...body, club_id: club.id }),
    onSuccess: () => {
      sayDone(t('changed', { name }));
      return peopleChanged();
    },
  });
  const remove = useMutation({
    mutationFn: () => {
      const params = { path: { id }, query: { club_id: club.id } };
      return answer(api.DELETE('/api/users/{id}', { params }));
    },
    onSuccess: () => {
      sayDone(t('removed', { name }));
      return peopleChanged();
    },
  });
  const ask = (title: string, text: string, button: string, onConfirm: () => void): void =>
    confirm({ title, text, button, onConfirm });
  const changeRole = (): void =>
    role === 'PLAYER'
      ? ask(t('makeAdminAsk', { name }), t('makeAdminText'), t('makeAdmin'), () =>
          change.mutate({ role: 'CLUB_ADMIN' }),
        )
      : ask(t('makePlayerAsk', { name }), t('makePlayerText'), t('makePlayer'), () =>
          change.mutate({ role: 'PLAYER' }),
        );
  const changeDisabled = (): void => {
    if (disabled) return change.mutate({ disabled: false });
    const text = user.role === 'SUPER_ADMIN' ? t('disableEverywhere') : t('disableText');
    ask(t('disableAsk', { name }), text, t('disable'), () => change.mutate({ disabled: true }));
  };
  const askRemove = (): void => ask(t('removeAsk', { name }), t('removeText'), t('remove'), () => remove.mutate());
  const failure = change.error ?? remove.error;
  const isMe = id === user.id;
  return (
    <li className={classes.row}>
      <div className={classes.what}>
        <h2>
          {name}
          {isMe && ` (${t('you')})`}
        </h2>
        <p>{email}</p>
      </div>
      <Group gap="xs" wrap="nowrap" ml="auto">
        {disabled && (
          <Badge color="red" variant="light" tt="none" leftSection={<IconBan size={12} aria-hidden />}>
            {t('disabled')}
          </Badge>
        )}
        <Badge variant={role === 'PLAYER' ? 'default' : 'light'} tt="none">
          {t(role)}
        </Badge>
        <Menu position="bottom-end" width={270} disabled={isMe}>
          <Menu.Target>
            <ActionIcon
              variant="default"
              size={36}
              aria-label={t('actionsOf', { name })}
              loading={change.isPending || remove.isPending}
              disabled={isMe}
            >
              <IconDotsVertical size={18} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => setDialog('rename')}>{t('changeName')}</Menu.Item>
            <Menu.Item onClick={changeRole}>{role === 'PLAYER' ? t('makeAdmin') : t('makePlayer')}</Menu.Item>
            <Menu.Item onClick={() => setDialog('reset')}>{t('passwordLink')}</Menu.Item>
            <Menu.Item onClick={() => setDialog('signIns')}>{t('signIns')}</Menu.Item>
            <Menu.Divider />
            <Menu.Item onClick={changeDisabled}>{disabled ? t('enable') : t('disable')}</Menu.Item>
            <Menu.Item color="red" onClick={askRemove}>
              {t('remove')}
            </Menu.Item>
            <Menu.Item color="red" onClick={() => setDialog('erase')}>
              {t('erase')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      {failure !== null && (
        <RowFailed
          text={inWords(failure, { in_use: t('inUse'), forbidden: t('foreign'), own_account: t('lastAdmin') })}
        />
      )}
      <PersonDialog name={dialog} person={person} club={club} onClose={() => setDialog(null)} />
    </li>
  );
}
