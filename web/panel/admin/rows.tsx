import { ActionIcon, Alert, Skeleton, Stack } from '@mantine/core';
import { IconPencil, IconTrash } from '@tabler/icons-react';

/** Why something was not done, below what it was to be done to. */
export function RowFailed({ text }: { readonly text: string }) {
  return (
    <Alert color="red" role="alert" w="100%" p="xs">
      {text}
    </Alert>
  );
}

/** What every row has at its end: change it, delete it. */
export function RowTools(props: {
  /** What is changed, and what is deleted, for who does not see the signs. */
  readonly editTitle: string;
  readonly deleteTitle: string;
  readonly deleting: boolean;
  readonly onEdit: () => void;
  /** `null`: it cannot be deleted. */
  readonly onDelete: (() => void) | null;
}) {
  const { editTitle, deleteTitle, deleting, onEdit, onDelete } = props;
  return (
    <>
      <ActionIcon variant="default" size={36} aria-label={editTitle} onClick={onEdit}>
        <IconPencil size={18} aria-hidden />
      </ActionIcon>
      {onDelete && (
        <ActionIcon variant="default" size={36} aria-label={deleteTitle} loading={deleting} onClick={onDelete}>
          <IconTrash size={18} aria-hidden />
        </ActionIcon>
      )}
    </>
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
