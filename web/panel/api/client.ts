import createClient from 'openapi-fetch';
import { auth } from '../access/auth';
import { ApiProblem } from './problem';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];

/** The service's API, typed by its OpenAPI document (`npm run api:types`). Each call goes through {@link answer}. */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: (request: Request) => auth.fetch(request) });

interface Answered<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/**
 * What a call answered.
 * @throws ApiProblem for every answer that is not a success, and where there is none
 */
export async function answer<T>(call: Promise<Answered<T>>): Promise<NonNullable<T>> {
  const { data, error, response } = await call;
  if (!response.ok) throw await ApiProblem.of(response, error);
  return data as NonNullable<T>;
}
