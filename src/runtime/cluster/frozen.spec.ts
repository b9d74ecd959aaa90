import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { Frozen, type FrozenOptions, type Lookout } from './frozen.js';
import type { NodeRow } from './node-port.js';
import { LEASE_MS, SUSPECT_MS } from './timing.js';

const HERE = { host: 'here', boot: 'this run' };
const LONG = LEASE_MS + 1;
const me = { id: 'n1', incarnation: 'n1.1', address: 'n1' };

describe('A frozen instance on SQLite', () => {
  let clock: VirtualClock;
  let rows: NodeRow[];
  let killed: number[];
  let said: string[];
  let stopped: boolean;
  let connected: boolean;
  let followed: string[];
  let started: Record<number, string>;

  beforeEach(() => {
    clock = new VirtualClock();
    [killed, said, followed, stopped, connected] = [[], [], [], false, false];
    started = { 2: '20', 3: '30' };
    rows = [row(2), row(3, { seen: clock.now() - 5 * LEASE_MS })];
  });

  const row = (pid: number, change: Partial<NodeRow> = {}): NodeRow => ({
    id: `n${pid}`,
    incarnation: `n${pid}.1`,
    address: `n${pid}`,
    state: 'alive',
    since: 0,
    seen: clock.now() - 2 * LEASE_MS,
    pid,
    started: `${pid}0`,
    ...HERE,
    ...change,
  });
  const watch = (change: Partial<FrozenOptions> = {}): Frozen =>
    new Frozen({
      table: { look: async () => rows },
      transport: { follow: (peers) => (followed = peers.map(({ id }) => id)), connected: () => connected },
      process: { pid: 1000, started: '1', ...HERE },
      kill: true,
      clock,
      report: (message) => said.push(message),
      processes: {
        find: (pid) => (started[pid] === undefined ? undefined : { started: started[pid], stopped }),
        kill: (pid) => void killed.push(pid),
      },
      ...change,
    });
  const member: Lookout = { me, member: true, suspect: () => true };
  const stranger: Lookout = { me, member: false, suspect: () => false };

  it('is ended, the one that was touched least lately, one at a time', async () => {
    const frozen = watch();
    await frozen.look(LONG, member);
    expect([killed, frozen.killed]).toEqual([[3], 1]);
    expect(said).toEqual([expect.stringMatching(/locked by n3 \(pid 3 on here\).*SIGKILL/)]);
  });

  it.each<[string, () => Promise<void>]>([
    ['the file has not been locked for longer than a lease', () => watch().look(LEASE_MS, member)],
    ['it is heard on the network', () => watch().look(LONG, { ...member, suspect: () => false })],
    ['it touched its row a moment ago', async () => ((rows = [row(2, { seen: clock.now() })]), watch().look(LONG, member))],
    ['it runs on another machine, or in another container', async () => ((rows = [row(2, { host: 'there' })]), watch().look(LONG, member))],
    ['the machine was restarted since', async () => ((rows = [row(2, { boot: 'the run before' })]), watch().look(LONG, member))],
    ['its pid is another process by now', async () => ((started = { 2: '21', 3: '31' }), watch().look(LONG, member))],
    ['its process is gone', async () => ((started = {}), watch().look(LONG, member))],
    ['nobody knows when it started', async () => ((rows = [row(2, { started: '' })]), watch().look(LONG, member))],
    ['this is not Linux', () => watch({ process: { pid: 1000, started: '', host: 'here', boot: '' } }).look(LONG, member)],
    ['it is this very process', async () => ((rows = [row(1000)]), watch().look(LONG, member))],
    ['it is switched off', () => watch({ kill: false }).look(LONG, member)],
  ])('is left alone when %s', async (_, look) => {
    await look();
    expect(killed).toEqual([]);
  });

  it('that may not be ended is said once, with what to do', async () => {
    const frozen = watch({ kill: false });
    for (let i = 0; i < 5; i++) await frozen.look(LONG, member);
    expect(said).toEqual([expect.stringMatching(/n3 \(pid 3 on here\).*SQLITE_KILL_FROZEN=false/)]);
    started = {};
    for (let i = 0; i < 5; i++) await watch().look(LONG, member);
    expect(said.at(-1)).toMatch(/the club waits; end it by hand/);
  });

  it('that cannot be ended is said, and does not stop the watch', async () => {
    const refuse = (): never => {
      throw new Error('EPERM');
    };
    const frozen = watch({ processes: { find: (pid) => ({ started: `${pid}0`, stopped }), kill: refuse } });
    await frozen.look(LONG, member);
    expect([frozen.killed, said]).toEqual([0, [expect.stringMatching(/ending it failed: end it by hand/)]]);
  });

  it('is found by one that has not joined only when its process is seen to be stopped, and after having listened', async () => {
    const frozen = watch();
    await frozen.look(LONG, stranger);
    clock.advance(SUSPECT_MS);
    await frozen.look(LONG, stranger);
    expect([followed, killed]).toEqual([['n2', 'n3'], []]);
    stopped = true;
    await frozen.look(LONG, stranger);
    expect(killed).toEqual([3]);
  });

  it('that answers meanwhile starts the wait of a stranger anew', async () => {
    stopped = true;
    const frozen = watch();
    await frozen.look(LONG, stranger);
    connected = true;
    clock.advance(SUSPECT_MS);
    await frozen.look(LONG, stranger);
    connected = false;
    await frozen.look(LONG, stranger);
    expect(killed).toEqual([]);
  });

  it('leaves the club waiting when the nodes cannot be read, and says so once', async () => {
    const frozen = watch({ table: { look: () => Promise.reject(new Error('unreadable')) } });
    for (let i = 0; i < 3; i++) await frozen.look(LONG, member);
    expect(said).toEqual([expect.stringMatching(/nodes cannot be read: the club waits/)]);
  });
});
