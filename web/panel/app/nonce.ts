/** The number that styles made in the page carry (CSP Level 3, §7.2); the service makes a new one for each answer. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
