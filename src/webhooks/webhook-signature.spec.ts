import { newWebhookSecret, signatureHeaders } from './webhook-signature';

describe('the signature of a webhook', () => {
  // The example of the specification's own libraries.
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}' };
  const at = 1614265330_000;

  it('is what the specification says', () => {
    expect(signatureHeaders(message, [secret], at)).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('is made with each secret in force, of the whole second', () => {
    const other = newWebhookSecret();
    const { 'webhook-signature': both, 'webhook-timestamp': second } = signatureHeaders(
      message,
      [other, secret],
      at + 999,
    );
    expect(second).toBe('1614265330');
    expect(both.split(' ')).toHaveLength(2);
    expect(both.split(' ')[1]).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('has secrets of 32 bytes, no two alike', () => {
    const [one, two] = [newWebhookSecret(), newWebhookSecret()];
    expect(one).not.toBe(two);
    expect(Buffer.from(one.replace('whsec_', ''), 'base64')).toHaveLength(32);
  });
});
