import { Controller, Param, Post, Res } from '@nestjs/common';
import { Chapter } from '../../http/chapter.js';
import { type Demande, type DemandeOf, FromRequest } from '../../http/demande.js';
import type { Reply } from '../../http/door.js';
import { Operation } from '../../http/operation.js';
import { newId } from '../../runtime/ids.js';
import { Machine } from '../../runtime/machine.js';
import { answerPret, DemandesDePret } from './prets.ecriture.js';
import { NouveauPret, Pret, Relance, Retour } from './prets.formes.js';
import type { RefusPrets } from './prets.refus.js';

const CONNU = ['pret_inconnu', 'en_quarantaine'] as const;

/** What may be asked of a loan: each handler says what is asked, and nothing else. */
@Chapter('Prêts', {
  rank: 25,
  about: 'Emprunter, prolonger, rendre. Chaque prêt a son échéance et ses relances, qui partent d’elles-mêmes.',
})
@Controller('prets')
export class PretsHttp {
  constructor(
    private readonly demandes: DemandesDePret,
    private readonly machine: Machine,
  ) {}

  @Post()
  @Operation<RefusPrets>({
    summary: 'Emprunter un exemplaire',
    description: 'Sans exemplaireId : celui qui est mis de côté pour ce membre, sinon un exemplaire libre.',
    status: 201,
    answers: Pret,
    refusals: [
      'ouvrage_inconnu',
      'exemplaire_inconnu',
      'membre_inconnu',
      'membre_suspendu',
      'limite_prets_atteinte',
      'exemplaire_indisponible',
      'exemplaire_mis_de_cote',
      'ouvrage_reserve',
      'en_quarantaine',
    ],
  })
  async emprunter(@FromRequest(NouveauPret) { body, envelope }: DemandeOf<typeof NouveauPret>, @Res() reply: Reply): Promise<void> {
    const { ouvrageId, exemplaireId, membreId } = body;
    const pretId = newId(this.machine.clock, 'pre');
    const voulu = exemplaireId === undefined || exemplaireId === null ? undefined : { exemplaireId };
    const outcome = await this.demandes.askFor(membreId, ouvrageId, envelope, (membre) => ({
      type: 'emprunter',
      pretId,
      membre,
      ...voulu,
    }));
    answerPret(reply, outcome, this.demandes.fuseau, 201);
  }

  @Post(':id/retour')
  @Operation<RefusPrets>({
    summary: 'Rendre',
    description: 'Rendre deux fois répond comme la première. Abîmé, l’exemplaire va en réparation ; sinon il attend le premier de la file.',
    answers: Pret,
    refusals: CONNU,
  })
  async rendre(
    @Param('id') pretId: string,
    @FromRequest(Retour) { body, envelope }: DemandeOf<typeof Retour>,
    @Res() reply: Reply,
  ): Promise<void> {
    answerPret(reply, await this.demandes.askOf(pretId, { type: 'rendre', pretId, etat: body.etat }, envelope), this.demandes.fuseau);
  }

  @Post(':id/prolongation')
  @Operation<RefusPrets>({
    summary: 'Prolonger',
    answers: Pret,
    refusals: [
      ...CONNU,
      'pret_clos',
      'membre_suspendu',
      'pret_en_retard',
      'ouvrage_reserve',
      'prolongations_epuisees',
      'prolongation_trop_tot',
      'echeance_inchangee',
    ],
  })
  async prolonger(@Param('id') pretId: string, @FromRequest() { envelope }: Demande, @Res() reply: Reply): Promise<void> {
    answerPret(reply, await this.demandes.prolonger(pretId, envelope), this.demandes.fuseau);
  }

  @Post(':id/relance')
  @Operation<RefusPrets>({
    summary: 'Relancer sans attendre',
    answers: Pret,
    refusals: [...CONNU, 'pret_clos', 'pret_pas_en_retard', 'relance_hors_ordre'],
  })
  async relancer(
    @Param('id') pretId: string,
    @FromRequest(Relance) { body, envelope }: DemandeOf<typeof Relance>,
    @Res() reply: Reply,
  ): Promise<void> {
    const niveau = body.niveau === undefined ? undefined : { niveau: body.niveau };
    answerPret(reply, await this.demandes.askOf(pretId, { type: 'relancer', pretId, ...niveau }, envelope), this.demandes.fuseau);
  }

  @Post(':id/perte')
  @Operation<RefusPrets>({ summary: 'Déclarer perdu', answers: Pret, refusals: [...CONNU, 'pret_clos', 'deja_perdu'] })
  async declarerPerdu(@Param('id') pretId: string, @FromRequest() { envelope }: Demande, @Res() reply: Reply): Promise<void> {
    answerPret(reply, await this.demandes.askOf(pretId, { type: 'declarerPerdu', pretId }, envelope), this.demandes.fuseau);
  }

  @Post(':id/retrouvaille')
  @Operation<RefusPrets>({
    summary: 'Retrouver un exemplaire perdu',
    description: 'Il est de retour : il attend le premier de la file, ou va en rayon.',
    answers: Pret,
    refusals: [...CONNU, 'pret_clos'],
  })
  async retrouver(@Param('id') pretId: string, @FromRequest() { envelope }: Demande, @Res() reply: Reply): Promise<void> {
    answerPret(reply, await this.demandes.askOf(pretId, { type: 'retrouverExemplaire', pretId }, envelope), this.demandes.fuseau);
  }
}
