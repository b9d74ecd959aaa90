// Une séance offre des places. Passé la dernière, on entre en liste d'attente ;
// dès qu'une place se libère, la personne qui attend depuis le plus longtemps la prend, ou se la voit offrir s'il faut payer d'avance.
import { refuse, type Aggregate } from '../../runtime/aggregate/aggregate.js';
import { encoder, decoder, evoluer, faitsEntreCliches } from './etat.js';
import { annuler, cloturer, fermerInscriptions, planifier, reporter, rouvrirInscriptions } from './deroulement.js';
import type { Decision, Demande, Fait, Refus, Regles, Seance } from './mots.js';
import { accepterOffre, declinerOffre, expirerOffre } from './offres.js';
import { ajouterPlacePour, desister, inscrire, modifierPlaces, promouvoirHorsRang } from './places.js';
import { constaterAbsence, constaterPresence } from './presences.js';
import { repondre, ressource, type Reponse } from './reponses.js';
import { reveils } from './reveils.js';
import { lignes } from './seance.rows.js';

export type * from './mots.js';

export function creerSeance(regles: Regles): Aggregate<Seance, Demande, Fait, Refus, Reponse> {
  return {
    kind: 'seance',
    opens: 'planifier',
    initial: () => null,
    decide: (seance, demande, instant) => decider(regles, seance, demande, instant),
    evolve: evoluer,
    answer: (seance, faits, demande) => repondre(regles, seance, faits, demande),
    view: (seance) => (seance === null ? undefined : ressource(regles, seance)),
    rows: lignes,
    timers: reveils,
    guards: {
      seance_complete: 'seance_complete',
      inscription_vivante: 'deja_inscrit',
      membre_inconnu: 'membre_inconnu',
      places_invalides: 'places_invalides',
    },
    snapshot: { format: 2, every: faitsEntreCliches, encode: encoder, decode: decoder },
    factFormat: 1,
  };
}

function decider(regles: Regles, seance: Seance, demande: Demande, instant: number): Decision {
  if (demande.type === 'planifier') return seance === null ? planifier(demande, instant) : refuse('seance_deja_planifiee');
  if (seance === null) return refuse('seance_inconnue');
  switch (demande.type) {
    case 'inscrire':
      return inscrire(seance, demande, instant);
    case 'desister':
      return desister(regles, seance, demande, instant);
    case 'modifierPlaces':
      return modifierPlaces(regles, seance, demande, instant);
    case 'ajouterPlacePour':
      return ajouterPlacePour(seance, demande, instant);
    case 'promouvoirHorsRang':
      return promouvoirHorsRang(seance, demande, instant);
    case 'accepterOffre':
      return accepterOffre(seance, demande, instant);
    case 'declinerOffre':
      return declinerOffre(regles, seance, demande, instant);
    case 'expirerOffre':
      return expirerOffre(regles, seance, demande, instant);
    case 'fermerInscriptions':
      return fermerInscriptions(seance, instant);
    case 'rouvrirInscriptions':
      return rouvrirInscriptions(seance, instant);
    case 'reporter':
      return reporter(regles, seance, demande, instant);
    case 'annuler':
      return annuler(seance, demande, instant);
    case 'cloturer':
      return cloturer(seance, instant);
    case 'constaterPresence':
      return constaterPresence(seance, demande, instant);
    case 'constaterAbsence':
      return constaterAbsence(seance, demande, instant);
  }
}
