import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../../test/support/runs.js';
import { Alarm, Alarms } from './alarms.js';
import { WAKE } from './wake.js';

describe('armed timers', () => {
  it('whatever is armed and cleared, the next one is the first by due, stream and name', () => {
    const key = fc.tuple(fc.constantFrom('s', 'a', 'b'), fc.integer({ min: 0, max: 15 }), fc.integer({ min: 0, max: 20 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.boolean()), { maxLength: 80 }), (steps) => {
        const [alarms, model] = [new Alarms(), new Map<string, [number, string, string]>()];
        for (const [[stream, n, due], set] of steps) {
          const name = `n${n}`;
          const had = set ? alarms.set(new Alarm(stream, name, due, WAKE)) : alarms.clear(stream, name);
          expect(had).toBe(model.has(`${stream} ${name}`));
          if (set) model.set(`${stream} ${name}`, [due, stream, name]);
          else model.delete(`${stream} ${name}`);
          expect(alarms.find(stream, name)?.due).toBe(model.get(`${stream} ${name}`)?.[0]);
        }
        const order = [...model.values()].toSorted(([d, s, n], [e, t, m]) => d - e || (s + n < t + m ? -1 : 1));
        const popped: unknown[] = [];
        for (let next = alarms.due(100); next !== undefined; next = alarms.due(100)) {
          popped.push([next.due, next.stream, next.name]);
          alarms.clear(next.stream, next.name);
        }
        expect(popped).toEqual(order);
      }),
      { numRuns: runs(300) },
    );
  });
});
