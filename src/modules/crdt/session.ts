/** Replication from a start to its stop: what ends with it touches nothing afterwards. */
import type { Cancel, Clock } from '../../runtime/clock.js';
import { CallFailed, type Sender, type Transport } from '../../runtime/cluster/transport-port.js';
import type { Intake, Replicated } from './intake.js';
import type { Neighbour, Neighbours } from './neighbours.js';
import type { Slot } from './pn-counter.js';
import { Push, type PushFigures } from './push.js';
import { Repair, type RepairFigures } from './repair.js';
import { type Digest, KIND } from './sync-wire.js';
import type { ProductExchange } from './sync-products.js';

/** Between two digests to everybody. Raising it saves 1 kB each time, and delays the repair of what a push could not bring. */
export const DIGEST_MS = 2_000;
/** While the store is not open, how soon to look again. */
const CLOSED_MS = 250;
/** Least time between two digests that something caused. */
const SOON_MS = 100;
/** Digests kept of those to whom there is no connection yet. */
const MAX_STRAYS = 64;

export interface SessionDeps {
  readonly transport: Transport;
  readonly replica: Replicated;
  readonly neighbours: Neighbours;
  readonly intake: Intake;
  readonly products: ProductExchange;
  readonly clock: Clock;
  readonly report: (message: string, error?: unknown) => void;
  readonly figures: RepairFigures;
  readonly pushed: PushFigures;
  readonly onHeld: () => void;
}

export class Session {
  readonly push: Push;
  private readonly repairs = new Map<Neighbour, Repair>();
  private readonly reading = new Set<Slot>();
  private readonly strays = new Map<string, Digest>();
  private over = false;
  private tick: Cancel = () => {};
  private soon: Cancel | undefined;
  private ticked: number;
  private slot: Slot | undefined;

  constructor(private readonly deps: SessionDeps) {
    this.push = new Push(deps);
    this.ticked = deps.clock.monotonic();
    for (const neighbour of deps.neighbours.all) this.greet(neighbour);
    this.beat();
  }

  /** A connection has come up: both sides say at once what they know. */
  greet(neighbour: Neighbour): void {
    this.repairs.set(
      neighbour,
      new Repair(neighbour, { ...this.deps, push: this.push, reading: this.reading, onRepaired: () => this.spread() }),
    );
    this.push.begin(neighbour);
    this.tell([neighbour]);
    const early = this.strays.get(neighbour.peer.incarnation);
    this.strays.delete(neighbour.peer.incarnation);
    if (early !== undefined) this.hear(neighbour.peer, early);
  }

  /** The replica has changed, or has opened. */
  changed(): void {
    if (this.deps.intake.open && this.deps.replica.slot !== this.slot) this.spread();
    this.push.kick();
  }

  /** Tells everybody what is known now, soon. */
  spread(): void {
    this.soon ??= this.deps.clock.after(SOON_MS, () => {
      this.soon = undefined;
      this.tell(this.deps.neighbours.all);
    });
  }

  hear(from: Sender, digest: Digest): void {
    const { neighbours, products, report } = this.deps;
    const neighbour = neighbours.find(from);
    if (neighbour === undefined) return this.keep(from, digest);
    if (!this.deps.intake.open) return;
    neighbour.slot = digest.slot;
    this.repairs.get(neighbour)?.hear(digest);
    products.hear(neighbour, digest.products).catch((error: unknown) => {
      if (!(error instanceof CallFailed)) report(`The products of ${from.id} cannot be read`, error);
    });
  }

  end(): void {
    this.over = true;
    this.tick();
    this.soon?.();
    this.push.end();
    for (const repair of this.repairs.values()) repair.end();
  }

  private beat(): void {
    const { clock, neighbours, intake } = this.deps;
    const now = clock.monotonic();
    if (now - this.ticked > 2 * DIGEST_MS) neighbours.forgive();
    this.ticked = now;
    neighbours.cutSilent();
    for (const [neighbour, repair] of this.repairs) if (neighbour.over) this.forget(neighbour, repair);
    this.tell(neighbours.all);
    this.push.kick();
    // Jitter: digests of all instances would otherwise meet in one moment for ever.
    this.tick = clock.after(intake.open ? DIGEST_MS * (0.9 + clock.chance() / 5) : CLOSED_MS, () => this.beat());
  }

  /** Its connection to us was faster than ours to it. */
  private keep({ incarnation }: Sender, digest: Digest): void {
    this.strays.delete(incarnation);
    this.strays.set(incarnation, digest);
    if (this.strays.size > MAX_STRAYS) this.strays.delete(this.strays.keys().next().value!);
  }

  private tell(to: readonly Neighbour[]): void {
    const { replica, intake, transport, products } = this.deps;
    if (this.over || !intake.open || to.length === 0) return;
    this.slot = replica.slot;
    const digest: Digest = { buckets: replica.counters.buckets(), products: products.digest, slot: replica.slot };
    for (const { peer } of to) transport.tell(peer, KIND.digest, digest);
  }

  private forget(neighbour: Neighbour, repair: Repair): void {
    repair.end();
    this.repairs.delete(neighbour);
  }
}
