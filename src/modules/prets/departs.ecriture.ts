import { Inject, Injectable } from '@nestjs/common';
import type { Asks, Outcome } from '../../runtime/aggregate/outcome.js';
import { Machine } from '../../runtime/machine.js';
import { Annuaire, apresEffacement, type MembreId } from '../membres/index.js';
import type { Demande, Reponse } from './mots.js';
import { LectureDesOuvrages } from './ouvrages.lecture.js';
import { OUVRAGES } from './prets.tokens.js';

const DELAI_MS = 10_000;

/**
 * Les réservations d'un membre effacé sont annulées : ce qui lui était mis de côté va au suivant. De prêt, il n'en a plus : on n'efface
 * pas qui a un livre chez lui.
 */
@Injectable()
export class DepartsDesLecteurs {
  constructor(
    @Inject(OUVRAGES) private readonly ouvrages: Asks<Demande, Reponse>,
    private readonly lecture: LectureDesOuvrages,
    private readonly annuaire: Annuaire,
    private readonly machine: Machine,
  ) {}

  start(): { stop(): void } {
    return apresEffacement(this.machine, this.annuaire, (membres, vit) => this.quitter(membres, vit));
  }

  private async quitter(membres: readonly MembreId[], vit: () => boolean): Promise<boolean> {
    let fini = true;
    for (const { ouvrage_id, rang, membre_id } of await this.lecture.vivantes(membres)) {
      if (!vit()) return false;
      const outcome = await this.annuler(ouvrage_id, rang, membre_id as MembreId);
      fini &&= outcome.is === 'done' || outcome.is === 'refused';
    }
    return fini;
  }

  private annuler(ouvrageId: string, rang: number, membreId: MembreId): Promise<Outcome<Reponse>> {
    const { clock } = this.machine;
    const id = `depart-${ouvrageId}-${rang}`;
    return this.ouvrages.ask(
      ouvrageId,
      { type: 'annulerReservation', membreId },
      { scope: 'machine', id, minted: false, acteur: 'machine', instant: clock.now(), hash: id, deadline: clock.monotonic() + DELAI_MS },
    );
  }
}
