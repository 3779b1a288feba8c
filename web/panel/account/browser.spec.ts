import { browserOf } from './browser';

const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) ';

describe('the browser of a sign-in', () => {
  it.each([
    [`${IPHONE}Version/18.1 Mobile/15E148 Safari/604.1`, 'Safari · iPhone'],
    [`${IPHONE}CriOS/131.0 Mobile/15E148 Safari/604.1`, 'Chrome · iPhone'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0 Safari/537.36 Edg/131.0', 'Edge · Windows'],
    ['Mozilla/5.0 (Linux; Android 14) Chrome/131.0 Mobile Safari/537.36', 'Chrome · Android'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0', 'Firefox · Linux'],
    ['curl/8.5.0', 'curl/8.5.0'],
    ['', null],
    [null, null],
  ])('of %j is %j', (userAgent, name) => {
    expect(browserOf(userAgent)).toBe(name);
  });
});
