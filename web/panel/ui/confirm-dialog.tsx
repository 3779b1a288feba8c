import { Button, Group, Modal, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Question } from './confirm';

/** The question, with a way out that is where the focus is. */
export function ConfirmDialog(props: {
  readonly question: Question;
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const { question, opened, onClose: close } = props;
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={close} title={question.title} closeButtonProps={{ 'aria-label': t('close') }}>
      <Text component="div" mb="lg">
        {question.text}
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={close} data-autofocus>
          {t('cancel')}
        </Button>
        <Button
          color="red"
          onClick={() => {
            close();
            question.onConfirm();
          }}
        >
          {question.button}
        </Button>
      </Group>
    </Modal>
  );
}
