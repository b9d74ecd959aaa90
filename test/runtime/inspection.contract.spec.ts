import { describe, expect, it } from 'vitest';
import { RegistryFamily } from '../../src/runtime/aggregate/registry-family.js';
import { WAKE } from '../../src/runtime/aggregate/wake.js';
import type { Member } from '../../src/runtime/supervision/family.js';
import { Laboratory } from '../support/laboratory.js';
import { tally } from '../support/toy-aggregate.js';
import { shelf, TERM } from '../support/toy-shelf.js';

const lend = (id: string) => ({ type: 'lend', id });

async function opened(loans: readonly string[], options: { readonly group?: number } = {}) {
  const lab = new Laboratory({ aggregate: shelf, ...options });
  await lab.opened('s');
  for (const id of loans) lab.ask('s', lend(id));
  await lab.clock.settle();
  return { lab, family: new RegistryFamily(lab.registry) };
}

const inside = (member: Member | undefined): string[] | undefined => member?.inside?.list(50).map(({ name, depth }) => `${name} ${depth}`);

describe('I1 what lives inside an aggregate is shown inside it', () => {
  it('I1: its living companions, and no others', async () => {
    const { lab, family } = await opened(['a', 'b', 'c']);
    lab.ask('s', { type: 'back', id: 'b' });
    lab.ask('s', { type: 'look', id: 'ghost' });
    await lab.clock.settle();
    expect(inside(family.find('s'))).toEqual(['a 0', 'c 0']);
    expect(family.list(50).map(inside)).toEqual([['a 0', 'c 0']]);
    expect(family.find('s.a')).toEqual({ name: 'a', state: 'running', restarts: 0, depth: 0, lastError: null });
    for (const name of ['s.b', 's.ghost', 's.', 'x.a', 'a', '.a', 's.a.a']) expect([name, family.find(name)]).toEqual([name, undefined]);
  });

  it('I1: never more than asked for, although all are counted', async () => {
    const { family } = await opened(['a', 'b', 'c']);
    const { size, list } = family.find('s')!.inside!;
    expect([size, list(2).map(({ name }) => name), list(0)]).toEqual([3, ['a', 'b'], []]);
  });

  it('I1: how many of the demandes that wait are about each of them', async () => {
    const { lab, family } = await opened(['a', 'b'], { group: 1 });
    lab.storage.byHand = true;
    for (let n = 0; n < 5; n++) lab.ask('s', { type: 'peek' });
    for (const type of ['renew', 'look', 'renew']) lab.ask('s', { type, id: 'a' });
    lab.ask('s', WAKE);
    lab.clock.flush();
    const { depth, inside: within } = family.find('s')!;
    expect([depth > 3, within?.list(50).map(({ name, depth: about }) => `${name} ${about}`)]).toEqual([true, ['a 3', 'b 0']]);
    expect(family.find('s.a')?.depth).toBe(3);
  });

  it('I1: a kind without companions has nothing inside', async () => {
    const lab = new Laboratory({ aggregate: tally });
    await lab.opened('t');
    expect(new RegistryFamily(lab.registry).find('t')).toEqual({ name: 't', state: 'running', restarts: 0, depth: 0, lastError: null });
  });
});

describe('I2 a companion falls with its root, and comes back with it', () => {
  it('I2: its crash is the crash of its root; that of one that does not live there is nobody’s', async () => {
    const { lab, family } = await opened(['a']);
    expect([family.crash('s.ghost'), family.crash('x.a'), family.crash('a'), lab.registry.crashes]).toEqual([false, false, false, 0]);
    expect(family.crash('s.a')).toBe(true);
    expect([lab.registry.crashes, family.find('s')?.state, family.find('s.a')]).toEqual([1, 'starting', undefined]);
    await lab.clock.settle();
    expect(family.find('s.a')).toMatchObject({ name: 'a', state: 'running', restarts: 1, lastError: 'Crash button' });
  });

  it('I2: in quarantine nothing is shown inside', async () => {
    const { lab, family } = await opened(['a']);
    for (let n = 0; n < 4; n++) {
      family.crash('s');
      await lab.clock.settle();
    }
    expect([family.find('s')?.state, inside(family.find('s')) ?? [], family.find('s.a')]).toEqual(['quarantined', [], undefined]);
  });
});

describe('I3 applied timers are counted', () => {
  it('I3: once each, by what they put, when they are committed and not before', async () => {
    const { lab } = await opened(['a', 'b']);
    lab.storage.byHand = true;
    lab.clock.advance(TERM);
    lab.ask('s', WAKE);
    await lab.clock.settle();
    expect([...lab.registry.rung]).toEqual([]);
    lab.storage.finish();
    await lab.clock.settle();
    expect([...lab.registry.rung]).toEqual([['remind', 2]]);
  });

  it('I3: one that is refused is not', async () => {
    const { lab } = await opened([]);
    lab.ask('s', { type: 'arm', name: 'x', due: lab.clock.now() + 1, deed: 'refuse' });
    lab.clock.advance(5);
    lab.ask('s', WAKE);
    await lab.clock.settle();
    expect([[...lab.registry.rung], lab.registry.crashes > 0]).toEqual([[], true]);
  });
});
