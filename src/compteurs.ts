import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import type { Config } from './config.js';
import type { Grappe } from './grappe.js';
import { IdentiteDuClub } from './modules/crdt/club.ecriture.js';
import { LectureDesCompteurs } from './modules/crdt/compteurs.lecture.js';
import { LectureDeConvergence } from './modules/crdt/convergence.lecture.js';
import { Forward } from './modules/crdt/forward.js';
import { Niveaux } from './modules/crdt/niveaux.lecture.js';
import { LectureDesProduits } from './modules/crdt/produits.lecture.js';
import { Replica } from './modules/crdt/replica.js';
import { Rights } from './modules/crdt/rights.js';
import type { Store } from './modules/crdt/store.js';
import { SqliteStore } from './modules/crdt/store.sqlite.js';
import { SuiviDesProduits } from './modules/crdt/suivi.lecture.js';
import { Sync } from './modules/crdt/sync.js';
import { TemoinPartage } from './modules/crdt/temoin.ecriture.js';
import type { Machine } from './runtime/machine.js';
import type { Opening } from './runtime/opening.js';

interface Ground {
  readonly machine: Machine;
  readonly grappe: Grappe;
  readonly reads: DataSource;
  readonly database: Opening;
  readonly report: (message: string, error?: unknown) => void;
}

/** The file of an instance's counters, in its own folder. */
export const FICHIER_DES_COMPTEURS = 'compteurs.sqlite';

/** The counters of one instance: its store, its replica, and what it exchanges with the others. Made and not yet started. */
export class Compteurs {
  readonly store: Store;
  readonly replica: Replica;
  readonly sync: Sync;
  readonly rights: Rights;
  readonly forward: Forward;
  readonly niveaux: Niveaux;
  readonly suivi: SuiviDesProduits;
  readonly lecture: LectureDesCompteurs;
  readonly convergence: LectureDeConvergence;
  private readonly identite: IdentiteDuClub;

  constructor({ instanceId: id, dataDir }: Pick<Config, 'instanceId' | 'dataDir'>, { machine, grappe, reads, database, report }: Ground) {
    const { clock } = machine;
    const { transport, members } = grappe;
    this.identite = new IdentiteDuClub(machine);
    this.store = new SqliteStore({ file: join(dataDir, FICHIER_DES_COMPTEURS), instance: id });
    this.replica = new Replica({ id, store: this.store, clock, report });
    const { replica } = this;
    this.sync = new Sync({ transport, replica, clock, report });
    const { sync } = this;
    this.rights = new Rights({ replica, sync, witness: new TemoinPartage(machine, reads), clock, report });
    this.forward = new Forward({ replica, sync, clock });
    this.niveaux = new Niveaux({ sync, clock, living: () => members.view.members.length });
    this.suivi = new SuiviDesProduits({
      lecture: new LectureDesProduits(reads),
      replica,
      clock,
      opened: () => database.opened(),
      spread: () => sync.spread(),
    });
    this.lecture = new LectureDesCompteurs(replica);
    this.convergence = new LectureDeConvergence({
      replica,
      sync,
      lecture: this.lecture,
      members: () => members.view.members.map((member) => member.id),
    });
  }

  /** Lets the counters belong to the club that the shared database is. Rejects while that one cannot be asked. */
  async belong(): Promise<void> {
    await this.replica.belong(await this.identite.lire());
  }
}
