import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../../src/database/data-source.js';
import { openStorage } from '../../src/database/open-storage.js';
import { reunionsTables } from '../../src/modules/reunions/reunions.tables.js';
import type { MembreId } from '../../src/modules/membres/membre-id.js';
import { membresTables } from '../../src/modules/membres/membres.tables.js';
import { tableSchema } from '../../src/database/schema.js';
import { creerSeance, type Demande } from '../../src/modules/reunions/seance.js';
import type { Reponse } from '../../src/modules/reunions/reponses.js';
import { Registry } from '../../src/runtime/aggregate/registry.js';
import type { Asks, Envelope, Outcome } from '../../src/runtime/aggregate/outcome.js';
import { type Clock, systemClock } from '../../src/runtime/clock.js';
import { memberIds, seedMembers } from './members.js';
import { Machine } from '../../src/runtime/machine.js';
import { DEFAULT_CRASH_POLICY } from '../../src/runtime/supervision/quarantine.js';

/** A machine with séances on a database of its own, without HTTP. */
export class BenchClub {
  private constructor(
    readonly machine: Machine,
    readonly seances: Asks<Demande, Reponse>,
    readonly registry: Registry,
    readonly url: string,
    private readonly folder: string,
  ) {}

  static async open(databaseUrl?: string, clock: Clock = systemClock): Promise<BenchClub> {
    const folder = mkdtempSync(join(tmpdir(), 'monclub-bench-'));
    const url = databaseUrl ?? `sqlite:${join(folder, 'club.sqlite')}`;
    const machine = new Machine({
      storage: openStorage(url),
      clock,
      journal: { group: 4096, queue: 16_384 },
      registry: { mailbox: 4096, living: 200_000, idleMs: 600_000, crashes: DEFAULT_CRASH_POLICY },
      migrate: () => migrate(url),
      report: (message, error) => console.error(message, error),
    });
    const seances = machine.host(creerSeance({ tardifHeures: 24, gelHeures: 2, delaiOffreHeures: 24 }));
    machine.declare([...reunionsTables, ...membresTables].map((one) => tableSchema(one)));
    await machine.open();
    const registry = machine.registries.get('seance')!;
    registry.start();
    return new BenchClub(machine, seances, registry, url, folder);
  }

  async close(): Promise<void> {
    await this.leave();
    this.clean();
  }

  /** Closes, and leaves the database for another. */
  async leave(): Promise<void> {
    await this.registry.stop(10_000);
    await this.machine.storage.close();
  }

  clean(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  async membres(count: number): Promise<string[]> {
    const ids = memberIds(count);
    await seedMembers(this.machine.storage, ids);
    return ids;
  }

  inscrire(seance: string, membreId: string, asked: Envelope): Promise<Outcome> {
    return this.seances.ask(seance, { type: 'inscrire', membreId: membreId as MembreId, siComplet: 'attendre' }, asked);
  }

  desister(seance: string, membreId: string, asked: Envelope): Promise<Outcome> {
    return this.seances.ask(seance, { type: 'desister', membreId: membreId as MembreId }, asked);
  }

  /** Brings a cold séance to life, with a demande that changes nothing. */
  async wake(seance: string): Promise<void> {
    await this.seances.ask(seance, { type: 'rouvrirInscriptions' }, { ...envelope(seance), expectedVersion: -1 });
  }

  planifier(id: string, places: number): Promise<Outcome> {
    const demande = {
      type: 'planifier',
      id,
      titre: 'Soirée Polar',
      lieu: null,
      debut: '2036-12-01T19:00:00+01:00',
      fin: '2036-12-01T21:00:00+01:00',
      fuseau: 'Europe/Paris',
      places,
      prixCentimes: 500,
      paiement: 'sur_place',
      listeAttenteMax: null,
    } as const;
    return this.seances.ask(id, demande as Demande, envelope(JSON.stringify(demande)));
  }
}

let ids = 0;

export function envelope(hash: string): Envelope {
  return {
    scope: 'http',
    id: `bench-${(ids++).toString(36).padStart(20, '0')}`,
    minted: true,
    acteur: null,
    instant: Date.now(),
    hash,
    deadline: performance.now() + 10_000,
  };
}
