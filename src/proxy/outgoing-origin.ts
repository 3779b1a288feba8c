import { ProblemException } from '../common/problem';
import { OutgoingError } from './outgoing-error';
import type { OutgoingHttp } from './outgoing-http';

/**
 * Lets an address pass that a club enters, and says what may be shown of it.
 * @param networks those the club is confined to
 * @throws ProblemException `url_forbidden`, with its field
 */
export function originOf(http: OutgoingHttp, url: string, networks: readonly string[] | null): string {
  try {
    return http.check(url, networks);
  } catch (error) {
    if (!(error instanceof OutgoingError)) throw error;
    const errors = [{ field: 'url', message: error.message }];
    throw new ProblemException('url_forbidden', error.message, { errors }, { cause: error });
  }
}
