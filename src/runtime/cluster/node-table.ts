/**
 * The table of nodes in the shared database: `node`, and the number of the view in `cluster`.
 *
 * - N1 every change of who is alive raises the view's number in its own transaction, before it touches a node: changes queue behind that row, so
 *   that a number names one set of members.
 * - N2 who reads nodes holds that row: what it reads belongs to the number that it read.
 * - N3 a death is a compare-and-set on `seen`: a touch that commits meanwhile saves its node.
 */
import type { Cell } from '../outbox/rows.js';
import type { RowTransaction, Storage } from '../outbox/storage.js';
import type { NodeRow, NodeTable, ProcessIdentity, Reading } from './node-port.js';
import type { Peer } from './peer.js';
import { SHOWN_MS } from './shown-nodes.js';
import { DEAD_MS } from './timing.js';

class Spared extends Error {}

export interface StoredNodesOptions {
  readonly storage: Pick<Storage, 'transact'>;
  readonly process: ProcessIdentity;
  /** Rows of `node` with state `alive`, read outside of the write lane. Absent: nobody is ever found frozen. */
  readonly read?: () => Promise<readonly Readonly<Record<string, unknown>>[]>;
}

export class StoredNodes implements NodeTable {
  constructor(private readonly options: StoredNodesOptions) {}

  join(me: Peer): Promise<Reading> {
    const { pid, host, started, boot } = this.options.process;
    return this.transact(async (tx) => {
      const view = await raise(tx);
      const now = await tx.now();
      // One that is not there any more is as dead as one that is.
      await tx.delete('node', { state: ['left', 'dead'], since: { atMost: now - SHOWN_MS } });
      await tx.delete('node', { state: ['left', 'dead'], id: me.id });
      for (const former of [{ id: me.id }, { address: me.address }])
        for (const row of await tx.select('node', { ...former, state: 'alive' })) await end(tx, text(row['incarnation']), 'dead', now);
      await tx.insert('node', [{ ...me, state: 'alive', since: now, seen: now, host, pid, started, boot }]);
      return { view, nodes: await nodes(tx) };
    });
  }

  touch(incarnation: string, known: number): Promise<Reading & { readonly alive: boolean }> {
    return this.transact(async (tx) => {
      const view = await current(tx);
      // Held before the own row is locked, in the order of those who change it.
      if (view !== known) await tx.hold('cluster', { id: 1 });
      const alive = (await tx.update('node', { seen: await tx.now() }, { incarnation, state: 'alive' })) === 1;
      if (alive && view === known) return { alive, view };
      return { alive, ...(await read(tx)) };
    });
  }

  async judge(incarnation: string): Promise<Reading | undefined> {
    try {
      return await this.transact(async (tx) => {
        const seen = await stale(tx, incarnation);
        const view = await raise(tx);
        const died = await end(tx, incarnation, 'dead', await tx.now(), { seen });
        if (!died) throw new Spared();
        return { view, nodes: await nodes(tx) };
      });
    } catch (error) {
      if (error instanceof Spared) return undefined;
      throw error;
    }
  }

  async leave(incarnation: string): Promise<Reading> {
    return this.transact(async (tx) => {
      await raise(tx);
      await end(tx, incarnation, 'left', await tx.now());
      return read(tx);
    });
  }

  async look(): Promise<readonly NodeRow[]> {
    return ((await this.options.read?.()) ?? []).map(node).filter(({ state }) => state === 'alive');
  }

  private transact<T>(work: (tx: RowTransaction) => Promise<T>): Promise<T> {
    return this.options.storage.transact(work, { urgent: true });
  }
}

async function current(tx: RowTransaction): Promise<number> {
  const [row] = await tx.select('cluster', { id: 1 });
  if (row === undefined) throw new Error('the table "cluster" has no row: restore it with (id 1, view 0)');
  return Number(row['view']);
}

/** N1. Tells the new number. */
async function raise(tx: RowTransaction): Promise<number> {
  for (;;) {
    const view = (await current(tx)) + 1;
    // Another raised it between the two statements: look again; each turn of this loop is somebody's success.
    if ((await tx.update('cluster', { view }, { id: 1, view: view - 1 })) === 1) return view;
  }
}

/** N2. */
async function read(tx: RowTransaction): Promise<Reading> {
  const [row] = await tx.hold('cluster', { id: 1 });
  return { view: Number(row?.['view']), nodes: await nodes(tx) };
}

async function nodes(tx: RowTransaction): Promise<NodeRow[]> {
  return (await tx.select('node', {})).map(node);
}

/** The last touch of a living incarnation that was not touched for `DEAD_MS`. A touch from the future is none: the clock was set back, and whoever lives touches again. */
async function stale(tx: RowTransaction, incarnation: string): Promise<number> {
  const [row] = await tx.select('node', { incarnation, state: 'alive' });
  const seen = Number(row?.['seen']);
  if (row === undefined || Math.abs((await tx.now()) - seen) < DEAD_MS) throw new Spared();
  return seen;
}

/** Ends a living incarnation, and its hold on the lease: the term stays, so that whoever claims it next has a higher one. False: it does not live, or not as `as`. */
async function end(
  tx: RowTransaction,
  incarnation: string,
  state: 'left' | 'dead',
  since: number,
  as: { readonly seen?: number } = {},
): Promise<boolean> {
  if ((await tx.update('node', { state, since }, { ...as, incarnation, state: 'alive' })) === 0) return false;
  await tx.update('lease', { holder: '', incarnation: '', expires: 0 }, { name: 'leader', incarnation });
  return true;
}

function node(row: Readonly<Record<string, unknown>>): NodeRow {
  return {
    id: text(row['id']),
    incarnation: text(row['incarnation']),
    address: text(row['address']),
    state: text(row['state']) as NodeRow['state'],
    since: Number(row['since']),
    seen: Number(row['seen']),
    host: text(row['host']),
    pid: Number(row['pid']),
    started: text(row['started']),
    boot: text(row['boot']),
  };
}

const text = (cell: unknown): string => cell as Cell & string;
