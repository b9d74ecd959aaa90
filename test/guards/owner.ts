import { openStorage } from '../../src/database/open-storage.js';
import { tableSchema } from '../../src/database/schema.js';
import { membresTables } from '../../src/modules/membres/membres.tables.js';
import { ecouterPourAviser } from '../../src/modules/notifications/notifications.listener.js';
import { notificationsTables } from '../../src/modules/notifications/notifications.tables.js';
import { ecouterLesPrets } from '../../src/modules/notifications/prets.listener.js';
import { ecouterLesSeances } from '../../src/modules/paiements/paiements.listener.js';
import { paiementsTables } from '../../src/modules/paiements/paiements.tables.js';
import type { Demande as DemandeDePret, Reponse as ReponseDePret } from '../../src/modules/prets/mots.js';
import { pretsTables } from '../../src/modules/prets/prets.tables.js';
import type { Reponse } from '../../src/modules/reunions/reponses.js';
import { reunionsTables } from '../../src/modules/reunions/reunions.tables.js';
import { creerSeance, type Demande } from '../../src/modules/reunions/seance.js';
import type { Asks, Envelope, Outcome } from '../../src/runtime/aggregate/outcome.js';
import type { Registry } from '../../src/runtime/aggregate/registry.js';
import { WAKE } from '../../src/runtime/aggregate/wake.js';
import { type Clock, systemClock } from '../../src/runtime/clock.js';
import { Machine } from '../../src/runtime/machine.js';
import { timerTable } from '../../src/runtime/outbox/machine-tables.js';
import type { Storage } from '../../src/runtime/outbox/storage.js';
import { DEFAULT_CRASH_POLICY } from '../../src/runtime/supervision/quarantine.js';
import type { TestDatabase } from '../support/databases.js';
import { ouvrage } from '../support/prets.js';
import { fiche } from '../support/seances.js';

const ofModules = [...membresTables, ...reunionsTables, ...pretsTables, ...paiementsTables, ...notificationsTables];
/** Of the modules, and the machine's own that facts write to. */
export const clubTables = [...ofModules.map((table) => tableSchema(table)), timerTable];
export const seance = creerSeance({ tardifHeures: 24, gelHeures: 2, delaiOffreHeures: 24 });

export interface OwnerOptions {
  readonly storage?: Storage;
  readonly clock?: Clock;
  /** How often an aggregate may crash before quarantine; more than enough when absent. */
  readonly crashes?: number;
}

/** What may be said of the envelope. */
type More = Partial<Envelope> & { readonly deadlineMs?: number };

let demandes = 0;

/**
 * One machine with séances and titles on a database: an owner in its own right, as a whole instance would be. Several may share a database;
 * nothing but the guards keeps them apart.
 */
export class Owner {
  readonly seances: Asks<Demande, Reponse>;
  readonly ouvrages: Asks<DemandeDePret, ReponseDePret>;
  /** What hosts the séances: to start, stop and crash them. */
  readonly registry: Registry;

  private constructor(
    readonly machine: Machine,
    /** What it would have written into its log. */
    readonly reports: readonly { readonly message: string; readonly error: unknown }[],
  ) {
    this.seances = machine.host(seance);
    this.ouvrages = machine.host(ouvrage);
    this.registry = machine.registries.get('seance')!;
    machine.listen(ecouterLesSeances);
    machine.listen(ecouterPourAviser(false));
    machine.listen(ecouterLesPrets(false));
  }

  static async on(database: TestDatabase, options: OwnerOptions = {}): Promise<Owner> {
    const owner = Owner.unopened(options.storage ?? openStorage(database.url), options);
    await owner.machine.open();
    return owner;
  }

  /** One that shares a storage which is open already. */
  static unopened(storage: Storage, { clock = systemClock, crashes = 1000 }: OwnerOptions = {}): Owner {
    const reports: { message: string; error: unknown }[] = [];
    const machine = new Machine({
      storage,
      clock,
      journal: { group: 100, queue: 10_000 },
      registry: {
        mailbox: 4096,
        living: 1000,
        idleMs: 600_000,
        crashes: { ...DEFAULT_CRASH_POLICY, restarts: crashes },
      },
      migrate: async () => undefined,
      report: (message, error) => void reports.push({ message, error }),
    });
    machine.declare(clubTables);
    const owner = new Owner(machine, reports);
    for (const registry of machine.registries.values()) registry.start();
    return owner;
  }

  ask(stream: string, demande: Demande, more: More = {}): Promise<Outcome<Reponse>> {
    return this.seances.ask(stream, demande, this.envelope(demande, more));
  }

  /** As `ask`, of a title. */
  askOuvrage(stream: string, demande: DemandeDePret, more: More = {}): Promise<Outcome<ReponseDePret>> {
    return this.ouvrages.ask(stream, demande, this.envelope(demande, more));
  }

  /** As the leader's duty does: whatever is due there. */
  wake(stream: string): Promise<Outcome> {
    const asks: Asks<never, unknown> = stream.startsWith('ouv_') ? this.ouvrages : this.seances;
    return asks.ask(stream, WAKE as never, { ...this.envelope(WAKE, {}), scope: 'machine', hash: WAKE.type });
  }

  private envelope(demande: object, { deadlineMs = 10_000, ...given }: More): Envelope {
    const { clock } = this.machine;
    return {
      scope: 'test',
      id: `demande-${++demandes}`,
      minted: given.id === undefined,
      acteur: null,
      instant: clock.now(),
      hash: JSON.stringify(demande),
      deadline: clock.monotonic() + deadlineMs,
      ...given,
    };
  }

  async stop(): Promise<void> {
    this.machine.relay.stop();
    for (const registry of this.machine.registries.values()) await registry.stop(2_000);
    await this.machine.journal.drained();
    await this.machine.storage.close();
  }
}

/** A séance to come, priced, of so many places. */
export function planifier(id: string, places: number): Demande {
  return { type: 'planifier', ...fiche, id, places, debut: '2036-03-10T19:00:00.000Z', fin: '2036-03-10T21:00:00.000Z' };
}

/** The members `prefix0`, `prefix1`… on record. */
export async function members(storage: Storage, count: number, prefix = 'mem_'): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, i) => `${prefix}${i}`);
  const rows = ids.map((id) => ({ id, nom: id, courriel: null, suspendu_jusqua: null, cree_le: 1, efface_le: null, version: 1 }));
  await storage.transact((tx) => tx.insert('membre', rows));
  return ids;
}
