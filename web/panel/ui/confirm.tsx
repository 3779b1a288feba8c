import { Button, Group, Modal, Text } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

export interface Question {
  readonly title: string;
  /** What will be lost, or cannot be taken back. */
  readonly text: ReactNode;
  /** What is done, on the button. */
  readonly button: string;
  readonly onConfirm: () => void;
}

const Asking = createContext<(question: Question) => void>(() => undefined);

/** Asks before something that cannot be taken back. */
export function useConfirm(): (question: Question) => void {
  return useContext(Asking);
}

export function ConfirmProvider({ children }: { readonly children: ReactNode }) {
  const router = useRouter();
  const { t } = useTranslation();
  const [question, setQuestion] = useState<Question | null>(null);
  const [opened, setOpened] = useState(false);
  const ask = useCallback((next: Question) => {
    setQuestion(next);
    setOpened(true);
  }, []);
  const close = (): void => setOpened(false);
  // A question is about the page it was asked on, and for who was asked.
  useEffect(() => router.subscribe('onBeforeNavigate', ({ pathChanged }) => pathChanged && setOpened(false)), [router]);
  return (
    <Asking.Provider value={ask}>
      {children}
      <Modal opened={opened} onClose={close} title={question?.title} closeButtonProps={{ 'aria-label': t('close') }}>
        <Text component="div" mb="lg">
          {question?.text}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            {t('cancel')}
          </Button>
          <Button
            color="red"
            onClick={() => {
              close();
              question?.onConfirm();
            }}
          >
            {question?.button}
          </Button>
        </Group>
      </Modal>
    </Asking.Provider>
  );
}
