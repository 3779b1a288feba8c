import { smtpOptions } from './smtp-options';

describe('smtpOptions', () => {
  it('is TLS from the first byte with smtps:, on its own port', () => {
    expect(smtpOptions('smtps://desk%40lac.example:p%40ss%2F%25@mail.example')).toMatchObject({
      host: 'mail.example',
      port: 465,
      secure: true,
      ignoreTLS: false,
      requireTLS: false,
      auth: { user: 'desk@lac.example', pass: 'p@ss/%' },
    });
  });

  it.each([
    ['smtp://u:p@mail.example', { port: 587, secure: false, requireTLS: true, ignoreTLS: false }],
    ['smtp://mail.example:25', { port: 25, secure: false, requireTLS: false, ignoreTLS: false, auth: undefined }],
    ['smtp://u:p@127.0.0.1:2525', { port: 2525, secure: false, requireTLS: false, ignoreTLS: true }],
    ['smtp://[::1]:25', { host: '::1', requireTLS: false, ignoreTLS: true }],
    ['smtp://u:p@127.0.0.1.mail.example', { requireTLS: true, ignoreTLS: false }],
    ['smtps://localhost:465', { secure: true, ignoreTLS: false }],
  ])('%s: a password leaves this machine under TLS only', (url, expected) => {
    expect(smtpOptions(url)).toMatchObject(expected);
  });

  it('never turns the check of certificates off', () => {
    for (const url of ['smtp://u:p@mail.example', 'smtps://mail.example', 'smtps://localhost']) {
      expect(smtpOptions(url)).not.toHaveProperty('tls');
    }
  });
});
