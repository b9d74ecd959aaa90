/** What follows a fact through the outbox: payments and notices. Pure. */
import type { Histoire } from './histoire';
import type { Constat, Quoi, Releve } from './juge';

export function paiements({ seance, paiements: all, membres }: Releve, { inscrits }: Histoire): Constat<Quoi> {
  const wanted = seance.prixCentimes === 0 ? [] : membres.filter((id) => inscrits.has(id));
  const live = all.filter(({ statut }) => statut === 'du' || statut === 'encaisse');
  const wrong = membres.filter((id) => live.filter(({ membreId }) => membreId === id).length !== (wanted.includes(id) ? 1 : 0));
  const just = live.every(({ montantCentimes }) => montantCentimes === seance.prixCentimes);
  return { quoi: 'paiements', bon: wrong.length === 0 && just, valeurs: { n: live.length, attendus: wanted.length } };
}

const GABARITS: Readonly<Record<string, string>> = {
  MembreInscrit: 'inscription',
  OffreAcceptee: 'inscription',
  MembreMisEnAttente: 'attente',
  MembrePromu: 'promotion',
  PlaceOfferte: 'offre',
  OffreExpiree: 'offre_expiree',
  OffreDeclinee: 'desistement',
  MembreDesiste: 'desistement',
};

/** One notice per fact that concerns a member: not one less, not one more. */
export function avis({ faits, notifications, membres }: Releve): Constat<Quoi> {
  const known = new Set(Object.values(GABARITS));
  const concerned = new Set(membres);
  const wanted = faits.flatMap(({ type, donnees }) => {
    const gabarit = GABARITS[type];
    return gabarit !== undefined && concerned.has(String(donnees['membreId'])) ? [`${String(donnees['membreId'])} ${gabarit}`] : [];
  });
  const had = notifications
    .filter(({ gabarit, membreId }) => known.has(gabarit) && concerned.has(membreId))
    .map(({ membreId, gabarit }) => `${membreId} ${gabarit}`);
  return { quoi: 'avis', bon: wanted.toSorted().join() === had.toSorted().join(), valeurs: { n: had.length, attendus: wanted.length } };
}
