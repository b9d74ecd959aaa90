// La vie des exemplaires : ajoutés, réparés, retirés.
import { refuse } from '../../runtime/aggregate/aggregate.js';
import { remettreEnCirculation } from './circulation.js';
import { ficheDe, type Ouvrage } from './etat.js';
import { lireIsbn } from './isbn.js';
import type { Decision, DemandeDe, Regles } from './mots.js';

export function ajouterOuvrage(demande: DemandeDe<'ajouterOuvrage'>): Decision {
  const isbn = demande.isbn === null ? null : lireIsbn(demande.isbn);
  if (isbn === null && demande.isbn !== null) return refuse('isbn_invalide');
  return [{ type: 'OuvrageAjoute', ...ficheDe({ ...demande, isbn }), exemplaires: demande.exemplaires }];
}

/** Il va en rayon : seul un livre qui revient est mis de côté. Ceux qui attendent peuvent y prétendre les premiers. */
export function ajouterExemplaire(ouvrage: Ouvrage, { exemplaireId }: DemandeDe<'ajouterExemplaire'>): Decision {
  if (ouvrage.exemplaires.has(exemplaireId)) return [];
  return [{ type: 'ExemplaireAjoute', exemplaireId, numero: ouvrage.dernierNumero + 1 }];
}

export function retirerExemplaire(ouvrage: Ouvrage, { exemplaireId }: DemandeDe<'retirerExemplaire'>): Decision {
  const place = ouvrage.exemplaires.get(exemplaireId);
  if (place === undefined) return refuse('exemplaire_inconnu');
  if (place.statut === 'prete') return refuse('exemplaire_en_pret');
  if (place.statut !== 'mis_de_cote') return [{ type: 'ExemplaireRetire', exemplaireId }];
  return [{ type: 'ExemplaireRetire', exemplaireId, rendALaFile: { membreId: place.membreId, rang: place.rang } }];
}

export function remettreEnRayon(
  regles: Regles,
  ouvrage: Ouvrage,
  { exemplaireId }: DemandeDe<'remettreEnRayon'>,
  instant: number,
): Decision {
  switch (ouvrage.exemplaires.get(exemplaireId)?.statut) {
    case undefined:
      return refuse('exemplaire_inconnu');
    case 'disponible':
      return [];
    case 'prete':
      return refuse('exemplaire_en_pret');
    case 'mis_de_cote':
      return refuse('exemplaire_mis_de_cote');
    case 'perdu':
      return refuse('deja_perdu');
    case 'en_reparation':
      return [remettreEnCirculation(regles, ouvrage, exemplaireId, instant)];
  }
}
