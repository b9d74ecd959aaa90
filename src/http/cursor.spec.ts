import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCursor, writeCursor } from './cursor.js';
import { Problem } from './problem.js';

describe('le curseur', () => {
  it('se relit tel qu’il fut écrit', () => {
    const key = fc.oneof(fc.maxSafeInteger(), fc.stringMatching(/^[A-Za-z0-9_:-]{0,64}$/));
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 4 }), (keys) => {
        const shape = keys.map((one) => (typeof one === 'number' ? ('number' as const) : ('string' as const)));
        expect(readCursor(writeCursor(keys), shape)).toEqual(keys.map((one) => (one === 0 ? 0 : one)));
      }),
    );
  });

  it('quoi qu’on lui donne : les clefs attendues, ou curseur_invalide', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((json) => Buffer.from(json).toString('base64url')),
        ),
        (text) => {
          try {
            const keys = readCursor(text, ['number', 'string']);
            expect([typeof keys?.[0], typeof keys?.[1]]).toEqual(['number', 'string']);
          } catch (error) {
            expect(error).toBeInstanceOf(Problem);
            expect((error as Problem).code).toBe('curseur_invalide');
          }
        },
      ),
    );
  });

  it('sans curseur, la liste commence au début', () => expect(readCursor(undefined, ['number'])).toBeUndefined());
});
