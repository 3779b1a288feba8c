import { Alert, Skeleton, Stack } from '@mantine/core';

/** Why something was not done, below what it was to be done to. */
export function RowFailed({ text }: { readonly text: string }) {
  return (
    <Alert color="red" role="alert" w="100%" p="xs">
      {text}
    </Alert>
  );
}

/** A list that is on its way. */
export function Skeletons({ count = 4 }: { readonly count?: number }) {
  return (
    <Stack gap="xs">
      {Array.from({ length: count }, (_, i) => (
        <Skeleton key={i} h={64} radius="md" />
      ))}
    </Stack>
  );
}
