import { IsInt, IsString } from 'class-validator';
import { IsId, ParseIdPipe, ParseSessionIdPipe, ToInteger } from './ids';
import { cutPage, decodeCursor, encodeCursor } from './pagination';
import { ProblemException } from './problem';
import { parseStrictJson, StrictJsonError } from './strict-json';
import { ApiValidationPipe } from './validation.pipe';
import { IfPresent } from './if-present.decorator';

const BAD_IDS = [
  'abc',
  '0',
  '-1',
  '1e3',
  '+1',
  '01',
  '1.0',
  ' 1',
  '9007199254740993',
  '1\0',
  '',
  '../1',
  ['1'],
  {},
  1,
  null,
];

describe('ids', () => {
  it.each(BAD_IDS)('%p is no id', (value) => {
    for (const pipe of [new ParseIdPipe(), new ParseSessionIdPipe()]) {
      expect(() => pipe.transform(value)).toThrow(expect.objectContaining({ code: 'validation_failed' }));
    }
  });

  it('takes what is one', () => {
    expect(new ParseIdPipe().transform('2147483647')).toBe(2147483647);
    expect(() => new ParseIdPipe().transform('2147483648')).toThrow(expect.objectContaining({ code: 'not_found' }));
    const id = '0190F3C2-1B5E-7C3A-9D4E-0123456789AB';
    expect(new ParseSessionIdPipe().transform(id)).toBe(id.toLowerCase());
  });
});

describe('parseStrictJson', () => {
  it.each([
    '{"a":1,"\\u0061":2}',
    '{"a":{"b":1,"b":1}}',
    '{"__proto__":1}',
    '{"a":"\\u0000"}',
    `${'['.repeat(21)}${']'.repeat(21)}`,
  ])('refuses %s', (text) => expect(() => parseStrictJson(text)).toThrow(StrictJsonError));
  it.each([
    '{"a":"a","b":"a"}',
    '[{"a":1},{"a":1}]',
    '{"a":"{\\"a\\":1,\\"a\\":2}"}',
    `${'['.repeat(20)}${']'.repeat(20)}`,
  ])('reads %s', (text) => expect(parseStrictJson(text)).toEqual(JSON.parse(text)));
  it('leaves no JSON to the parser', () => expect(() => parseStrictJson('{"a":')).toThrow(SyntaxError));
});

describe('validation', () => {
  class Body {
    @IsString()
    name: string;
    @IfPresent()
    @IsId()
    club_id?: number;
  }
  class Query {
    @ToInteger()
    @IsInt()
    limit: number;
  }
  const pipe = new ApiValidationPipe();

  it('lists every fault by field, unknown fields among them', async () => {
    const fault: unknown = await pipe
      .transform({ club_id: 1.5, extra: 1 }, { type: 'body', metatype: Body })
      .catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(ProblemException);
    const fields = (fault as ProblemException).extras.errors?.map(({ field }) => field);
    expect(new Set(fields)).toEqual(new Set(['name', 'club_id', 'extra']));
  });

  it('drops unknown query parameters and reads numbers strictly', async () => {
    const query = { type: 'query', metatype: Query } as const;
    expect(await pipe.transform({ limit: '5', t: '1' }, query)).toEqual({ limit: 5 });
    await expect(pipe.transform({ limit: '1e3' }, query)).rejects.toMatchObject({ code: 'validation_failed' });
  });
});

describe('paging', () => {
  it('says where the next page begins, and nothing on the last', () => {
    const rows = [{ id: 3 }, { id: 2 }, { id: 1 }];
    const page = cutPage(rows, 2, ({ id }) => [id]);
    expect(page.items).toEqual([{ id: 3 }, { id: 2 }]);
    expect(decodeCursor(page.next_cursor ?? '', ['number'])).toEqual([2]);
    expect(cutPage(rows, 3, ({ id }) => [id]).next_cursor).toBeNull();
  });

  it.each(['', 'x', encodeCursor(['text']), encodeCursor([1, 2]), `${encodeCursor([1])}=`])(
    'refuses the cursor %p',
    (cursor) => {
      expect(() => decodeCursor(cursor, ['number'])).toThrow(expect.objectContaining({ code: 'validation_failed' }));
    },
  );
});
