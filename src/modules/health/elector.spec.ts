import { describe, expect, it } from 'vitest';
import { intercept } from '../../../test/guards/intercept.js';
import { ElectionStage } from '../../../test/support/election-stage.js';
import type { Lease } from '../../runtime/cluster/lease.js';
import { PULSE_MS } from '../../runtime/cluster/timing.js';
import { Elector } from './elector.js';
import { checks } from './elector-wire.js';

/** One instance alone whose lease is partly the test's. */
function alone(lease: (real: Lease) => Lease = (real) => real) {
  const stage = new ElectionStage({ seed: 1, elector: Elector, lease });
  const { elector, leadership, reports } = stage.boot('n1');
  return { stage, network: stage.network, elector, leadership, reports };
}

/** A promise in the test's hands. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  return { opened: new Promise((resolve) => (open = resolve)), open: () => open() };
}

describe('what comes from the network', () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['no object', 'term'],
    ['no term', {}],
    ['an inherited term', Object.create({ term: 1, to: '' })],
    ['a negative term', { term: -1, to: '' }],
    ['half a term', { term: 0.5, to: '' }],
    ['too great a term', { term: 2 ** 60, to: '' }],
    ['a term as text', { term: '1', to: '' }],
  ])('%s is no message', (_, data) => {
    for (const { message } of checks) expect(() => message(data)).toThrow();
  });
  it('a resignation names somebody, or says that it names nobody', () => {
    const resign = checks.find(({ kind }) => kind === 'resign')!;
    expect(() => resign.message({ term: 1 })).toThrow();
    expect(() => resign.message({ term: 1, to: 'x'.repeat(257) })).toThrow();
    expect(resign.message({ term: 1, to: '', more: 1 })).toEqual({ is: 'resign', term: 1, to: '' });
  });
});

describe('an elector', () => {
  it('a lease that is granted after the leave is given back, before the leave ends', async () => {
    const wait = gate();
    const { stage, network, leadership } = alone((real) => intercept(real, { claim: (one) => wait.opened.then(() => real.claim(one)) }));
    const left = stage.instances.get('n1')!.leave();
    wait.open();
    await network.pass(100);
    await left;
    expect([leadership.mandate, stage.mandates, stage.free]).toEqual([undefined, [], true]);
  });

  it('a leave does not wait for a database that does not answer', async () => {
    const { stage, network } = alone((real) => intercept(real, { release: () => new Promise<void>(() => {}) }));
    await network.until(() => stage.agreed, 100);
    let left = false;
    void stage.instances
      .get('n1')!
      .leave()
      .then(() => (left = true));
    await network.until(() => left, 1_000);
  });

  it('a lease that is granted past its own time begins nothing', async () => {
    const wait = gate();
    const { stage, network } = alone((real) => intercept(real, { claim: (one) => wait.opened.then(() => real.claim(one)) }));
    await network.pass(4_000);
    wait.open();
    await network.pass(20);
    expect(stage.mandates).toEqual([]);
    await network.until(() => stage.agreed, 4 * PULSE_MS);
  });

  it('an error that is not the database’s absence is reported, and the election goes on', async () => {
    let fails = 2;
    const { stage, network, reports } = alone((real) =>
      intercept(real, { claim: (one) => (fails-- > 0 ? Promise.reject(new Error('a bug')) : real.claim(one)) }),
    );
    await network.until(() => stage.agreed, 4 * PULSE_MS);
    expect(reports.filter((one) => one instanceof Error)).toHaveLength(2);
  });

  it('starts again after a stop, under a new term', async () => {
    const { stage, network, elector, leadership } = alone();
    await network.until(() => stage.agreed, 100);
    const first = leadership.mandate!.number;
    // A life that was never stopped is replaced, and its mandate with it.
    const running = elector.start();
    expect(leadership.mandate).toBeUndefined();
    await network.until(() => leadership.mandate?.number === first + 1, 100);
    const stopped = running.stop();
    await network.pass(100);
    await stopped;
    expect([leadership.mandate, elector.phase, stage.free]).toEqual([undefined, 'left', true]);
    elector.start();
    await network.until(() => leadership.mandate?.number === first + 2, 100);
    await running.stop();
    expect(leadership.mandate).toBeDefined();
  });

  it('the own death ends the mandate before anything else; the next life is elected afresh', async () => {
    const { stage, network, leadership } = alone();
    await network.until(() => stage.agreed, 100);
    const { incarnation } = leadership.mandate!;
    stage.remove(incarnation);
    await network.until(() => leadership.mandate !== undefined && leadership.mandate.incarnation !== incarnation, 3 * PULSE_MS);
    expect(stage.broken).toEqual([]);
  });
});
