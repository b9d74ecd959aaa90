/** Elections as plays: real electors and the real lease over a fake network and a database in memory. */
import { afterEach, describe, expect, it } from 'vitest';
import { Elector } from '../../src/modules/health/elector.js';
import { LEASE_MS, STABLE_MS, SUSPECT_MS } from '../../src/runtime/cluster/timing.js';
import { ElectionStage, type StageOptions } from '../support/election-stage.js';
import { intercept } from '../guards/intercept.js';

/** From a crash of the leader to the next mandate, whatever was under way. */
const FAILOVER_MS = 6_000;
const PLANNED_MS = 1_000;

let open: ElectionStage;
function stage(options: Partial<StageOptions> = {}): ElectionStage {
  open = new ElectionStage({ seed: 1, elector: Elector, record: true, ...options });
  return open;
}

/** Instances n1 … nn, of which the highest leads. */
async function led(n: number, options: Partial<StageOptions> = {}): Promise<ElectionStage> {
  const on = stage(options);
  on.boot(`n${n}`);
  await on.network.pass(100);
  for (let i = 1; i < n; i++) on.boot(`n${i}`);
  // Everybody has read the view and opened its connections.
  await on.network.pass(2_000);
  expect(leader(on)).toBe(`n${n}`);
  expect(on.agreed).toBe(true);
  return on;
}

const leader = (on: ElectionStage): string | undefined => on.leaders[0]?.node.name;
const agreed = (on: ElectionStage, limitMs: number): Promise<number> => on.network.until(() => on.agreed, limitMs);
/** What was said since `from`, without the times. */
const said = (on: ElectionStage, from: number): string[] =>
  on.network
    .transcript()
    .split('\n')
    .map((line) => /^t=([\d.]+) (.*)$/.exec(line)!)
    .filter(([, time]) => Number(time) >= from)
    .map(([, , text]) => text!);

afterEach(() => {
  expect(open.broken, open.network.transcript()).toEqual([]);
  expect(open.living.flatMap(({ reports }) => reports)).toEqual([]);
});

describe('an election', () => {
  it('one alone leads at once, in one transaction', async () => {
    const on = stage();
    const n1 = on.boot('n1');
    await on.network.until(() => on.agreed, 50);
    expect([n1.leadership.mandate?.number, n1.elector.last?.cause, n1.elector.counters.sent.election]).toEqual([1, 'start', 0]);
  });

  it('the leader crashes: the next one below waits for the rest of the lease, and leads', async () => {
    const on = await led(3);
    const from = on.network.now;
    on.network.crash('n3');
    expect(await agreed(on, FAILOVER_MS)).toBeLessThan(LEASE_MS + 500);
    expect(said(on, from)).toEqual([
      'n3 crashes',
      'n1 → n2 ELECTION(term 1)',
      'n2 → n1 ANSWER(term 1)',
      'n2 leads (term 2)',
      'n2 → n1 COORDINATOR(term 2)',
    ]);
    expect(on.instances.get('n2')!.elector.last).toMatchObject({ term: 2, cause: 'silence' });
  });

  it('a planned leave: the next one leads within a second', async () => {
    const on = await led(5);
    const from = on.network.now;
    void on.instances.get('n5')!.leave();
    expect(await on.network.until(() => on.agreed && leader(on) === 'n4', PLANNED_MS)).toBeLessThan(PLANNED_MS);
    expect(said(on, from)).toContain('n5 → n4 RESIGN(term 1, to )');
    expect(on.instances.get('n4')!.elector.last).toMatchObject({ cause: 'resignation' });
  });

  it('the leader and the next one crash during the election', async () => {
    const on = await led(4);
    on.network.crash('n4');
    await on.network.pass(400);
    on.network.crash('n3');
    expect(await agreed(on, FAILOVER_MS)).toBeLessThan(FAILOVER_MS);
    expect(leader(on)).toBe('n2');
  });

  it('the candidate crashes with the claim in flight: its lease runs out, and the next one leads', async () => {
    const on = await led(3);
    on.network.crash('n3');
    await on.network.until(() => on.mandates.length === 2 || on.instances.get('n2')!.elector.phase === 'claiming', FAILOVER_MS);
    on.network.crash('n2');
    expect(await agreed(on, 2 * LEASE_MS)).toBeLessThan(2 * LEASE_MS);
    expect(leader(on)).toBe('n1');
  });

  it('the highest returns: it follows, and is given the lead when it has been steady', async () => {
    const on = await led(3);
    on.network.crash('n3');
    await agreed(on, FAILOVER_MS);
    on.boot('n3');
    await on.network.pass(STABLE_MS - 1_000);
    expect(leader(on)).toBe('n2');
    // It came back once: a flap, and twice the time.
    await on.network.until(() => leader(on) === 'n3', 2 * STABLE_MS);
    const [gives] = on.mandates.slice(-1);
    expect(on.instances.get('n3')!.elector.last).toMatchObject({ cause: 'preemption', term: gives!.term });
    expect(on.instances.get('n2')!.elector.counters.preemptions).toBe(1);
  });

  it('all start at once: one leads within a second, and the highest in the end', async () => {
    const on = stage();
    on.bootAll(7);
    await agreed(on, 1_000);
    await on.network.until(() => leader(on) === 'n7' && on.agreed, 2 * STABLE_MS);
  });

  it('two instances do it as well as many', async () => {
    const on = await led(2);
    on.network.crash('n2');
    await agreed(on, FAILOVER_MS);
    expect(leader(on)).toBe('n1');
  });
});

describe('a network that lies', () => {
  it('the leader cannot be heard and has the database: it leads on, and the others know from its lease', async () => {
    const on = await led(3);
    on.network.partition(['n3'], ['n1', 'n2']);
    await on.network.pass(20_000);
    expect([leader(on), on.mandates.length]).toEqual(['n3', 1]);
    expect(on.instances.get('n2')!.leadership.leader?.id ?? 'n3').toBe('n3');
    on.network.heal();
    await agreed(on, FAILOVER_MS);
    expect(on.mandates.length).toBe(1);
  });

  it.each([
    ['away from the leader', 'n4', 'n2'],
    ['towards the leader', 'n2', 'n4'],
  ])('a one-way cut %s changes no leader', async (_, from, to) => {
    const on = await led(4);
    on.network.cut(from, to);
    await on.network.pass(15_000);
    expect([leader(on), on.mandates.length]).toEqual(['n4', 1]);
  });

  it('an even split keeps one leader, and agrees on it after the heal', async () => {
    const on = await led(4);
    on.network.partition(['n1', 'n2'], ['n3', 'n4']);
    await on.network.pass(15_000);
    expect(on.mandates.length).toBe(1);
    on.network.heal();
    await agreed(on, FAILOVER_MS);
  });

  it('a mutant lease that ignores its expiry is noticed: the halves duel', async () => {
    let deaf = false;
    const on = await led(4, {
      lease: (lease) =>
        intercept(lease, {
          claim: async (claimant) => {
            const held = deaf ? await lease.read() : undefined;
            if (held !== undefined) await lease.release({ number: held.term, incarnation: held.incarnation });
            return lease.claim(claimant);
          },
        }),
    });
    deaf = true;
    on.network.partition(['n1', 'n2'], ['n3', 'n4']);
    await on.network.pass(15_000);
    expect(on.mandates.length).toBeGreaterThan(2);
  });

  it.each(['COORDINATOR', 'RESIGN'])('%s is lost: a beat says the same a little later', async (kind) => {
    const on = await led(3, {
      transport: (transport) =>
        intercept(transport, {
          tell: (to, name, data) => (name.toUpperCase() === kind ? undefined : transport.tell(to, name, data)),
        }),
    });
    void on.instances.get('n3')!.leave();
    await on.network.until(() => leader(on) === 'n2' && on.agreed, FAILOVER_MS);
  });

  it('messages that come twice and in any order change nothing', async () => {
    const on = await led(4, { rough: true, weather: { loss: 0.1, duplication: 0.5, delay: [1, 400] } });
    on.network.crash('n4');
    await agreed(on, FAILOVER_MS + SUSPECT_MS);
  });
});

describe('pauses, clocks and the database', () => {
  it('a leader that sleeps in a transaction past its lease: the database ends it, another leads, and what wakes writes nothing', async () => {
    const on = await led(3);
    await on.network.until(() => on.inside === 'n3', FAILOVER_MS);
    on.network.pause('n3');
    await on.network.until(() => on.mandates.length === 2, FAILOVER_MS);
    const written = on.log.filter((term) => term === 1).length;
    await on.network.pass(5_000);
    on.network.resume('n3');
    await agreed(on, FAILOVER_MS);
    expect([leader(on), on.log.filter((term) => term === 1).length]).toEqual(['n2', written]);
  });

  it('a mutant without the fence is noticed: effects of an ended term come after those of a later one', async () => {
    const on = await led(3, { fence: async () => {} });
    for (let round = 0; round < 6 && on.broken.length === 0; round++) {
      const id = leader(on)!;
      on.network.pause(id);
      await on.network.until(() => on.mandates.at(-1)!.id !== id && on.log.at(-1) === on.mandates.at(-1)!.term, 20_000);
      on.network.resume(id);
      await agreed(on, 2 * FAILOVER_MS);
    }
    expect(on.broken.splice(0)).not.toEqual([]);
  });

  it('the database goes away: nobody leads; it comes back: one leads', async () => {
    const on = await led(3);
    on.cutOff.add('all');
    await on.network.pass(LEASE_MS);
    expect(leader(on)).toBeUndefined();
    await on.network.pass(20_000);
    const [before] = [on.mandates.length];
    on.cutOff.clear();
    await agreed(on, FAILOVER_MS);
    expect(on.mandates.length).toBe(before! + 1);
  });

  it('the leader alone loses the database: it resigns before its lease has run out, and another leads', async () => {
    const on = await led(3);
    on.cutOff.add('n3');
    await on.network.until(() => leader(on) === undefined, LEASE_MS);
    await agreed(on, FAILOVER_MS);
    expect(leader(on)).toBe('n2');
  });

  it('a lease that was taken away: the earlier leader stops at the first beat of the later one (rule 9)', async () => {
    const on = await led(3);
    const n3 = on.instances.get('n3')!;
    on.remove(n3.me.incarnation);
    on.boot('n4');
    await on.network.until(() => n3.leadership.mandate === undefined, FAILOVER_MS);
    await on.network.until(() => on.agreed, 3 * STABLE_MS);
  });

  it('wall clocks that are hours wrong, either way, change nothing', async () => {
    const on = await led(3);
    on.network.node('n3')!.skew = 7_200_000;
    on.network.node('n2')!.skew = -7_200_000;
    await on.network.pass(10_000);
    expect(on.mandates.length).toBe(1);
    on.network.crash('n3');
    expect(await agreed(on, FAILOVER_MS)).toBeLessThan(LEASE_MS + 500);
  });
});
