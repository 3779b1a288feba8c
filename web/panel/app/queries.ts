import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from '../api/problem';

/** Answers are kept while somebody looks and for five minutes; what may pass is asked again, what was refused is not. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: true,
      retry: (failures, error) => failures < 3 && error instanceof ApiProblem && error.passing,
      retryDelay: (attempt, error) =>
        error instanceof ApiProblem && error.retryAfterMs !== null ? error.retryAfterMs : 500 * 2 ** attempt,
    },
    mutations: { retry: false },
  },
});
