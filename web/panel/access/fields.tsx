import { PasswordInput, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** Longer than any that can be set. */
const MAX_PASSWORD = 1024;

export function EmailField() {
  const { t } = useTranslation('access');
  return (
    <TextInput
      id="email"
      name="email"
      type="email"
      label={t('email')}
      autoComplete="username"
      inputMode="email"
      size="md"
      maxLength={254}
      required
      withAsterisk={false}
    />
  );
}

/** @param required somebody with an account already has a name */
export function NameField({ required = false }: { readonly required?: boolean }) {
  const { t } = useTranslation('access');
  return (
    <TextInput
      id="name"
      name="name"
      label={t('name')}
      autoComplete="name"
      size="md"
      maxLength={120}
      required={required}
      withAsterisk={false}
    />
  );
}

/** @param isNew a password that is chosen here, or one that is there already */
export function PasswordField({ isNew = false }: { readonly isNew?: boolean }) {
  const { t } = useTranslation('access');
  return (
    <PasswordInput
      id="password"
      name="password"
      label={t('password')}
      {...(isNew && { description: t('passwordHint') })}
      autoComplete={isNew ? 'new-password' : 'current-password'}
      size="md"
      maxLength={MAX_PASSWORD}
      required
      withAsterisk={false}
    />
  );
}
