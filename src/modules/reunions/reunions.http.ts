import { Controller, Delete, Inject, Param, Patch, Post, Res } from '@nestjs/common';
import { Chapter } from '../../http/chapter.js';
import { type Demande, type DemandeOf, FromRequest } from '../../http/demande.js';
import type { Reply } from '../../http/door.js';
import { Operation } from '../../http/operation.js';
import { newId } from '../../runtime/ids.js';
import { Machine } from '../../runtime/machine.js';
import type { MembreId } from '../membres/index.js';
import { answerSeance, answerShort, DemandesDeSeance } from './reunions.ecriture.js';
import {
  Annulation,
  Desistement,
  Faveur,
  Inscription,
  Inscrite,
  NouvelleSeance,
  Places,
  Presence,
  Report,
  Seance,
} from './reunions.formes.js';
import type { RefusReunions } from './reunions.refus.js';
import { USAGES, type UsagesDesSeances } from './reunions.tokens.js';

const VIVANTE = ['seance_inconnue', 'seance_injoignable', 'en_quarantaine'] as const;
const FINIE = [...VIVANTE, 'seance_annulee', 'seance_cloturee'] as const;
const ARRETEE = [...FINIE, 'seance_commencee'] as const;
const INSCRIRE = [...ARRETEE, 'membre_inconnu', 'deja_inscrit', 'deja_en_attente', 'place_deja_offerte', 'inscriptions_fermees'] as const;

/** What may be asked of a séance: each handler says what is asked, and nothing else. */
@Chapter('Séances', {
  rank: 10,
  about:
    'Planifier, inscrire, se désister ; quand tout est pris, attendre son tour. Chaque séance est un processus qui décide une demande à la fois.',
})
@Controller('seances')
export class ReunionsHttp {
  constructor(
    private readonly seances: DemandesDeSeance,
    private readonly machine: Machine,
    @Inject(USAGES) private readonly usages: UsagesDesSeances,
  ) {}

  @Post()
  @Operation<RefusReunions>({
    summary: 'Planifier une séance',
    status: 201,
    answers: Seance,
    refusals: ['dates_incoherentes', 'debut_passe', 'places_invalides', 'seance_injoignable'],
  })
  async planifier(@FromRequest(NouvelleSeance) { body, envelope }: DemandeOf<typeof NouvelleSeance>, @Res() reply: Reply): Promise<void> {
    const { fuseau = this.usages.fuseau, lieu = null, listeAttenteMax = null, ...fiche } = body;
    const id = newId(this.machine.clock, 'sea');
    const dates = { debut: iso(body.debut), fin: iso(body.fin) };
    const outcome = await this.seances.ask(id, { type: 'planifier', ...fiche, ...dates, id, fuseau, lieu, listeAttenteMax }, envelope);
    answerSeance(reply, outcome, 201);
  }

  @Patch(':id')
  @Operation<RefusReunions>({
    summary: 'Changer le nombre de places',
    answers: Seance,
    refusals: [...FINIE, 'places_sous_inscrits', 'places_invalides'],
  })
  async modifierPlaces(
    @Param('id') id: string,
    @FromRequest(Places) { body, envelope }: DemandeOf<typeof Places>,
    @Res() reply: Reply,
  ): Promise<void> {
    answerSeance(reply, await this.seances.ask(id, { type: 'modifierPlaces', places: body.places }, envelope));
  }

  @Post(':id/inscriptions')
  @Operation<RefusReunions>({
    summary: 'Inscrire un membre',
    status: 201,
    answers: Inscrite,
    refusals: [...INSCRIRE, 'seance_complete', 'liste_attente_pleine'],
  })
  async inscrire(
    @Param('id') id: string,
    @FromRequest(Inscription) { body, envelope }: DemandeOf<typeof Inscription>,
    @Res() reply: Reply,
  ): Promise<void> {
    const membreId = body.membreId as MembreId;
    answerShort(reply, await this.seances.askAbout(membreId, id, { type: 'inscrire', membreId, siComplet: body.siComplet }, envelope), 201);
  }

  @Delete(':id/inscriptions/:membreId')
  @Operation<RefusReunions>({
    summary: 'Se désister (d’une place ou de l’attente)',
    answers: Desistement,
    refusals: [...ARRETEE, 'membre_inconnu', 'pas_inscrit', 'offre_expiree'],
  })
  async desister(
    @Param('id') id: string,
    @Param('membreId') membreId: MembreId,
    @FromRequest() { envelope }: Demande,
    @Res() reply: Reply,
  ): Promise<void> {
    answerShort(reply, await this.seances.askAbout(membreId, id, { type: 'desister', membreId }, envelope), 200);
  }

  @Post(':id/annulation')
  @Operation<RefusReunions>({
    summary: 'Annuler la séance',
    answers: Seance,
    refusals: [...VIVANTE, 'seance_cloturee', 'deja_annulee'],
  })
  async annuler(
    @Param('id') id: string,
    @FromRequest(Annulation) { body, envelope }: DemandeOf<typeof Annulation>,
    @Res() reply: Reply,
  ): Promise<void> {
    answerSeance(reply, await this.seances.ask(id, { type: 'annuler', motif: body.motif, motifId: this.motifId() }, envelope));
  }

  @Post(':id/fermeture')
  @Operation<RefusReunions>({ summary: 'Fermer les inscriptions', answers: Seance, refusals: ARRETEE })
  async fermer(@Param('id') id: string, @FromRequest() { envelope }: Demande, @Res() reply: Reply): Promise<void> {
    answerSeance(reply, await this.seances.ask(id, { type: 'fermerInscriptions' }, envelope));
  }

  @Post(':id/reouverture')
  @Operation<RefusReunions>({ summary: 'Rouvrir les inscriptions', answers: Seance, refusals: ARRETEE })
  async rouvrir(@Param('id') id: string, @FromRequest() { envelope }: Demande, @Res() reply: Reply): Promise<void> {
    answerSeance(reply, await this.seances.ask(id, { type: 'rouvrirInscriptions' }, envelope));
  }

  @Post(':id/report')
  @Operation<RefusReunions>({ summary: 'Reporter la séance', answers: Seance, refusals: [...FINIE, 'dates_incoherentes', 'debut_passe'] })
  async reporter(
    @Param('id') id: string,
    @FromRequest(Report) { body, envelope }: DemandeOf<typeof Report>,
    @Res() reply: Reply,
  ): Promise<void> {
    answerSeance(reply, await this.seances.ask(id, { type: 'reporter', debut: iso(body.debut), fin: iso(body.fin) }, envelope));
  }

  @Post(':id/promotions')
  @Operation<RefusReunions>({
    summary: 'Donner une place hors rang',
    answers: Seance,
    refusals: [...FINIE, 'membre_inconnu', 'pas_en_attente', 'seance_complete'],
  })
  async promouvoir(
    @Param('id') id: string,
    @FromRequest(Faveur) { body, envelope }: DemandeOf<typeof Faveur>,
    @Res() reply: Reply,
  ): Promise<void> {
    answerSeance(reply, await this.seances.askAbout(body.membreId, id, { type: 'promouvoirHorsRang', ...this.faveur(body) }, envelope));
  }

  @Post(':id/places')
  @Operation<RefusReunions>({ summary: 'Ajouter une place pour un membre', answers: Seance, refusals: [...INSCRIRE, 'places_invalides'] })
  async ajouterPlace(
    @Param('id') id: string,
    @FromRequest(Faveur) { body, envelope }: DemandeOf<typeof Faveur>,
    @Res() reply: Reply,
  ): Promise<void> {
    answerSeance(reply, await this.seances.askAbout(body.membreId, id, { type: 'ajouterPlacePour', ...this.faveur(body) }, envelope));
  }

  @Post(':id/presences')
  @Operation<RefusReunions>({
    summary: 'Constater une présence ou une absence',
    answers: Seance,
    refusals: [...VIVANTE, 'membre_inconnu', 'pas_inscrit', 'seance_pas_commencee', 'seance_cloturee'],
  })
  async constater(
    @Param('id') id: string,
    @FromRequest(Presence) { body, envelope }: DemandeOf<typeof Presence>,
    @Res() reply: Reply,
  ): Promise<void> {
    const membreId = body.membreId as MembreId;
    const demande =
      body.statut === 'presente'
        ? ({ type: 'constaterPresence', membreId } as const)
        : ({ type: 'constaterAbsence', membreId, excusee: body.statut === 'absence_excusee' } as const);
    answerSeance(reply, await this.seances.askAbout(membreId, id, demande, envelope));
  }

  private faveur({ membreId, motif }: { membreId: string; motif: string }): { membreId: MembreId; motif: string; motifId: string } {
    return { membreId: membreId as MembreId, motif, motifId: this.motifId() };
  }

  private motifId(): string {
    return newId(this.machine.clock, 'mot');
  }
}

/** One form for one instant, whatever offset the caller used: what is shown is put into the séance's own zone again. */
function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
