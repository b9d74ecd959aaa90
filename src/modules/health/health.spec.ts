import { describe, expect, it } from 'vitest';
import { type Living, mailboxStuck, partDown, publicationStuck, wakingStuck } from './progress.js';
import { Readiness } from './readiness.js';

describe('progress, not only life', () => {
  it.each([
    [29_999, 60_000, false],
    [60_000, 29_999, false],
    [30_000, 30_000, true],
  ])('a fact waits for %d ms and nothing was published for %d: stuck %s', (oldest, since, stuck) => {
    expect(publicationStuck(oldest, since) !== undefined).toBe(stuck);
  });

  it.each([
    [29_999, 60_000, false],
    [60_000, 29_999, false],
    [3_600_000, -Infinity, false],
    [30_000, 30_000, true],
  ])('a timer is %d ms late and the leader last moved %d ms ago: stuck %s', (overdue, since, stuck) => {
    expect(wakingStuck(overdue, since) !== undefined).toBe(stuck);
  });

  it.each([
    [undefined, false],
    [5_000, false],
    [-1_000, false],
    [-1_500, true],
  ])('the oldest demande had %s ms left: stuck %s', (left, stuck) => expect(mailboxStuck(left) !== undefined).toBe(stuck));

  it('a part that is down is found at any depth; members answer for themselves', () => {
    const node = (path: string, state: string, kind = 'child', ...children: Living[]): Living => ({ path, state, kind, children });
    const tree = (state: string): Living => node('', 'running', 'supervisor', node('a', 'running', 'supervisor', node('a.b', state)));
    expect(partDown(tree('running'))).toBeUndefined();
    expect(partDown(tree('stopped'))).toBe('a.b : stopped');
    expect(partDown(node('', 'running', 'family', node('sea_1', 'quarantined', 'member')))).toBeUndefined();
  });
});

describe('readiness', () => {
  it('nobody has added a check: not ready', async () => {
    expect(Object.values(await new Readiness().findings())).not.toContain(null);
  });

  it('every check is asked, one that throws has found something', async () => {
    const readiness = new Readiness();
    readiness.add('bien', () => undefined);
    readiness.add('mal', () => Promise.resolve('lent'));
    readiness.add('casse', () => Promise.reject(new Error('absent')));
    expect(await readiness.findings()).toEqual({ bien: null, mal: 'lent', casse: 'absent' });
  });
});
