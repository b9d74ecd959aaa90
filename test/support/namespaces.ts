import { execFileSync } from 'node:child_process';
import type { Network, Spot } from './network.js';

/** What is answered by nobody: the address of an interface that does not exist. */
const NOBODY = '02:00:00:00:00:99';
const PREFIX = 'mc';

interface Place {
  readonly space: string;
  readonly ip: string;
  /** The end of its cable at the bridge. */
  readonly end: string;
}

const open = new Set<Namespaces>();
process.on('exit', () => {
  for (const one of open) one.remove();
});

/**
 * A real network: each instance in a network namespace of its own, with a cable of its own to one bridge, on which the tests call too.
 * A cut is a wrong hardware address for the other one, in the sender's namespace: its packets leave and nobody takes them; TCP sends them again.
 * Needs root and `ip`. Every name holds the pid of this process: what a killed run has left is removed by the next.
 */
export class Namespaces implements Network {
  readonly name = 'network namespaces';
  private readonly places = new Map<string, Place>();
  private readonly cuts = new Set<string>();
  private readonly bridge: string;
  private readonly net: string;
  private static made = 0;

  constructor() {
    const mine = `${process.pid}${'abcdefghij'[Namespaces.made++ % 10]}`;
    this.bridge = `${PREFIX}${mine}`;
    this.net = freeNet();
    open.add(this);
    ip('link', 'add', this.bridge, 'type', 'bridge');
    ip('addr', 'add', `${this.net}.254/24`, 'dev', this.bridge);
    ip('link', 'set', this.bridge, 'up');
  }

  /** Why they cannot be made here; undefined: they can. */
  static impossible(): string | undefined {
    let probe: Namespaces | undefined;
    try {
      sweep();
      probe = new Namespaces();
      probe.lay('probe');
      return undefined;
    } catch (error) {
      return String((error as { stderr?: unknown }).stderr ?? error).trim();
    } finally {
      probe?.remove();
    }
  }

  async place(id: string, port: number): Promise<Spot> {
    const { space, ip: host } = this.lay(id);
    return { host, within: ['ip', 'netns', 'exec', space], address: `${host}:${port}` };
  }

  cut(from: string, to: string): void {
    this.cuts.add(`${from} ${to}`);
    ip('-n', this.of(from).space, 'neigh', 'replace', this.of(to).ip, 'lladdr', NOBODY, 'dev', 'eth0', 'nud', 'permanent');
  }

  part(some: readonly string[], others: readonly string[]): void {
    for (const one of some)
      for (const other of others) {
        this.cut(one, other);
        this.cut(other, one);
      }
  }

  mend(): void {
    for (const way of this.cuts) {
      const [from, to] = way.split(' ') as [string, string];
      ip('-n', this.of(from).space, 'neigh', 'del', this.of(to).ip, 'dev', 'eth0');
    }
    this.cuts.clear();
  }

  /** Segments that TCP sent again, in all namespaces. */
  get dropped(): number {
    return [...this.places.values()].reduce((sum, { space }) => sum + retransmitted(space), 0);
  }

  async close(): Promise<void> {
    this.remove();
  }

  /** Whatever happens; a process that still runs inside is left without a network. */
  remove(): void {
    for (const { space, end } of this.places.values()) {
      attempt('netns', 'del', space);
      attempt('link', 'del', end);
    }
    attempt('link', 'del', this.bridge);
    this.places.clear();
    open.delete(this);
  }

  private lay(id: string): Place {
    const n = this.places.size + 1;
    const place = { space: `${this.bridge}-${n}`, ip: `${this.net}.${n}`, end: `${this.bridge}${n}` };
    ip('netns', 'add', place.space);
    this.places.set(id, place);
    ip('link', 'add', place.end, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', place.space);
    ip('link', 'set', place.end, 'master', this.bridge, 'up');
    ip('-n', place.space, 'addr', 'add', `${place.ip}/24`, 'dev', 'eth0');
    for (const device of ['lo', 'eth0']) ip('-n', place.space, 'link', 'set', device, 'up');
    return place;
  }

  private of(id: string): Place {
    const place = this.places.get(id);
    if (place === undefined) throw new Error(`no place for ${id}`);
    return place;
  }
}

function ip(...args: readonly string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function attempt(...args: readonly string[]): void {
  try {
    ip(...args);
  } catch {
    // It is gone already.
  }
}

/** 10.x.y, in which this machine has nothing yet. */
function freeNet(): string {
  const used = ip('-4', 'route', 'show');
  for (let i = process.pid; i < process.pid + 16_000; i++) {
    const net = `10.${64 + ((i >> 8) % 64)}.${i & 255}`;
    if (!used.includes(`${net}.`)) return net;
  }
  throw new Error('no free network in 10.64.0.0/10');
}

/** What a killed run has left: the instances inside, too, that nobody ends any more. Deleting a link deletes its other end. */
function sweep(): void {
  const spaces = ip('netns', 'list').match(/^mc\d+[a-j]-\d+/gm) ?? [];
  const links = ip('-o', 'link', 'show', 'type', 'bridge').match(/mc\d+[a-j](?=:)/g) ?? [];
  for (const space of spaces.filter(isLeft)) {
    for (const pid of ip('netns', 'pids', space).split('\n').filter(Boolean)) process.kill(Number(pid), 'SIGKILL');
    attempt('netns', 'del', space);
  }
  for (const link of links.filter(isLeft)) attempt('link', 'del', link);
}

function isLeft(name: string): boolean {
  try {
    process.kill(Number(/\d+/.exec(name)![0]), 0);
    return false;
  } catch {
    return true;
  }
}

function retransmitted(space: string): number {
  const [names = [], values = []] = ip('netns', 'exec', space, 'cat', '/proc/net/snmp')
    .split('\n')
    .filter((line) => line.startsWith('Tcp:'))
    .map((line) => line.split(' '));
  return Number(values[names.indexOf('RetransSegs')]);
}
