import express, { Request } from 'express';
import fc from 'fast-check';
import { property } from '../../test/support/property';
import { askedRange } from './byte-range';
import { CursorKey, decodeCursor, encodeCursor } from './pagination';
import { ProblemException } from './problem';
import { parseStrictJson, StrictJsonError } from './strict-json';

/** A request with these headers, as far as ranges look at one. */
function requestWith(headers: Record<string, string>): Request {
  return Object.assign(Object.create(express.request) as Request, { headers });
}

const number = fc.oneof(
  fc.nat({ max: 2_000 }).map(String),
  fc.constantFrom('', '-1', '1e3', '0x1', ' 1', '9007199254740993', '9'.repeat(40), 'NaN', '٣'),
);
const part = fc.tuple(number, fc.constantFrom('-', '-', '-', '', '--', ':'), number).map((parts) => parts.join(''));
const range = fc.oneof(
  fc
    .tuple(fc.constantFrom('bytes=', 'bytes=', 'BYTES=', 'bytes', 'items=', ''), fc.array(part, { maxLength: 4 }))
    .map(([unit, parts]) => unit + parts.join(',')),
  fc.string(),
);

describe('any Range', () => {
  it('is all, nothing that there is, or bytes that there are', () => {
    fc.assert(
      fc.property(range, fc.integer({ min: 1, max: 1_500 }), (text, bytes) => {
        const asked = askedRange(requestWith({ range: text }), bytes, '"1"');
        if (asked === null || asked === 'unsatisfiable') return;
        expect(Number.isInteger(asked.from) && Number.isInteger(asked.to)).toBe(true);
        expect(asked.from).toBeGreaterThanOrEqual(0);
        expect(asked.to).toBeGreaterThan(asked.from);
        expect(asked.to).toBeLessThanOrEqual(bytes);
      }),
      property(3_000),
    );
  });

  it('that is written as it should be is what it says', () => {
    const from = fc.nat({ max: 2_000 });
    fc.assert(
      fc.property(from, fc.option(from), fc.integer({ min: 1, max: 1_500 }), (first, last, bytes) => {
        if (last !== null && last < first) return;
        const asked = askedRange(requestWith({ range: `bytes=${first}-${last ?? ''}` }), bytes, null);
        const to = Math.min((last ?? bytes) + 1, bytes);
        expect(asked).toEqual(first >= bytes ? 'unsatisfiable' : { from: first, to });
      }),
      property(1_000),
    );
  });

  it('of another version is all of it', () => {
    fc.assert(
      fc.property(range, fc.string(), (text, version) => {
        if (version === '"1"') return;
        expect(askedRange(requestWith({ range: text, 'if-range': version }), 100, '"1"')).toBeNull();
      }),
      property(500),
    );
  });
});

describe('any cursor', () => {
  const key = fc.array(
    fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })),
    {
      minLength: 1,
      maxLength: 3,
    },
  );

  it('is read as it was written', () => {
    fc.assert(
      fc.property(key, (parts) => {
        const shape = parts.map((one) => typeof one as 'string' | 'number');
        // JSON knows one zero.
        const plain = parts.map((one) => (one === 0 ? 0 : one));
        expect(decodeCursor(encodeCursor(parts), shape)).toEqual(plain);
      }),
      property(1_000),
    );
  });

  it('that was not written here is refused, and nothing else happens', () => {
    const foreign = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
      fc.json().map((text) => Buffer.from(text).toString('base64')),
      fc.base64String(),
    );
    fc.assert(
      fc.property(
        foreign,
        fc.array(fc.constantFrom('string', 'number'), { minLength: 1, maxLength: 3 }),
        (cursor, shape) => {
          let read: CursorKey;
          try {
            read = decodeCursor(cursor, shape);
          } catch (error) {
            expect(error).toBeInstanceOf(ProblemException);
            expect((error as ProblemException).code).toBe('validation_failed');
            return;
          }
          expect(encodeCursor(read)).toBe(cursor);
          expect(read.map((one) => typeof one)).toEqual(shape);
        },
      ),
      property(2_000),
    );
  });
});

describe('any body', () => {
  /** What {@link parseStrictJson} makes of a text: the value, or the kind of fault. */
  function read(text: string): { value: unknown } | 'strict' | 'syntax' {
    try {
      return { value: parseStrictJson(text) };
    } catch (error) {
      if (error instanceof StrictJsonError) return 'strict';
      if (error instanceof SyntaxError) return 'syntax';
      throw error;
    }
  }

  /** `undefined`: it is no JSON. */
  function parsed(text: string): { value: unknown } | undefined {
    try {
      return { value: JSON.parse(text) as unknown };
    } catch {
      return undefined;
    }
  }

  const token = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"',
    '"a"',
    '"\\u0061"',
    '"__proto__"',
    '1',
    'null',
    '\\',
    ' ',
    '\n',
  );
  const almost = fc.oneof(
    fc.array(token, { maxLength: 14 }).map((tokens) => tokens.join('')),
    fc.string({ unit: 'binary' }),
    fc.json(),
  );

  it('is read as JSON.parse reads it, or refused', () => {
    fc.assert(
      fc.property(almost, (text) => {
        const found = read(text);
        const truth = parsed(text);
        if (truth === undefined) expect(found).not.toHaveProperty('value');
        else if (found !== 'strict') expect(found).toEqual(truth);
      }),
      property(5_000),
    );
  });

  it('without anything strange in it is never refused', () => {
    const tame = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 6, withCrossShrink: true },
        fc.string({ unit: 'grapheme' }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        fc.constant(null),
        tie('list'),
        tie('object'),
      ),
      list: fc.array(tie('value'), { maxLength: 4 }),
      object: fc.dictionary(fc.stringMatching(/^[a-z]{1,6}_$/), tie('value'), { maxKeys: 4, noNullPrototype: true }),
    })).value;
    fc.assert(
      fc.property(tame, fc.constantFrom(undefined, 1, '\t'), (value, space) => {
        const text = JSON.stringify(value, null, space);
        if (text.includes('\\u0000')) return;
        expect(read(text)).toEqual({ value: JSON.parse(text) as unknown });
      }),
      property(1_000),
    );
  });

  it('with a key twice, at any depth and however it is escaped, is refused', () => {
    const escaped = (name: string): string =>
      [...name].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z]{1,6}$/),
        fc.nat({ max: 15 }),
        fc.boolean(),
        fc.json(),
        (name, depth, hidden, other) => {
          const twice = `{"${name}":1,"${hidden ? escaped(name) : name}":2}`;
          const text = `${'['.repeat(depth)}${twice}${']'.repeat(depth)}`;
          expect(read(text)).toBe('strict');
          if (!other.includes(name) && parsed(other)) expect(read(`{"x_":${other},"y_":${text}}`)).toBe('strict');
        },
      ),
      property(500),
    );
  });

  it('takes a time that grows with its length and no faster', () => {
    // Quadratic work would take minutes for these.
    for (const text of [
      '"\\"'.repeat(50_000),
      '{"a":'.repeat(30_000),
      `[${'"a" ,'.repeat(20_000)}1]`,
      `{"a"${' '.repeat(100_000)}:1}`,
    ]) {
      expect(['strict', 'syntax', 'object']).toContain(typeof read(text) === 'object' ? 'object' : read(text));
    }
  });
});
