import { Controller, Delete, Param, Post, Res } from '@nestjs/common';
import { Chapter } from '../../http/chapter.js';
import { type Demande, type DemandeOf, FromRequest } from '../../http/demande.js';
import type { Reply } from '../../http/door.js';
import { Operation } from '../../http/operation.js';
import { newId } from '../../runtime/ids.js';
import { Machine } from '../../runtime/machine.js';
import type { MembreId } from '../membres/index.js';
import { NouvelleReservation, NouvelOuvrage, Ouvrage, Reservation } from './ouvrages.formes.js';
import { answerOuvrage, answerReservation, DemandesDePret } from './prets.ecriture.js';
import type { RefusPrets } from './prets.refus.js';

const CONNU = ['ouvrage_inconnu', 'en_quarantaine'] as const;
const EXEMPLAIRE = [...CONNU, 'exemplaire_inconnu', 'exemplaire_en_pret'] as const;

/** What may be asked of a title: each handler says what is asked, and nothing else. */
@Chapter('Ouvrages', {
  rank: 22,
  about: 'Ce que le club prête : chaque ouvrage a ses exemplaires, et une file quand tous sont sortis.',
})
@Controller('ouvrages')
export class OuvragesHttp {
  constructor(
    private readonly demandes: DemandesDePret,
    private readonly machine: Machine,
  ) {}

  @Post()
  @Operation<RefusPrets>({ summary: 'Ajouter un ouvrage', status: 201, answers: Ouvrage, refusals: ['isbn_invalide'] })
  async ajouter(@FromRequest(NouvelOuvrage) { body, envelope }: DemandeOf<typeof NouvelOuvrage>, @Res() reply: Reply): Promise<void> {
    const { titre, auteur = null, isbn = null } = body;
    const exemplaires = Array.from({ length: body.exemplaires }, () => this.exemplaireId());
    const id = newId(this.machine.clock, 'ouv');
    const outcome = await this.demandes.ask(id, { type: 'ajouterOuvrage', titre, auteur, isbn, exemplaires }, envelope);
    answerOuvrage(reply, outcome, this.demandes.fuseau, 201);
  }

  @Post(':id/exemplaires')
  @Operation<RefusPrets>({
    summary: 'Ajouter un exemplaire',
    description: 'Il va en rayon ; ceux qui attendent peuvent y prétendre les premiers.',
    status: 201,
    answers: Ouvrage,
    refusals: CONNU,
  })
  async ajouterExemplaire(@Param('id') id: string, @FromRequest() { envelope }: Demande, @Res() reply: Reply): Promise<void> {
    const outcome = await this.demandes.ask(id, { type: 'ajouterExemplaire', exemplaireId: this.exemplaireId() }, envelope);
    answerOuvrage(reply, outcome, this.demandes.fuseau, 201);
  }

  @Delete(':id/exemplaires/:exemplaireId')
  @Operation<RefusPrets>({
    summary: 'Retirer un exemplaire',
    description: 'S’il était mis de côté, la réservation retourne dans la file, à son rang.',
    answers: Ouvrage,
    refusals: EXEMPLAIRE,
  })
  async retirerExemplaire(
    @Param('id') id: string,
    @Param('exemplaireId') exemplaireId: string,
    @FromRequest() { envelope }: Demande,
    @Res() reply: Reply,
  ): Promise<void> {
    answerOuvrage(reply, await this.demandes.ask(id, { type: 'retirerExemplaire', exemplaireId }, envelope), this.demandes.fuseau);
  }

  @Post(':id/exemplaires/:exemplaireId/remise-en-rayon')
  @Operation<RefusPrets>({
    summary: 'Remettre en rayon un exemplaire réparé',
    answers: Ouvrage,
    refusals: [...EXEMPLAIRE, 'exemplaire_mis_de_cote', 'deja_perdu'],
  })
  async remettreEnRayon(
    @Param('id') id: string,
    @Param('exemplaireId') exemplaireId: string,
    @FromRequest() { envelope }: Demande,
    @Res() reply: Reply,
  ): Promise<void> {
    answerOuvrage(reply, await this.demandes.ask(id, { type: 'remettreEnRayon', exemplaireId }, envelope), this.demandes.fuseau);
  }

  @Post(':id/reservations')
  @Operation<RefusPrets>({
    summary: 'Réserver',
    description: 'Quand aucun exemplaire n’est libre : le premier qui revient est mis de côté pour le premier de la file.',
    status: 201,
    answers: Reservation,
    refusals: [
      ...CONNU,
      'membre_inconnu',
      'deja_reserve',
      'deja_emprunte_par_vous',
      'exemplaire_disponible',
      'limite_reservations_atteinte',
    ],
  })
  async reserver(
    @Param('id') id: string,
    @FromRequest(NouvelleReservation) { body, envelope }: DemandeOf<typeof NouvelleReservation>,
    @Res() reply: Reply,
  ): Promise<void> {
    answerReservation(reply, await this.demandes.askFor(body.membreId, id, envelope, (membre) => ({ type: 'reserver', membre })));
  }

  @Delete(':id/reservations/:membreId')
  @Operation<RefusPrets>({
    summary: 'Annuler une réservation',
    description: 'L’exemplaire qui était mis de côté va au suivant.',
    answers: Ouvrage,
    refusals: [...CONNU, 'membre_inconnu', 'reservation_inconnue'],
  })
  async annulerReservation(
    @Param('id') id: string,
    @Param('membreId') membreId: MembreId,
    @FromRequest() { envelope }: Demande,
    @Res() reply: Reply,
  ): Promise<void> {
    const outcome = await this.demandes.askFor(membreId, id, envelope, () => ({ type: 'annulerReservation', membreId }));
    answerOuvrage(reply, outcome, this.demandes.fuseau);
  }

  private exemplaireId(): string {
    return newId(this.machine.clock, 'exe');
  }
}
