import type { Compteurs } from './compteurs.js';
import type { Grappe } from './grappe.js';
import { type Compte, Epreuves } from './modules/health/epreuves.js';
import type { Clock } from './runtime/clock.js';
import type { Peer } from './runtime/cluster/peer.js';

const END = 'ordeal.end';
const COUNT = 'ordeal.count';
const TELL_MS = 2_000;
/** The answer leaves before the process does. */
const LAST_WORDS_MS = 100;
const LONGEST_MS = 20_000;
const COUNT_MS = 5_000;

interface Ground {
  readonly grappe: Grappe;
  readonly compteurs: Compteurs;
  readonly clock: Clock;
  /** Whether others may ask such things of this instance. */
  readonly allowed: boolean;
  /** Ends this process at once. */
  readonly end: () => void;
}

/** Something to count on this side, a while from now. The id makes it happen once. */
interface LaterCount extends Compte {
  readonly id: string;
  readonly afterMs: number;
}

/** At once, without a word to anybody. */
export const killed = (): void => void process.kill(process.pid, 'SIGKILL');

/** The ordeals of the guided tour, on the real cluster: each is told to the instance that it is about over the cluster port. */
export class EpreuvesDeGrappe extends Epreuves {
  private until = -Infinity;

  constructor(private readonly ground: Ground) {
    super();
    const { transport } = ground.grappe;
    if (!ground.allowed) return;
    transport.onCall(
      END,
      () => undefined,
      async () => this.end(),
    );
    transport.onCall(COUNT, checkCount, async (_, count) => void ground.clock.after(count.afterMs, () => void this.count(count)));
  }

  get isolee(): boolean {
    return this.ground.clock.monotonic() < this.until;
  }

  trouver(noeud: string): ReturnType<Epreuves['trouver']> {
    const { members } = this.ground.grappe;
    if (noeud === members.me.id) return 'moi';
    const peer = this.peer(noeud);
    if (peer === undefined) return 'inconnu';
    return members.reachable(peer) ? 'joignable' : 'injoignable';
  }

  voisin(): string | undefined {
    const { members } = this.ground.grappe;
    return members.view.members.find((peer) => peer.id !== members.me.id && members.reachable(peer))?.id;
  }

  async arreter(noeud: string): Promise<void> {
    if (noeud === this.ground.grappe.members.me.id) return this.end();
    await this.tell(noeud, END, {});
  }

  async isoler(dureeMs: number, voisin?: string, compte?: Compte): Promise<void> {
    const { grappe, clock } = this.ground;
    this.until = clock.monotonic() + dureeMs;
    try {
      const id = `${grappe.members.me.incarnation}-${Math.round(this.until)}`;
      if (voisin !== undefined && compte !== undefined) await this.tell(voisin, COUNT, { ...compte, id, afterMs: Math.floor(dureeMs / 2) });
    } catch (error) {
      this.until = -Infinity;
      throw error;
    }
    grappe.transport.isolate(dureeMs);
  }

  private end(): void {
    this.ground.clock.after(LAST_WORDS_MS, this.ground.end);
  }

  private async tell(noeud: string, kind: string, data: unknown): Promise<void> {
    const peer = this.peer(noeud);
    if (peer === undefined) throw new Error(`no member is called ${noeud}`);
    await this.ground.grappe.transport.call(peer, kind, data, { timeoutMs: TELL_MS, onPiece: () => undefined });
  }

  private async count({ id, produit, quantite }: LaterCount): Promise<void> {
    const { compteurs, clock } = this.ground;
    const deadline = clock.monotonic() + COUNT_MS;
    const envelope = { scope: 'machine', id, minted: false, acteur: null, instant: clock.now(), hash: 'ordeal', deadline };
    await compteurs.replica.perform(envelope, { type: 'change', product: produit, by: BigInt(quantite) });
  }

  private peer(noeud: string): Peer | undefined {
    return this.ground.grappe.members.view.members.find(({ id }) => id === noeud);
  }
}

function checkCount(data: unknown): LaterCount {
  const { id, produit, quantite, afterMs } = Object(data) as Record<string, unknown>;
  const within = (value: unknown, most: number): value is number => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= most;
  if (typeof id !== 'string' || id.length > 100 || typeof produit !== 'string' || produit.length > 60) throw new Error('no count');
  if (!within(quantite, 100) || !within(afterMs, LONGEST_MS)) throw new Error('a count is small, and soon');
  return { id, produit, quantite, afterMs };
}
