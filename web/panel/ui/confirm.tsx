import { useRouter } from '@tanstack/react-router';
import { createContext, lazy, Suspense, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';

export interface Question {
  readonly title: string;
  /** What will be lost, or cannot be taken back. */
  readonly text: ReactNode;
  /** What is done, on the button. */
  readonly button: string;
  readonly onConfirm: () => void;
}

/** Comes when something is asked for the first time. */
const ConfirmDialog = lazy(async () => ({ default: (await import('./confirm-dialog')).ConfirmDialog }));

const Asking = createContext<(question: Question) => void>(() => undefined);

/** Asks before something that cannot be taken back. */
export function useConfirm(): (question: Question) => void {
  return useContext(Asking);
}

export function ConfirmProvider({ children }: { readonly children: ReactNode }) {
  const router = useRouter();
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
      {question !== null && (
        <Suspense>
          <ConfirmDialog question={question} opened={opened} onClose={close} />
        </Suspense>
      )}
    </Asking.Provider>
  );
}
