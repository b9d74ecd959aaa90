import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { Cancel } from '../../runtime/clock.js';
import { Machine } from '../../runtime/machine.js';
import { ReadDataSource } from '../../runtime/runtime.module.js';
import type { Regles } from './mots.js';
import { type FicheCalendrier, type FicheReglement, nomDuJour } from './reglement.formes.js';
import { CalendrierRow, ReglementRow } from './prets.tables.js';
import { USAGES_DES_PRETS, type UsagesDesPrets } from './prets.tokens.js';

declare module '../../runtime/machine.js' {
  interface Topics {
    /** The rules of loans, or the calendar, were changed by this instance. */
    readonly 'prets.regles': { readonly quoi: 'reglement' | 'calendrier' };
  }
}

/** How late another instance's change may be known here. Raising it spares one small query an instance. */
const TOUTES_LES_MS = 2_000;

/** What the migration wrote: decided with until the database has been read once. */
const PREMIERES: Omit<Regles, 'fuseau'> = {
  reglement: {
    dureeJours: 21,
    prolongations: 1,
    prolongationJours: 21,
    prolongationDesJours: 7,
    retraitJours: 7,
    rappelJours: 3,
    relancesJours: [3, 10, 21],
    pretsMax: 5,
    reservationsMax: 3,
  },
  fermetures: { jours: [], dates: [] },
};

/**
 * The rules of the day, as this instance knows them: at once after its own change, within two seconds after another's.
 *
 * A database that is away is a state: the rules stay as they were, and the next look finds what this one could not. What two
 * instances must not both grant (a sixth loan) is not theirs to hold: the database compares its own counters with its own row.
 */
@Injectable()
export class ReglesDuClub {
  private connues: Regles;
  private versions: readonly [reglement: number, calendrier: number] = [0, 0];
  private lecture: Promise<void> | undefined;

  constructor(
    @Inject(ReadDataSource) private readonly source: DataSource,
    private readonly machine: Machine,
    @Inject(USAGES_DES_PRETS) { fuseau }: UsagesDesPrets,
  ) {
    this.connues = { fuseau, ...PREMIERES };
  }

  get actuelles(): Regles {
    return this.connues;
  }

  /** False until the database was read once: what is decided meanwhile would be decided with the first rules. */
  get lues(): boolean {
    return this.versions[0] > 0;
  }

  /** Looks as soon as the database is open, and every two seconds. */
  start(opened: () => Promise<void>): { stop(): void } {
    let fini = false;
    let arreter: Cancel = () => {};
    const tour = (): void => {
      if (fini) return;
      void this.tenter().then(() => {
        if (!fini) arreter = this.machine.clock.after(TOUTES_LES_MS, tour);
      });
    };
    void opened().then(tour);
    return {
      stop: () => {
        fini = true;
        arreter();
      },
    };
  }

  /** Reads what is new; rejects when it cannot. A call that comes while one reads waits for a reading of its own: it may be about what the other missed. */
  rafraichir(): Promise<void> {
    const before = this.lecture ?? Promise.resolve();
    const own = before.catch(() => undefined).then(() => this.lire());
    this.lecture = own;
    return own.finally(() => {
      if (this.lecture === own) this.lecture = undefined;
    });
  }

  /** As `rafraichir`, whatever the database says. */
  async tenter(): Promise<void> {
    try {
      await this.rafraichir();
    } catch {
      // Away: the rules stay as they were.
    }
  }

  reglement(): Promise<FicheReglement> {
    return this.source.getRepository(ReglementRow).findOneByOrFail({ id: 1 }).then(ficheReglement);
  }

  calendrier(): Promise<FicheCalendrier> {
    return this.source.getRepository(CalendrierRow).findOneByOrFail({ id: 1 }).then(ficheCalendrier);
  }

  private async lire(): Promise<void> {
    const [reglement, calendrier] = [await this.reglement(), await this.source.getRepository(CalendrierRow).findOneByOrFail({ id: 1 })];
    if (reglement.version === this.versions[0] && calendrier.version === this.versions[1]) return;
    const { version, ...regles } = reglement;
    this.connues = { fuseau: this.connues.fuseau, reglement: regles, fermetures: fermeturesDe(calendrier) };
    this.versions = [version, calendrier.version];
  }
}

type Ligne<Row> = Readonly<Record<keyof Row, string | number | null>>;

/** The rules as everybody sees them. */
export function ficheReglement(row: Ligne<ReglementRow>): FicheReglement {
  return {
    dureeJours: Number(row.duree_jours),
    prolongations: Number(row.prolongations),
    prolongationJours: Number(row.prolongation_jours),
    prolongationDesJours: Number(row.prolongation_des_jours),
    retraitJours: Number(row.retrait_jours),
    rappelJours: Number(row.rappel_jours),
    relancesJours: [Number(row.relance1_jours), Number(row.relance2_jours), Number(row.relance3_jours)],
    pretsMax: Number(row.prets_max),
    reservationsMax: Number(row.reservations_max),
    version: Number(row.version),
  };
}

/** The calendar as everybody sees it. */
export function ficheCalendrier(row: Ligne<CalendrierRow>): FicheCalendrier {
  const { jours, dates } = fermeturesDe(row);
  return { joursFermes: jours.map(nomDuJour), datesFermees: [...dates], version: Number(row.version) };
}

function fermeturesDe({ jours_fermes, dates_fermees }: Ligne<CalendrierRow>): Regles['fermetures'] {
  return { jours: JSON.parse(String(jours_fermes)) as number[], dates: JSON.parse(String(dates_fermees)) as string[] };
}
