import fc from 'fast-check';
import { property } from '../../../test/support/property';
import { passwordDigest, soapRequest } from './onvif-messages';
import { attributeOf, elementsOf, escapeXml, readXml, textOf, XmlError } from './onvif-xml';

const xml = (text: string) => readXml(Buffer.from(text));

describe('XML of a device', () => {
  it('is read by local names, whatever its prefixes', () => {
    const read = xml(
      '<?xml version="1.0"?><s:E xmlns:s="x"><a:P token="p&amp;0"><b:U> a&lt;b </b:U></a:P><a:P/></s:E>',
    );
    const [first, second] = elementsOf(read, 'P');
    expect([first && attributeOf(first, 'token'), textOf(first, 'U'), textOf(second, 'U')]).toEqual([
      'p&0',
      'a<b',
      null,
    ]);
    expect(elementsOf(read, 'Nothing')).toEqual([]);
  });

  it.each([
    ['a document type', '<!DOCTYPE a><a/>'],
    ['entities', '<!doctype a [<!ENTITY b "c">]><a>&b;</a>'],
    ['more than there may be', `<a>${'x'.repeat(300_000)}</a>`],
  ])('is none with %s', (_name, text) => expect(() => xml(text)).toThrow(XmlError));

  it('throws nothing but XmlError, and leaves prototypes alone', () => {
    const piece = fc.constantFrom(
      '<a>',
      '</a>',
      '<__proto__>',
      '</__proto__>',
      '<constructor x="1"/>',
      '&amp;',
      '<',
      'text',
      '<![CDATA[',
      ']]>',
      '<!--',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 8 })), { maxLength: 60 }), (pieces) => {
        try {
          const read = xml(pieces.join(''));
          expect(textOf(read, 'a') === null || typeof textOf(read, 'a') === 'string').toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(XmlError);
        }
        expect(({} as { x?: unknown }).x).toBeUndefined();
      }),
      property(1_000),
    );
  });

  it('holds what is escaped for it', () => {
    const signs = `<&>"'`;
    expect(escapeXml(signs)).toBe('&#60;&#38;&#62;&#34;&#39;');
  });
});

describe('a signed request', () => {
  it('has the digest of the ONVIF programmer’s guide, and never the password', () => {
    const nonce = Buffer.from('LKqI6G/AikKCQrN0zqZFlg==', 'base64');
    expect(passwordDigest(nonce, '2010-09-16T07:50:45Z', 'userpassword')).toBe('tuOSpGlFlIXsozq4HFNeeGeFLEI=');
    const request = soapRequest('<x/>', { username: 'a<b', password: 'secret-word' }, new Date(0)).toString();
    expect(request).toContain('a&#60;b');
    expect(request).not.toContain('secret-word');
    expect(soapRequest('<x/>', null, new Date(0)).toString()).not.toContain('Security');
  });
});
