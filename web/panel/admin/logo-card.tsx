import { Alert, Button, FileButton, Group, Stack, Text } from '@mantine/core';
import { IconPhoto, IconTrash, IconUpload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Club } from '../access/club';
import { answer, api } from '../api/client';
import { inWords } from '../i18n/problems';
import { Card } from '../ui/card';
import { logoUrl } from '../ui/club-logo';
import { useConfirm } from '../ui/confirm';
import { sayDone } from '../ui/say';
import classes from './logo-card.module.css';

const MEBIBYTE = 1024 * 1024;
const TYPES = ['image/png', 'image/jpeg', 'image/webp'];

/** The club's logo: what it is, another one, none. */
export function LogoCard({ club }: { readonly club: Club }) {
  const { t } = useTranslation('sharing');
  const { t: app } = useTranslation();
  const cache = useQueryClient();
  const confirm = useConfirm();
  const reset = useRef<() => void>(null);
  const [chosen, setChosen] = useState<File | null>(null);
  const preview = useAddressOf(chosen);
  const path = { id: club.id };
  const done = async (words: string): Promise<void> => {
    choose(null);
    await cache.invalidateQueries({ queryKey: ['clubs'] });
    sayDone(words);
  };
  const upload = useMutation({
    mutationFn: (file: File) =>
      answer(
        api.PUT('/api/clubs/{id}/logo', {
          params: { path },
          body: file as unknown as string,
          bodySerializer: (body) => body,
          headers: { 'content-type': file.type },
        }),
      ),
    onSuccess: () => done(t('logoSet')),
  });
  const remove = useMutation({
    mutationFn: () => answer(api.DELETE('/api/clubs/{id}/logo', { params: { path } })),
    onSuccess: () => done(t('logoRemoved')),
  });
  const choose = (file: File | null): void => {
    upload.reset();
    remove.reset();
    setChosen(file);
    reset.current?.();
  };
  const fault = chosen === null ? null : faultOf(chosen, t);
  const shown = preview ?? logoUrl(club);
  const error = upload.error ?? remove.error;
  const ask = (): void =>
    confirm({ title: t('logoAsk'), text: t('logoAskText'), button: t('logoRemove'), onConfirm: () => remove.mutate() });
  return (
    <Card title={t('logo')}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {t('logoHint')}
        </Text>
        <Group gap="md" align="center">
          <div className={classes.frame}>
            {shown === null ? (
              <IconPhoto size={36} stroke={1.4} aria-label={t('logoNone')} />
            ) : (
              <img className={classes.logo} src={shown} alt={t(chosen === null ? 'logoNow' : 'logoPreview')} />
            )}
          </div>
          <Group gap="xs">
            {chosen === null ? (
              <>
                <FileButton accept={TYPES.join(',')} onChange={choose} resetRef={reset}>
                  {(props) => (
                    <Button {...props} variant="default" leftSection={<IconUpload size={18} aria-hidden />}>
                      {t('logoChoose')}
                    </Button>
                  )}
                </FileButton>
                {club.logo_at !== null && (
                  <Button
                    variant="subtle"
                    color="red"
                    leftSection={<IconTrash size={18} aria-hidden />}
                    loading={remove.isPending}
                    onClick={ask}
                  >
                    {t('logoRemove')}
                  </Button>
                )}
              </>
            ) : (
              <>
                <Button disabled={fault !== null} loading={upload.isPending} onClick={() => upload.mutate(chosen)}>
                  {t('logoTake')}
                </Button>
                <Button variant="default" disabled={upload.isPending} onClick={() => choose(null)}>
                  {app('cancel')}
                </Button>
              </>
            )}
          </Group>
        </Group>
        {(fault !== null || error !== null) && (
          <Alert color="red" role="alert">
            {fault ?? inWords(error, { unsupported_media_type: t('logoType'), payload_too_large: t('logoLarge') })}
          </Alert>
        )}
      </Stack>
    </Card>
  );
}

function faultOf(file: File, t: ReturnType<typeof useTranslation<'sharing'>>['t']): string | null {
  if (!TYPES.includes(file.type)) return t('logoType');
  return file.size > MEBIBYTE ? t('logoLarge') : null;
}

/** An address for what is on the reader's own disk, as long as it is shown. */
function useAddressOf(file: File | null): string | null {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    if (file === null || !TYPES.includes(file.type)) return setAddress(null);
    const made = URL.createObjectURL(file);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return address;
}
