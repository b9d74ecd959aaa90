import { Controller, Post, Res } from '@nestjs/common';
import type { z } from 'zod';
import { Cluster } from '../../dashboard/cluster.js';
import { Instance } from '../../dashboard/instance.js';
import { sendDone, sendNotDone, type Words } from '../../http/answer.js';
import { Chapter } from '../../http/chapter.js';
import { type DemandeOf, FromRequest } from '../../http/demande.js';
import type { Reply } from '../../http/door.js';
import { Operation } from '../../http/operation.js';
import { Problem } from '../../http/problem.js';
import { refuse } from '../../runtime/aggregate/aggregate.js';
import { Machine } from '../../runtime/machine.js';
import { Arret, Arrete, Isole, Isolement } from './epreuves.formes.js';
import { Epreuves } from './epreuves.js';
import type { RefusEpreuves } from './epreuves.refus.js';
import type { RefusExploitation } from './health.refus.js';

type Refus = RefusEpreuves | RefusExploitation;

const WORDS: Words = { missing: 'noeud_inconnu', unreachable: 'base_indisponible' };

/** What the guided tour does to the cluster, each at most once per demande. */
@Chapter('Épreuves', {
  rank: 89,
  about: 'De quoi voir la grappe tenir : arrêter une instance, en couper une des autres. Seulement là où les plantages sont permis.',
})
@Controller('epreuves')
export class EpreuvesHttp {
  constructor(
    private readonly machine: Machine,
    private readonly instance: Instance,
    private readonly cluster: Cluster,
    private readonly epreuves: Epreuves,
  ) {}

  @Post('arret')
  @Operation<Refus>({
    summary: 'Arrêter une instance net',
    description: 'Comme le ferait kill -9 : elle ne dit au revoir à personne, et n’est relancée que si quelqu’un la relance.',
    answers: Arrete,
    refusals: ['plantage_desactive', 'noeud_inconnu', 'noeud_injoignable'],
  })
  async arreter(@FromRequest(Arret) { body, envelope }: DemandeOf<typeof Arret>, @Res() reply: Reply): Promise<void> {
    this.allow();
    const { noeud } = body;
    // Kept first, done after: the same demande never ends the instance that has come back.
    const outcome = await this.machine.rows.perform(envelope, 'epreuve', () => {
      const found = this.epreuves.trouver(noeud);
      if (found === 'inconnu') return Promise.resolve({ missing: true } as const);
      return Promise.resolve(found === 'injoignable' ? refuse<Refus>('noeud_injoignable') : { answer: { noeud, par: this.cluster.id } });
    });
    if (outcome.is !== 'done') return sendNotDone(reply.request, reply, outcome, WORDS);
    if (!outcome.replayed) await told(this.epreuves.arreter(noeud));
    sendDone(reply, outcome, 200, outcome.answer, undefined);
  }

  @Post('isolement')
  @Operation<Refus>({
    summary: 'Couper cette instance des autres',
    description:
      'Son port de grappe se tait et n’entend plus, puis se rouvre de lui-même. La base partagée reste jointe : les séances continuent, gardées par elle.',
    answers: Isole,
    refusals: ['plantage_desactive', 'isolement_en_cours', 'noeud_injoignable'],
  })
  async isoler(@FromRequest(Isolement) { body, envelope }: DemandeOf<typeof Isolement>, @Res() reply: Reply): Promise<void> {
    this.allow();
    const { dureeMs, enFace } = body;
    const outcome = await this.machine.rows.perform<z.output<typeof Isole>>(envelope, 'epreuve', () => {
      const voisin = enFace === undefined ? null : this.epreuves.voisin();
      if (this.epreuves.isolee) return Promise.resolve(refuse<Refus>('isolement_en_cours'));
      if (voisin === undefined) return Promise.resolve(refuse<Refus>('noeud_injoignable'));
      const jusqua = new Date(envelope.instant + dureeMs).toISOString();
      return Promise.resolve({ answer: { noeud: this.cluster.id, jusqua, enFace: voisin } });
    });
    if (outcome.is !== 'done') return sendNotDone(reply.request, reply, outcome, WORDS);
    if (!outcome.replayed) await told(this.epreuves.isoler(dureeMs, outcome.answer.enFace ?? undefined, enFace));
    sendDone(reply, outcome, 200, outcome.answer, undefined);
  }

  private allow(): void {
    if (!this.instance.crashControls) throw new Problem('plantage_desactive');
  }
}

/** The other instance was there when it was looked for, and is not any more. */
async function told(telling: Promise<void>): Promise<void> {
  try {
    await telling;
  } catch {
    throw new Problem('noeud_injoignable', undefined, 1000);
  }
}
