import type { Cell } from '../../runtime/outbox/rows.js';
import type { Effect, Listener } from '../../runtime/outbox/listener.js';
import type { FaitDeSeance } from '../reunions/index.js';
import type { Statut } from './paiement.js';

/**
 * Ce que les séances font devoir, et ce qu'elles annulent. Pur.
 *
 * - Une inscription est nommée par (séance, entrée) : la clé unique de `paiement` fait qu'elle doit au plus une fois.
 * - Un statut ne change que de celui qu'il était : rejouer un fait ne change rien.
 */
export const ecouterLesSeances: Listener = {
  name: 'paiements',
  kinds: ['seance'],
  react({ stream, version, type, data, instant }, { newId }) {
    const fait = { type, ...data } as unknown as FaitDeSeance;
    const doit = (entree: number, membreId: string, prixCentimes: number): Effect[] => {
      const id = newId('pai');
      const somme = { montant_centimes: prixCentimes, devise: 'EUR' };
      const row = { id, seance_id: stream, entree, membre_id: membreId, ...somme, statut: 'du', cree_le: instant, modifie_le: instant };
      return prixCentimes > 0 ? [{ table: 'paiement', insert: row }] : [];
    };
    switch (fait.type) {
      case 'MembreInscrit':
        return doit(version, fait.membreId, fait.prixCentimes);
      case 'MembrePromu':
      case 'OffreAcceptee':
        return doit(fait.entree, fait.membreId, fait.prixCentimes);
      case 'MembreDesiste':
        if (fait.depuis === 'attente') return [];
        return libere({ seance_id: stream, entree: fait.entree }, fait.tardif ? 'conserve' : 'a_rembourser', instant);
      case 'SeanceAnnulee':
        // Qui est parti avant a déjà été quitté : ce qui reste dû ou encaissé est celui des inscrits, quel que soit leur nombre.
        return libere({ seance_id: stream }, 'a_rembourser', instant);
      case 'SeancePlanifiee':
      case 'MembreMisEnAttente':
      // Rien n'est dû avant d'avoir accepté.
      case 'PlaceOfferte':
      case 'OffreDeclinee':
      case 'OffreExpiree':
      case 'PlacesModifiees':
      case 'InscriptionsFermees':
      case 'InscriptionsRouvertes':
      case 'SeanceReportee':
      case 'SeanceCloturee':
      case 'PresenceConstatee':
      case 'AbsenceConstatee':
        return [];
    }
  },
};

/** Ce qui était dû ne l'est plus ; ce qui était encaissé devient `encaisse`. L'un exclut l'autre, dans cet ordre comme dans l'autre. */
function libere(quoi: Readonly<Record<string, Cell>>, encaisse: Statut, instant: number): Effect[] {
  const passe = (de: Statut, a: Statut): Effect => ({
    table: 'paiement',
    set: { statut: a, modifie_le: instant },
    where: { ...quoi, statut: de },
  });
  return [passe('du', 'annule'), passe('encaisse', encaisse)];
}
