import { UnstyledButton, type UnstyledButtonProps, VisuallyHidden } from '@mantine/core';
import { IconUserCircle } from '@tabler/icons-react';
import type { ComponentPropsWithRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useUser } from '../access/use-access';
import classes from './shell.module.css';

/** Who is signed in; opens what they may do about that. */
export function PersonButton(props: UnstyledButtonProps & ComponentPropsWithRef<'button'>) {
  const { t } = useTranslation();
  const user = useUser();
  return (
    <UnstyledButton {...props} className={classes.person} title={user.name}>
      <IconUserCircle aria-hidden size={28} stroke={1.5} />
      <VisuallyHidden>
        {t('menu')}: {user.name}
      </VisuallyHidden>
    </UnstyledButton>
  );
}
