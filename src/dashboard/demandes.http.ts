import { Controller, Get, Header, Inject, Param } from '@nestjs/common';
import { z } from 'zod';
import { Chapter } from '../http/chapter.js';
import { CALLERS } from '../http/demande.js';
import { Operation } from '../http/operation.js';
import { Problem } from '../http/problem.js';
import { Machine } from '../runtime/machine.js';
import { SeenCounters } from './counters.js';
import type { Watched } from './instance.js';

const DemandeFaite = z
  .object({
    etat: z.literal('faite'),
    reponse: z.unknown().describe('Ce qui fut répondu : des identifiants et des nombres, jamais de noms.'),
  })
  .meta({ id: 'DemandeFaite', examples: [{ etat: 'faite', reponse: { statut: 'inscrite', placesRestantes: 3, version: 12 } }] });

/** What became of a demande whose answer was lost. */
@Chapter('Demandes', { rank: 80, about: 'Ce qu’est devenue une demande dont la réponse s’est perdue.' })
@Controller('demandes')
export class DemandesHttp {
  constructor(
    @Inject(Machine) private readonly machine: Pick<Watched, 'storage'>,
    private readonly counters: SeenCounters,
  ) {}

  @Get(':demandeId')
  @Header('cache-control', 'no-store')
  @Operation<'compteurs_indisponibles'>({
    summary: 'Retrouver la réponse d’une demande',
    description: 'Une demande à un compteur ne se retrouve que sur l’instance qui l’a prise.',
    answers: DemandeFaite,
    refusals: ['demande_inconnue', 'compteurs_indisponibles'],
  })
  async lire(@Param('demandeId') id: string): Promise<unknown> {
    // Only what callers asked: the machine's own ids are nobody's business.
    if (!/^[A-Za-z0-9_-]{1,128}$/.test(id)) throw new Problem('demande_inconnue');
    const counted = await this.counters.answered(CALLERS, id).catch(() => NOT_TOLD);
    if (counted !== undefined && counted !== NOT_TOLD) return { etat: 'faite', reponse: counted };
    const [stored] = await this.machine.storage.demandes([[CALLERS, id]]);
    if (stored !== undefined) return { etat: 'faite', reponse: stored.answer };
    // Unknown to the database; whether the counters know it, nobody can say for the moment.
    throw new Problem(counted === NOT_TOLD ? 'compteurs_indisponibles' : 'demande_inconnue');
  }
}

const NOT_TOLD = Symbol('the counters cannot be asked');
