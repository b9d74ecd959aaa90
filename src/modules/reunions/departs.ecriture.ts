/**
 * Les départs : quand un membre est effacé, ses places et ses attentes sont quittées par le domaine, comme s'il s'était désisté.
 *
 * D1. La base ne prend plus rien pour lui depuis son effacement : ce qui reste à quitter ne peut que diminuer.
 * D2. Une mort en route ne perd rien : au démarrage, tous les effacés sont revus. Chaque départ a un identifiant tiré de l'inscription,
 *     si bien que le refaire, ici ou ailleurs, ne change rien.
 * D3. Une séance commencée ne se quitte plus : l'inscription y reste, sans nom.
 */
import { Inject, Injectable } from '@nestjs/common';
import { type DataSource, In } from 'typeorm';
import type { Asks, Outcome } from '../../runtime/aggregate/outcome.js';
import type { Cancel } from '../../runtime/clock.js';
import { Machine } from '../../runtime/machine.js';
import { ReadDataSource } from '../../runtime/runtime.module.js';
import { Annuaire, type MembreId } from '../membres/index.js';
import type { Reponse } from './reponses.js';
import { InscriptionRow } from './reunions.tables.js';
import { SEANCES } from './reunions.tokens.js';
import type { Demande } from './mots.js';

/** Membres revus par lecture. */
const PAGE = 200;
const DELAI_MS = 10_000;
/** Après un refus de la base, avant de recommencer. */
const PAUSE_MS = 1_000;
/** Les autres instances effacent aussi : on regarde de temps en temps sans être prévenu. */
const RONDE_MS = 60_000;

@Injectable()
export class Departs {
  private vie = 0;
  private ecoute: Cancel | undefined;
  private minuterie: Cancel | undefined;

  constructor(
    @Inject(SEANCES) private readonly seances: Asks<Demande, Reponse>,
    private readonly annuaire: Annuaire,
    private readonly machine: Machine,
    @Inject(ReadDataSource) private readonly source: DataSource,
  ) {}

  start(): { stop(): void } {
    const vie = ++this.vie;
    this.ecoute = this.machine.topics.subscribe(
      'membre.efface',
      ({ membreId }) => void this.tenter(vie, () => this.quitter(vie, [membreId])),
    );
    this.ronde(vie, 0);
    return { stop: () => this.stop() };
  }

  private stop(): void {
    this.vie++;
    this.ecoute?.();
    this.minuterie?.();
  }

  private ronde(vie: number, dansMs: number): void {
    this.minuterie = this.machine.clock.after(dansMs, () => {
      void this.tenter(vie, () => this.toutRevoir(vie)).then((fini) => {
        if (vie === this.vie) this.ronde(vie, fini ? RONDE_MS : PAUSE_MS);
      });
    });
  }

  /** Faux quand il faudra recommencer. Une base injoignable est un état : la ronde suivante reprendra. */
  private async tenter(vie: number, depart: () => Promise<boolean>): Promise<boolean> {
    try {
      return vie !== this.vie || (await depart());
    } catch {
      return false;
    }
  }

  private async toutRevoir(vie: number): Promise<boolean> {
    let fini = true;
    for (let apres = ''; vie === this.vie;) {
      const page = await this.annuaire.tousEffaces(apres, PAGE);
      if (page.length === 0) return fini;
      fini = (await this.quitter(vie, page)) && fini;
      apres = page.at(-1)!;
    }
    return fini;
  }

  private async quitter(vie: number, membres: readonly MembreId[]): Promise<boolean> {
    const restantes = await this.source
      .getRepository(InscriptionRow)
      .findBy({ membre_id: In([...membres]), statut: In(['inscrite', 'offerte', 'en_attente']) });
    let fini = true;
    for (const { seance_id, entree, membre_id } of restantes) {
      if (vie !== this.vie) return false;
      const outcome = await this.desister(seance_id, entree, membre_id as MembreId);
      fini &&= outcome.is === 'done' || outcome.is === 'refused';
    }
    return fini;
  }

  private desister(seance: string, entree: number, membreId: MembreId): Promise<Outcome<Reponse>> {
    const { clock } = this.machine;
    const id = `depart-${seance}-${entree}`;
    return this.seances.ask(
      seance,
      { type: 'desister', membreId },
      { scope: 'machine', id, minted: false, acteur: 'machine', instant: clock.now(), hash: id, deadline: clock.monotonic() + DELAI_MS },
    );
  }
}
