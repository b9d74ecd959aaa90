import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { closedLoop, median } from '../support/load.js';
import { memberIds } from '../support/members.js';
import { line, title } from '../support/report.js';
import { BenchCluster, type Seat } from './cluster.js';
import type { Ground } from './ground.js';

/** Demandes of one round: every second one is asked at the owner. */
const ASKED = 1_200;
const MOST_MS = 1.5;

/** What the way to another instance costs one demande: one caller, one demande after another, at the owner and elsewhere in turn. */
export async function wire(ground: Ground, rounds: number): Promise<void> {
  title(`A demande asked elsewhere than at its owner, ${ground.engine}, one caller, on loopback`);
  const cluster = await BenchCluster.start(await ground.database(), 3, ASKED);
  const [local, forwarded, differences]: [number[], number[], number[]] = [[], [], []];
  try {
    for (const owner of cluster.seats) await warmUp(cluster, owner);
    for (let round = 0; round < rounds; round++) {
      const owner = cluster.seats[round % cluster.seats.length]!;
      const [here, there] = await alternate(owner, cluster.others(owner)[round % 2]!, await cluster.planAt(owner, ASKED));
      await cluster.quiet();
      local.push(here);
      forwarded.push(there);
      differences.push(there - here);
    }
  } finally {
    await cluster.clear();
  }
  const [cost, at, elsewhere] = [median(differences), median(local), median(forwarded)].map((value) => Math.max(value, 0.001));
  line({
    what: `forwarded costs at most ${MOST_MS} ms more at p50`,
    ratio: MOST_MS / cost!,
    unit: '× less',
    floor: 1,
    figures: `${cost!.toFixed(2)} ms more: ${elsewhere!.toFixed(2)} ms against ${at!.toFixed(2)} ms`,
  });
}

/** Every instance has worked for itself and for each other one: what is measured is the code that V8 has compiled. */
async function warmUp(cluster: BenchCluster, owner: Seat): Promise<void> {
  const seance = await cluster.planAt(owner, ASKED);
  const members = memberIds(ASKED);
  const callers = await Promise.all(Array.from({ length: 12 }, (_, i) => Caller.at(cluster.seats[i % cluster.seats.length]!.port)));
  await closedLoop(callers.length, ASKED, async (n) => {
    const caller = callers.pop()!;
    await caller.inscribe(seance, members[n]!);
    callers.unshift(caller);
  });
  for (const caller of callers) caller.end();
  await cluster.quiet();
}

/** The two medians, in milliseconds. */
async function alternate(owner: Seat, other: Seat, seance: string): Promise<readonly [local: number, forwarded: number]> {
  const callers = [await Caller.at(owner.port), await Caller.at(other.port)] as const;
  const waits: [number[], number[]] = [[], []];
  for (const [n, membre] of memberIds(ASKED).entries()) {
    // The order turns every two: neither side always comes right after a commit of the other.
    const side = (n ^ (n >> 1)) & 1;
    waits[side as 0 | 1].push(await callers[side as 0 | 1].inscribe(seance, membre));
  }
  for (const caller of callers) caller.end();
  return [median(waits[0]), median(waits[1])];
}

/** One kept connection, and nothing between it and the clock. */
class Caller {
  private constructor(private readonly socket: Socket) {}

  static at(port: number): Promise<Caller> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(new Caller(socket)));
      socket.once('error', reject);
    });
  }

  /** Milliseconds until the answer. */
  async inscribe(seance: string, membreId: string): Promise<number> {
    const body = JSON.stringify({ membreId });
    const head = `POST /api/v1/seances/${seance}/inscriptions HTTP/1.1\r\nHost: b\r\nContent-Type: application/json\r\n`;
    const answered = new Promise<Buffer>((resolve) => this.socket.once('data', resolve));
    const asked = performance.now();
    this.socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`);
    const answer = await answered;
    const waited = performance.now() - asked;
    if (answer.toString('latin1', 9, 12) !== '201') throw new Error(`answered: ${answer.toString()}`);
    return waited;
  }

  end(): void {
    this.socket.destroy();
  }
}
