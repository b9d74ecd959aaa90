// Un ouvrage a des exemplaires, et une file de lecteurs quand ils sont tous sortis. Chaque prêt vit à côté de lui, avec son échéance
// et ses relances ; mais ils n'ont qu'une boîte aux lettres, pour que « un exemplaire, un lecteur » et « à chacun son tour » soient stricts.
import { refuse, type Aggregate, type Beside } from '../../runtime/aggregate/aggregate.js';
import { decoder, encoder, faitsEntreCliches } from './cliche.js';
import { emprunter } from './emprunts.js';
import { etatInitial, evoluer, type Etat } from './etat.js';
import { ajouterExemplaire, ajouterOuvrage, remettreEnRayon, retirerExemplaire } from './exemplaires.js';
import type { Decision, Demande, Fait, PretId, Refus, Regles, Reponse } from './mots.js';
import { lignes } from './pret.rows.js';
import { prolonger } from './prolongation.js';
import { rappelerEcheance, relancer } from './relances.js';
import { repondre, ressource } from './reponses.js';
import { annulerReservation, expirerRetrait, reserver } from './reservations.js';
import { declarerPerdu, rendre, retrouverExemplaire } from './retours.js';
import { reveils } from './reveils.js';

/** Les prêts clos que l'on garde sous la main, pour qui rend deux fois. */
const CLOS_GARDES = 8;

export function creerOuvrage({ regles }: { readonly regles: () => Regles }): Aggregate<Etat, Demande, Fait, Refus, Reponse, Beside<Fait>> {
  return {
    kind: 'ouvrage',
    opens: 'ajouterOuvrage',
    initial: etatInitial,
    decide: (etat, demande, instant) => decider(regles(), etat, demande, instant),
    evolve: (etat, fait, flux) => evoluer(etat, fait, flux!),
    answer: (etat, _, demande) => repondre(etat, demande),
    view: ({ ouvrage }) => (ouvrage === null ? undefined : ressource(ouvrage)),
    rows: lignes,
    timers: reveils,
    companions: { kind: 'pret', living: vivants, subject: sujet, forget: oublier },
    guards: {
      pret_vivant: 'exemplaire_indisponible',
      reservation_vivante: 'deja_reserve',
      limite_prets_atteinte: 'limite_prets_atteinte',
      limite_reservations_atteinte: 'limite_reservations_atteinte',
      membre_suspendu: 'membre_suspendu',
      membre_inconnu: 'membre_inconnu',
    },
    snapshot: { format: 1, every: faitsEntreCliches, encode: encoder, decode: decoder },
    factFormat: 1,
  };
}

function decider(regles: Regles, etat: Etat, demande: Demande, instant: number): Decision {
  const { ouvrage } = etat;
  if (demande.type === 'ajouterOuvrage') return ouvrage === null ? ajouterOuvrage(demande) : refuse('ouvrage_deja_ajoute');
  if (ouvrage === null) return refuse('ouvrage_inconnu');
  switch (demande.type) {
    case 'ajouterExemplaire':
      return ajouterExemplaire(ouvrage, demande);
    case 'retirerExemplaire':
      return retirerExemplaire(ouvrage, demande);
    case 'remettreEnRayon':
      return remettreEnRayon(regles, ouvrage, demande, instant);
    case 'emprunter':
      return emprunter(regles, ouvrage, demande, instant);
    case 'rendre':
      return rendre(regles, etat, demande, instant);
    case 'prolonger':
      return prolonger(regles, etat, demande, instant);
    case 'reserver':
      return reserver(regles, ouvrage, demande);
    case 'annulerReservation':
      return annulerReservation(regles, ouvrage, demande, instant);
    case 'expirerRetrait':
      return expirerRetrait(regles, ouvrage, demande, instant);
    case 'rappelerEcheance':
      return rappelerEcheance(regles, etat, demande);
    case 'relancer':
      return relancer(regles, etat, demande, instant);
    case 'declarerPerdu':
      return declarerPerdu(etat, demande);
    case 'retrouverExemplaire':
      return retrouverExemplaire(regles, etat, demande, instant);
  }
}

function* vivants({ ouvrage }: Etat): Iterable<PretId> {
  for (const place of ouvrage?.exemplaires.values() ?? []) if (place.statut === 'prete') yield place.pretId;
}

/** Un emprunt n'est au sujet d'aucun prêt : le sien n'existe pas encore. */
function sujet(demande: Demande): PretId | undefined {
  return 'pretId' in demande && demande.type !== 'emprunter' ? demande.pretId : undefined;
}

function oublier({ prets, clos }: Etat): readonly PretId[] {
  const anciens = [...clos].slice(0, Math.max(0, clos.size - CLOS_GARDES));
  for (const pretId of anciens) {
    prets.delete(pretId);
    clos.delete(pretId);
  }
  return anciens;
}
