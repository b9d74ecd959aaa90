import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadFrame, decode, encode, FrameReader, MAX_FRAME_BYTES, MAX_FRAME_DEPTH, MAX_FRAME_PARTS } from './wire.js';

function messages(chunks: readonly Buffer[], limit = MAX_FRAME_BYTES): unknown[] {
  const found: unknown[] = [];
  const reader = new FrameReader(() => limit);
  for (const chunk of chunks) reader.push(chunk, (body) => found.push(decode(body)));
  return found;
}
const faultOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return error instanceof BadFrame ? error.fault : `another error: ${String(error)}`;
  }
  return 'none';
};
const sending = (text: string, limit?: number): string => faultOf(() => messages([Buffer.from(text)], limit));

describe('frames', () => {
  it('messages arrive as they were sent, however the network cuts them', () =>
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { minLength: 1 }), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (said, sizes) => {
        const wrapped = said.map((value) => ({ value }));
        const bytes = Buffer.from(wrapped.map((one) => encode(one)).join(''));
        const chunks: Buffer[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = sizes[turn % sizes.length]!;
          chunks.push(bytes.subarray(at, at + size));
          at += size;
        }
        expect(messages(chunks)).toEqual(JSON.parse(JSON.stringify(wrapped)));
      }),
    ));

  it('a length counts bytes, so that accents and emoji take what they take', () => {
    expect(encode('é')).toBe('4#"é"');
    expect(messages([Buffer.from(encode(['é', '😀']))])).toEqual([['é', '😀']]);
  });

  it('a long message in small chunks is held once', () => {
    const text = 'x'.repeat(500_000);
    const bytes = Buffer.from(encode(text));
    const chunks = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, at) => bytes.subarray(at * 7, at * 7 + 7));
    expect(messages(chunks)).toEqual([text]);
  });

  it.each<[string, string]>([
    ['GET / HTTP/1.1\r\n', 'garbage'],
    ['#"a"', 'garbage'],
    ['0000000000000000', 'garbage'],
    ['-1#', 'garbage'],
    ['1e3#', 'garbage'],
    ['3#abc', 'garbage'],
    ['1048577#', 'oversized'],
    ['11111111111111111111', 'oversized'],
  ])('%j is refused as %s', (text, fault) => expect(sending(text)).toBe(fault));

  it('a frame too long is refused from its length, before a byte of it has come', () => {
    expect(sending('4097', 4096)).toBe('oversized');
    expect(sending('4096#', 4096)).toBe('none');
  });

  it('an announced frame that does not come takes no memory', () => {
    const before = process.memoryUsage().arrayBuffers;
    const readers = Array.from({ length: 1000 }, () => new FrameReader(() => MAX_FRAME_BYTES));
    for (const reader of readers) reader.push(Buffer.from('1048576#"half'), () => undefined);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 << 20);
  });
});

describe('a frame that is all structure', () => {
  const bombs: Record<string, string> = {
    nested: '['.repeat(200_000) + ']'.repeat(200_000),
    'nested objects': '{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000),
    'empty objects': `[${'{},'.repeat(200_000)}{}]`,
    numbers: `[${'0,'.repeat(200_000)}0]`,
    names: `{${Array.from({ length: 50_000 }, (_, at) => `"${at.toString(36)}":0`).join(',')}}`,
  };
  it.each(Object.entries(bombs))('%s: refused without being parsed', (_, json) =>
    expect(faultOf(() => decode(Buffer.from(json)))).toBe('garbage'),
  );

  it('is refused where it would be sent, too', () => {
    expect(faultOf(() => encode(Array.from({ length: MAX_FRAME_PARTS + 1 }, () => 0)))).toBe('garbage');
    expect(faultOf(() => encode('x'.repeat(MAX_FRAME_BYTES)))).toBe('oversized');
  });

  it('what a string holds is no structure', () => {
    const text = '[{,:"\\'.repeat(40_000);
    expect(decode(Buffer.from(JSON.stringify([text])))).toEqual([text]);
  });

  it('as deep and as wide as allowed passes', () => {
    const deep = '['.repeat(MAX_FRAME_DEPTH) + ' '.repeat(40_000) + ']'.repeat(MAX_FRAME_DEPTH);
    expect(faultOf(() => decode(Buffer.from(deep)))).toBe('none');
    expect(faultOf(() => decode(Buffer.from(`[${deep}]`)))).toBe('garbage');
    expect(faultOf(() => encode(Array.from({ length: MAX_FRAME_PARTS - 1 }, () => 0)))).toBe('none');
  });
});
