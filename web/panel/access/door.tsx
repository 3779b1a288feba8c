import { Alert, Button, Center, Paper, Stack, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactNode } from 'react';
import { ApiProblem } from '../api/problem';
import { inWords } from '../i18n/problems';
import { Brand } from '../ui/brand';
import { useTitle } from '../ui/page-title';
import { LanguageSwitch } from '../ui/preferences';
import classes from './door.module.css';

/** A page before the sign-in: a court, and on it one thing to do. */
export function Door(props: {
  readonly title: string;
  readonly hint?: string | undefined;
  readonly children: ReactNode;
}) {
  useTitle(props.title);
  return (
    <main className={classes.door}>
      <Center mih="100dvh" p="md">
        <Paper className={classes.card} p="xl" radius="lg" shadow="md">
          <Stack gap="md">
            <Brand size={36} />
            <Title order={1} size="h2">
              {props.title}
            </Title>
            {props.hint !== undefined && <Text c="dimmed">{props.hint}</Text>}
            {props.children}
            <LanguageSwitch size="xs" />
          </Stack>
        </Paper>
      </Center>
    </main>
  );
}

/** Fields, one button, and what went wrong. Fields are read by their names. */
export function DoorForm(props: {
  readonly button: string;
  readonly onSend: (field: (name: string) => string) => Promise<void>;
  readonly onDone?: () => void;
  /** Words for problems that mean something else here. */
  readonly words?: Readonly<Record<string, string>>;
  /** Words for a fault of a field, by its name on the wire. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly children: ReactNode;
}) {
  const send = useMutation({
    mutationFn: (data: FormData) => props.onSend((name) => String(data.get(name) ?? '')),
    ...(props.onDone && { onSuccess: props.onDone }),
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    send.mutate(new FormData(event.currentTarget));
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {props.children}
        {send.isError && (
          <Alert color="red" role="alert">
            {fieldWords(send.error, props.fields) ?? inWords(send.error, props.words)}
          </Alert>
        )}
        <Button type="submit" size="lg" loading={send.isPending}>
          {props.button}
        </Button>
      </Stack>
    </form>
  );
}

function fieldWords(error: unknown, words: Readonly<Record<string, string>> = {}): string | undefined {
  if (!(error instanceof ApiProblem)) return undefined;
  return error.errors.map(({ field }) => words[field]).find((text) => text !== undefined);
}
