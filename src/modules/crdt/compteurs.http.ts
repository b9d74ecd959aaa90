import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { sendDone, sendNotDone, type Words } from '../../http/answer.js';
import { Chapter } from '../../http/chapter.js';
import { FromQuery, type ListQuery, readCursor, sendPage } from '../../http/cursor.js';
import { type DemandeOf, FromRequest } from '../../http/demande.js';
import type { Reply, Request } from '../../http/door.js';
import { Operation } from '../../http/operation.js';
import { Problem, sendProblem } from '../../http/problem.js';
import { Compteur, type FicheCompteur, ListeDeCompteurs, NouveauProduit, PageDeCompteurs } from './compteurs.formes.js';
import { LectureDesCompteurs } from './compteurs.lecture.js';
import type { RefusCompteur } from './crdt.refus.js';
import { EcritureDesProduits } from './produits.ecriture.js';

/** Its cursors say so: a movement's would otherwise be read as a product. */
const LISTE = 'compteurs';
const WORDS: Words = { missing: 'produit_inconnu', unreachable: 'base_indisponible' };

/** What is counted, and how much of it there is. */
@Chapter('Compteurs', {
  rank: 50,
  about:
    'Ce que l’on compte au bar et à la boutique. Chaque instance compte de son côté, même coupée de la base et des autres ; les valeurs se rejoignent ensuite.',
})
@Controller('compteurs')
export class CompteursHttp {
  constructor(
    private readonly lecture: LectureDesCompteurs,
    private readonly produits: EcritureDesProduits,
  ) {}

  @Get()
  @Operation<RefusCompteur>({
    apart: true,
    summary: 'Lister les compteurs',
    description: 'Dans l’ordre des produits, tels que cette instance-ci les connaît : aucune base, aucune autre instance n’est interrogée.',
    answers: ListeDeCompteurs,
    refusals: ['demande_invalide', 'curseur_invalide', 'compteurs_indisponibles'],
  })
  lister(@FromQuery(PageDeCompteurs) { apres, limite }: ListQuery, @Req() request: Request, @Res() reply: Reply): void {
    const [liste, nom] = readCursor(apres, ['string', 'string']) ?? [LISTE, ''];
    if (liste !== LISTE) throw new Problem('curseur_invalide');
    this.connus();
    const fiches = this.lecture.page(String(nom), limite + 1).flatMap((produit) => this.lecture.fiche(produit) ?? []);
    sendPage(
      request,
      reply,
      fiches,
      limite,
      ({ produit }) => [LISTE, produit],
      (fiche) => fiche,
    );
  }

  @Post()
  @Operation<RefusCompteur>({
    summary: 'Compter un nouveau produit',
    description: 'Pour tout le club : il faut la base partagée. Les autres instances le connaissent en quelques secondes.',
    status: 201,
    answers: Compteur,
    refusals: ['produit_existe', 'compteurs_indisponibles'],
  })
  async creer(@FromRequest(NouveauProduit) { envelope, body }: DemandeOf<typeof NouveauProduit>, @Res() reply: Reply): Promise<void> {
    this.connus();
    const outcome = await this.produits.creer(envelope, body);
    if (outcome.is !== 'done') return sendNotDone(reply.request, reply, outcome, WORDS);
    const fiche = this.lecture.fiche(outcome.answer.produit);
    // It is made; whether it can be counted here is for the store to say: the same demande asks again.
    if (fiche === undefined)
      return sendProblem(reply.request, reply, 'compteurs_indisponibles', { etat: 'unknown', demandeId: envelope.id });
    sendDone(reply, outcome, 201, fiche, undefined, `/api/v1/compteurs/${fiche.produit}`);
  }

  @Get(':produit')
  @Operation<RefusCompteur>({
    apart: true,
    summary: 'Lire un compteur',
    answers: Compteur,
    refusals: ['produit_inconnu', 'compteurs_indisponibles'],
  })
  lire(@Param('produit') produit: string, @Res() reply: Reply): void {
    this.connus();
    void reply.header('cache-control', 'no-store').send(this.une(produit));
  }

  private une(produit: string): FicheCompteur {
    const fiche = this.lecture.fiche(produit);
    if (fiche === undefined) throw new Problem('produit_inconnu');
    return fiche;
  }

  private connus(): void {
    if (!this.lecture.connus) throw new Problem('compteurs_indisponibles', { etat: 'not_executed' });
  }
}
