import { isAllowedOrigin } from './allowed-origin';

const CONFIG = { publicUrl: 'https://padel.example', corsOrigins: ['https://friend.example:8443'] };
const HOST = '192.168.1.5:5000';

describe('isAllowedOrigin', () => {
  it.each([
    undefined,
    'https://padel.example',
    'https://friend.example:8443',
    'http://192.168.1.5:5000',
    'https://192.168.1.5:5000',
  ])('lets in %s', (origin) => expect(isAllowedOrigin(origin, HOST, CONFIG)).toBe(true));

  it.each([
    '',
    'null',
    'http://padel.example',
    'https://padel.example.evil.example',
    'https://padel.example/',
    'https://padel.example@evil.example',
    'https://friend.example',
    'http://192.168.1.5',
    'http://user@192.168.1.5:5000',
    'ws://192.168.1.5:5000',
    'http://192.168.1.5:5000/path',
    '*',
  ])('keeps out %j', (origin) => expect(isAllowedOrigin(origin, HOST, CONFIG)).toBe(false));

  it('keeps out what was put into its own name’s place where nothing was encrypted', () => {
    expect(isAllowedOrigin('http://padel.example', 'padel.example', CONFIG)).toBe(false);
    expect(isAllowedOrigin('https://padel.example', 'padel.example', CONFIG)).toBe(true);
  });

  it('needs no address of its own to know its own pages', () => {
    const config = { publicUrl: null, corsOrigins: [] };
    expect(isAllowedOrigin('http://court.local', 'Court.LOCAL', config)).toBe(true);
    expect(isAllowedOrigin('http://court.local', undefined, config)).toBe(false);
    expect(isAllowedOrigin('null', 'null', config)).toBe(false);
  });
});
