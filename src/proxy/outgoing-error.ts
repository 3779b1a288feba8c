/** Why a request to somebody else's service came to nothing; stable words. */
export type OutgoingFault =
  | 'address_forbidden'
  | 'unreachable'
  | 'name_unknown'
  | 'timeout'
  | 'tls_failed'
  | 'redirected'
  | 'too_large'
  | 'answer_cut';

const SENTENCES: Readonly<Record<OutgoingFault, string>> = {
  address_forbidden:
    'The address leads to where this service calls nobody: this machine, link-local, metadata, multicast, or a network that is not the club’s.',
  unreachable: 'Nothing answers at the address.',
  name_unknown: 'The name in the address is not known.',
  timeout: 'No whole answer came in time.',
  tls_failed: 'The certificate of the address is not one that can be trusted.',
  redirected: 'The address redirects elsewhere, which is not followed: enter where it leads to.',
  too_large: 'The answer is too large.',
  answer_cut: 'The connection ended in the middle of the answer.',
};

/** Thrown by {@link OutgoingHttp}. Its message is a sentence for people and holds no part of the URL. */
export class OutgoingError extends Error {
  constructor(
    readonly fault: OutgoingFault,
    options?: { cause?: unknown },
  ) {
    super(SENTENCES[fault], options);
    this.name = 'OutgoingError';
  }
}
