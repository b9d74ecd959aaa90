import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../../test/support/runs.js';
import { checkFrame, checkPiece, FRAME_DEMANDES, type Forwarded, type Reply, rowOf } from './demande-frames.js';
import { weight } from './json-weight.js';

const one: Forwarded = {
  kind: 'seance',
  stream: 'sea_1',
  demande: { type: 'inscrire', membreId: 'mem_1' } as Forwarded['demande'],
  envelope: { scope: 'http', id: 'k', minted: true, acteur: null, instant: 1_767_000_000_000, hash: 'h', expectedVersion: 3 },
  hops: 1,
};
const travelled = (data: unknown): unknown => JSON.parse(JSON.stringify(data));

describe('a frame of demandes', () => {
  it('arrives as it left, with the time that is left', () => {
    const { expectedVersion: _, ...envelope } = one.envelope;
    const bare: Forwarded = { ...one, envelope: { ...envelope, acteur: 'mem_2', minted: false }, hops: 2 };
    const frame = checkFrame(travelled({ view: 7, demandes: [rowOf(one, 1234.9), rowOf(bare, -5)] }));
    expect(frame).toEqual({
      view: 7,
      demandes: [
        { ...one, budgetMs: 1234 },
        { ...bare, budgetMs: 0 },
      ],
    });
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no demande', { view: 1, demandes: [] }],
    ['too many', { view: 1, demandes: Array.from({ length: FRAME_DEMANDES + 1 }, () => rowOf(one, 1)) }],
    ['no view', { demandes: [rowOf(one, 1)] }],
    ['a third wire', { view: 1, demandes: [rowOf({ ...one, hops: 3 }, 1)] }],
    ['no wire', { view: 1, demandes: [rowOf({ ...one, hops: 0 }, 1)] }],
    ['a budget of a day', { view: 1, demandes: [rowOf(one, 86_400_000)] }],
    ['a demande without a type', { view: 1, demandes: [rowOf({ ...one, demande: {} as never }, 1)] }],
    ['a field too many', { view: 1, demandes: [[...rowOf(one, 1), 1]] }],
    ['an id that is none', { view: 1, demandes: [rowOf({ ...one, envelope: { ...one.envelope, id: 1 as never } }, 1)] }],
  ])('is refused whole: %s', (_, data) => expect(() => checkFrame(data)).toThrow(TypeError));

  it('whatever else comes is refused by a TypeError, never by another', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        for (const check of [
          () => checkFrame(a),
          () => checkFrame({ view: 1, demandes: [b] }),
          () => checkPiece(a, 3),
          () => checkPiece([[0, b]], 3),
        ]) {
          try {
            check();
          } catch (error) {
            expect(error).toBeInstanceOf(TypeError);
          }
        }
      }),
      { numRuns: runs(300) },
    );
  });
});

describe('a piece of the answer', () => {
  const replies: Reply[] = [
    { is: 'done', answer: null, replayed: false },
    { is: 'refused', refusal: { refusal: 'seance_complete', data: { inscrits: 3 } } },
    { is: 'missing' },
    { is: 'different' },
    { is: 'stale', version: 0 },
    { is: 'overloaded', retryAfterMs: 1000 },
    { is: 'quarantined', retryAfterMs: 12.5 },
    { is: 'unavailable', effect: 'unknown', retryAfterMs: 1000 },
    { is: 'failed' },
    { is: 'moved', view: 4, hops: 2 },
    { is: 'lost' },
  ];
  it('every reply travels', () => {
    const piece = replies.map((reply, index) => [index, reply] as const);
    expect(checkPiece(travelled(piece), replies.length)).toEqual(piece);
  });

  it.each<[string, unknown]>([
    ['a reply to nothing', [[3, { is: 'missing' }]]],
    ['an answer without an answer', [[0, { is: 'done', replayed: false }]]],
    ['an effect that is none', [[0, { is: 'unavailable', effect: 'maybe', retryAfterMs: 1 }]]],
    ['a word that is none', [[0, { is: 'yes' }]]],
    ['a third wire', [[0, { is: 'moved', view: 1, hops: 3 }]]],
  ])('is refused whole: %s', (_, data) => expect(() => checkPiece(data, 3)).toThrow(TypeError));
});

describe('weight', () => {
  it('is never less than the bytes of JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(weight(value)).toBeGreaterThanOrEqual(Buffer.byteLength(JSON.stringify(value)));
      }),
      { numRuns: runs(500) },
    );
    expect(weight('\u0000'.repeat(10))).toBeGreaterThanOrEqual(62);
  });

  it('of what no stack holds is told, not thrown', () => {
    const deep: unknown = JSON.parse('['.repeat(15_000) + ']'.repeat(15_000));
    expect(weight({ deep })).toBe(Infinity);
  });

  it('is not much more for what travels', () => {
    const row = rowOf(one, 10_000);
    expect(weight(row)).toBeLessThan(2 * JSON.stringify(row).length);
  });
});
