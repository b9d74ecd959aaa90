import {
  CommitUnknown,
  type GroupWrite,
  type RowTransaction,
  type Storage,
  StorageUnavailable,
  type StoredStream,
} from '../../src/runtime/outbox/storage.js';
import type { FakeNetwork, FakeNode } from './fake-network.js';
import { HandStorage } from './hand-storage.js';

/** The rows that all instances of a play share: `HandStorage`, with the heads' quarantines. */
export class SharedRows extends HandStorage {
  readonly quarantines = new Map<string, number>();
  /** False: a demande that is stored already is stored again. What no database would do. */
  dedupes = true;

  override async load(streams: readonly string[], settled = false): Promise<StoredStream[]> {
    return (await super.load(streams, settled)).map((one) => {
      const until = this.quarantines.get(one.stream);
      return until === undefined ? one : { ...one, quarantinedUntil: until };
    });
  }

  override async commit(group: GroupWrite): Promise<void> {
    if (!this.dedupes) for (const [scope, id] of [...group.demandes, ...group.absent]) this.stored.delete(`${scope}\n${id}`);
    await super.commit(group);
  }

  override transact<T>(work: (tx: RowTransaction) => Promise<T>): Promise<T> {
    const updateAll: RowTransaction['updateAll'] = async (_table, _key, rows) => {
      const known = rows.filter(({ id }) => this.heads.has(String(id)));
      for (const { id, quarantined_until: until } of known) this.quarantines.set(String(id), Number(until));
      return known.length;
    };
    return work({ updateAll } as RowTransaction);
  }
}

/**
 * One database for the instances of a play. Requests and answers take a few milliseconds; a request on its way arrives whatever becomes of who sent
 * it, and who is paused hears the answer when it goes on.
 */
export class SharedDatabase {
  readonly rows = new SharedRows();
  /** Names of the nodes that cannot reach it. */
  readonly unreachable = new Set<string>();

  /** Milliseconds that a request takes, and as many its answer. */
  lag: readonly [min: number, max: number] = [1, 3];

  constructor(private readonly network: FakeNetwork) {}

  /** `node`'s connection. */
  client(node: FakeNode): Storage {
    const { rows } = this;
    const commit = (group: GroupWrite): Promise<void> =>
      this.request(
        node,
        async () => {
          await rows.commit(group);
          const written = group.facts.map(([stream, version, , , id]) => `${id} as ${stream} v${version}`);
          if (written.length > 0) this.network.note(`${node.name} writes ${written.join(', ')}`);
        },
        true,
      );
    const own: Partial<Storage> = {
      commit,
      examine: (group) => this.request(node, () => rows.examine(group)),
      rehearse: (parts) => this.request(node, () => rows.rehearse(parts)),
      load: (streams, settled) => this.request(node, () => rows.load(streams, settled)),
      demandes: (keys) => this.request(node, () => rows.demandes(keys)),
      transact: (work) => this.request(node, () => rows.transact(work)),
    };
    return own as Storage;
  }

  /** Runs `work` at the database. `writes`: when the answer does not come back, nobody knows. */
  request<T>(node: FakeNode, work: () => Promise<T>, writes = false): Promise<T> {
    const { network } = this;
    return new Promise<T>((resolve, reject) => {
      const later = (run: () => void): void => void network.schedule(node, network.between(...this.lag), true, run);
      if (this.unreachable.has(node.name)) return later(() => reject(new StorageUnavailable('cut off')));
      network.after(network.between(...this.lag), () => {
        const worked = work();
        const cut = this.unreachable.has(node.name);
        const lost = new (writes ? CommitUnknown : StorageUnavailable)('cut off');
        worked.then(
          (value) => later(() => (cut ? reject(lost) : resolve(value))),
          (error: Error) => later(() => reject(cut ? lost : error)),
        );
      });
    });
  }
}
