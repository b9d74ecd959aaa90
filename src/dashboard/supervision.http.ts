import { Controller, Get, Header } from '@nestjs/common';
import { z } from 'zod';
import { Chapter } from '../http/chapter.js';
import { FromQuery } from '../http/cursor.js';
import { Operation } from '../http/operation.js';
import { Problem } from '../http/problem.js';
import type { RefusTableau } from './dashboard.refus.js';
import { Instance } from './instance.js';
import { Noeud, pathOf, showNode } from './noeud.js';

const Sous = z.strictObject({ sous: z.string().max(1000).optional().describe('Le chemin du nœud à montrer ; la racine s’il manque.') });

/** The supervision tree of this instance, as it is now. */
@Chapter('Supervision', { rank: 90, about: 'La machine : l’arbre des processus, la boîte d’envoi, et ce qu’une personne peut y faire.' })
@Controller('supervision')
export class SupervisionHttp {
  constructor(private readonly instance: Instance) {}

  @Get()
  @Header('cache-control', 'no-store')
  @Operation<RefusTableau>({
    summary: 'Voir l’arbre de supervision',
    description:
      'Une famille de plus de 50 membres est repliée : seuls ses comptes sont montrés. Un ouvrage montre de même ses prêts vivants. ?sous= montre un seul nœud, membre et prêt compris.',
    answers: Noeud,
    refusals: ['processus_inconnu', 'demande_invalide'],
  })
  voir(@FromQuery(Sous) { sous }: z.output<typeof Sous>): unknown {
    const node = this.instance.tree().describe(pathOf(sous ?? ''));
    if (node === undefined) throw new Problem('processus_inconnu');
    return showNode(node);
  }
}
