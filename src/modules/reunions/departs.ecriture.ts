import { Inject, Injectable } from '@nestjs/common';
import { type DataSource, In } from 'typeorm';
import type { Asks, Outcome } from '../../runtime/aggregate/outcome.js';
import { Machine } from '../../runtime/machine.js';
import { ReadDataSource } from '../../runtime/runtime.module.js';
import { Annuaire, apresEffacement, type MembreId } from '../membres/index.js';
import type { Reponse } from './reponses.js';
import { InscriptionRow } from './reunions.tables.js';
import { SEANCES } from './reunions.tokens.js';
import type { Demande } from './mots.js';

const DELAI_MS = 10_000;

/**
 * Les places et les attentes d'un membre effacé sont quittées par le domaine, comme s'il s'était désisté. Une séance commencée ne se
 * quitte plus : l'inscription y reste, sans nom.
 */
@Injectable()
export class Departs {
  constructor(
    @Inject(SEANCES) private readonly seances: Asks<Demande, Reponse>,
    private readonly annuaire: Annuaire,
    private readonly machine: Machine,
    @Inject(ReadDataSource) private readonly source: DataSource,
  ) {}

  start(): { stop(): void } {
    return apresEffacement(this.machine, this.annuaire, (membres, vit) => this.quitter(membres, vit));
  }

  private async quitter(membres: readonly MembreId[], vit: () => boolean): Promise<boolean> {
    const restantes = await this.source
      .getRepository(InscriptionRow)
      .findBy({ membre_id: In([...membres]), statut: In(['inscrite', 'offerte', 'en_attente']) });
    let fini = true;
    for (const { seance_id, entree, membre_id } of restantes) {
      if (!vit()) return false;
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
