/** A store in memory with the contract of `Store`, for time that a test drives: everything resolves by microtasks. */
import { NO_GIFTS, type Slot } from '../../src/modules/crdt/pn-counter.js';
import type { Entry } from '../../src/modules/crdt/counters.js';
import {
  type Batch,
  type Loaded,
  type Movement,
  type Product,
  type SlotWrite,
  type Store,
  StoreBusy,
  StoreFailed,
  StoreUnusable,
} from '../../src/modules/crdt/store.js';

type Row = Entry & { readonly replica: string };
type SlotRow = SlotWrite & { readonly archived: boolean };

/** What lies on the disk. A copy of it is a backup. */
export interface Image {
  readonly entries: ReadonlyMap<string, Row>;
  readonly slots: ReadonlyMap<Slot, SlotRow>;
  readonly movements: readonly Movement[];
  readonly products: ReadonlyMap<string, Product>;
}

interface Disk {
  /** Of every movement: scope and demande id. */
  demandes: Set<string>;
  entries: Map<string, Row>;
  slots: Map<Slot, SlotRow>;
  movements: Movement[];
  products: Map<string, Product>;
  holder: MemoryStore | undefined;
  doubt: string | undefined;
  club: string | undefined;
  /** What other clubs left here. */
  readonly aside: Map<string, Disk>;
}

/** How the next commit fails: `before` writes nothing and says so, `lost` writes nothing and does not know, `after` writes and does not know. */
export type CommitFailure = 'before' | 'lost' | 'after';

const demande = ({ scope, operation }: Movement): string => `${scope}\0${operation}`;

const emptyDisk = (): Disk => ({
  demandes: new Set(),
  entries: new Map(),
  slots: new Map(),
  movements: [],
  products: new Map(),
  holder: undefined,
  doubt: undefined,
  club: undefined,
  aside: new Map(),
});

export class MemoryStore implements Store {
  /** Batches that were made durable through this object. */
  readonly written: Batch[] = [];
  /** Queries for demande ids. */
  lookups = 0;
  /** Every opening, commit and read fails while it is set. */
  down: Error | undefined;
  private failures: CommitFailure[] = [];
  private gate: Promise<void> = Promise.resolve();
  private readonly silence = new Promise<never>(() => undefined);
  private dead = false;
  private opened = false;
  private club: string | undefined;

  private constructor(
    readonly instance: string,
    private readonly disk: Disk,
  ) {}

  /** On an empty disk of its own. */
  static fresh(instance: string): MemoryStore {
    return new MemoryStore(instance, emptyDisk());
  }

  /**
   * The process dies: calls on this store never come back and change nothing any more. Returns the store of the next process on the
   * same disk.
   */
  crash(): MemoryStore {
    this.dead = true;
    if (this.disk.holder === this) this.disk.holder = undefined;
    return new MemoryStore(this.instance, this.disk);
  }

  /** Another process that wants the same disk; it is busy until this one closes or crashes. */
  rival(): MemoryStore {
    return new MemoryStore(this.instance, this.disk);
  }

  /** A backup. */
  image(): Image {
    const { entries, slots, movements, products } = this.disk;
    return { entries: new Map(entries), slots: new Map(slots), movements: [...movements], products: new Map(products) };
  }

  /** Puts a backup back; the next opening finds it in doubt unless nobody can tell (`doubt` undefined: written over the same file). */
  putBack(image: Image, doubt: string | undefined): void {
    const { entries, slots, movements, products } = image;
    Object.assign(this.disk, { entries: new Map(entries), slots: new Map(slots), movements: [...movements], products: new Map(products) });
    this.disk.demandes = new Set(movements.map(demande));
    this.disk.doubt = doubt;
  }

  /** The next commits fail, one after the other, so. */
  fail(...failures: CommitFailure[]): void {
    this.failures.push(...failures);
  }

  /** Commits wait, unwritten, until the returned function is called. */
  hold(): () => void {
    let free!: () => void;
    this.gate = new Promise<void>((resolve) => (free = resolve));
    return free;
  }

  async open(): Promise<Loaded> {
    await this.turn();
    const { disk } = this;
    if (disk.holder !== undefined && disk.holder !== this) throw new StoreBusy('another process has the store');
    if (this.down !== undefined) throw new StoreUnusable(this.down.message);
    disk.holder = this;
    this.opened = true;
    const aside = this.ownClub();
    const { doubt } = disk;
    disk.doubt = undefined;
    if (doubt !== undefined) {
      for (const [slot, row] of disk.slots) {
        if (row.own && row.replica === this.instance) disk.slots.set(slot, { ...row, doubt: row.doubt ?? doubt });
      }
    }
    return { ...this.loaded(doubt), aside };
  }

  async belong(club: string): Promise<boolean> {
    this.club = club;
    await this.gate;
    await this.turn();
    this.usable();
    this.disk.club ??= club;
    this.opened = this.disk.club === club;
    return this.opened;
  }

  async commit(batch: Batch): Promise<void> {
    await this.gate;
    await this.turn();
    this.usable();
    const failure = this.failures.shift();
    if (failure === 'before') throw new StoreFailed('not_executed', 'the disk is full');
    if (failure === 'lost') throw new StoreFailed('unknown', 'the disk did not answer');
    this.write(batch);
    this.written.push(batch);
    if (failure === 'after') throw new StoreFailed('unknown', 'the disk did not answer');
  }

  async answered(ids: readonly (readonly [string, string])[]): Promise<Movement[]> {
    this.lookups++;
    const asked = new Set(ids.map((id) => id.join('\0')));
    return this.read(({ movements }) => movements.filter(({ scope, operation }) => asked.has(`${scope}\0${operation}`)));
  }

  named(ids: readonly string[]): Promise<Movement[]> {
    return this.read(({ movements }) => movements.filter(({ id }) => ids.includes(id)));
  }

  movements(product: string, before: string | undefined, limit: number): Promise<Movement[]> {
    return this.read(({ movements }) => {
      const end =
        before === undefined
          ? movements.length
          : Math.max(
              0,
              movements.findIndex(({ id }) => id === before),
            );
      return movements
        .slice(0, end)
        .filter((one) => one.product === product)
        .toReversed()
        .slice(0, limit);
    });
  }

  rowsOf(slot: Slot): Promise<Entry[]> {
    return this.read(({ entries }) => [...entries.values()].filter((entry) => entry.slot === slot).map(withoutReplica));
  }

  archive(slot: Slot): Promise<void> {
    return this.read(({ slots }) => void slots.set(slot, { ...slots.get(slot)!, archived: true }));
  }

  restore(slot: Slot): Promise<void> {
    return this.read(({ slots }) => void slots.set(slot, { ...slots.get(slot)!, archived: false }));
  }

  prune(before: number, limit: number): Promise<number> {
    return this.read((disk) => {
      const gone = new Set(disk.movements.slice(0, limit).filter(({ at }) => at < before));
      for (const movement of gone) disk.demandes.delete(demande(movement));
      disk.movements = disk.movements.filter((movement) => !gone.has(movement));
      return gone.size;
    });
  }

  async close(): Promise<void> {
    await this.turn();
    this.opened = false;
    if (this.disk.holder === this) this.disk.holder = undefined;
  }

  private ownClub(): string | undefined {
    const { disk, club } = this;
    if (club !== undefined) disk.club ??= club;
    if (club === undefined || disk.club === club) return undefined;
    disk.aside.set(disk.club!, { ...disk });
    Object.assign(disk, disk.aside.get(club) ?? emptyDisk(), { aside: disk.aside, holder: this, club });
    return 'another club’s are kept aside';
  }

  private async turn(): Promise<void> {
    await Promise.resolve();
    if (this.dead) await this.silence;
  }

  private usable(): void {
    if (this.down !== undefined) throw new StoreFailed('not_executed', this.down.message);
    if (!this.opened) throw new StoreFailed('not_executed', 'the store is not open');
  }

  private async read<T>(look: (disk: Disk) => T): Promise<T> {
    await this.turn();
    this.usable();
    return look(this.disk);
  }

  private write({ entries, slots, movements, undone, products }: Batch): void {
    const { disk } = this;
    const twin = movements.find((one) => disk.demandes.has(demande(one)));
    if (twin !== undefined) throw new StoreFailed('not_executed', `the demande ${twin.operation} has made a movement before`);
    for (const entry of entries) disk.entries.set(`${entry.slot} ${entry.product}`, entry);
    for (const slot of slots) {
      const before = disk.slots.get(slot.slot);
      const doubt = before?.doubt ?? slot.doubt;
      const version = Math.max(slot.version, before?.version ?? 0);
      disk.slots.set(slot.slot, { ...slot, version, archived: before?.archived ?? false, ...(doubt !== undefined && { doubt }) });
    }
    for (const movement of movements) {
      disk.demandes.add(demande(movement));
      disk.movements.push(movement);
    }
    const by = new Map(undone);
    if (by.size > 0) disk.movements = disk.movements.map((one) => ({ ...one, undoneBy: by.get(one.id) ?? one.undoneBy }));
    for (const product of products) disk.products.set(product.produit, product);
  }

  private loaded(doubt: string | undefined): Loaded {
    const { disk } = this;
    const summed = (entry: Row): boolean => disk.slots.get(entry.slot)!.archived && disk.products.get(entry.product)?.borne === false;
    const all = [...disk.entries.values()];
    return {
      entries: all.filter((entry) => !summed(entry)),
      slots: [...disk.slots.values()].map((row) => ({
        ...row,
        own: row.own && row.replica === this.instance,
        doubt: row.doubt,
      })),
      archived: all.filter(summed).map(({ product, replica, tally: { plus, minus } }) => ({ product, replica, plus, minus })),
      products: [...disk.products.values()],
      lastMovements: [...new Map(disk.movements.map((one) => [one.product, one])).values()].filter((one) => disk.products.has(one.product)),
      doubt,
    };
  }
}

function withoutReplica({ product, slot, tally, changed }: Row): Entry {
  return { product, slot, tally: { ...tally, given: tally.given.size === 0 ? NO_GIFTS : new Map(tally.given) }, changed };
}
