// Les lignes qu'un fait écrit. Le nombre de places prises est tenu par la base elle-même, jamais écrit d'ici.
import type { FactPlace } from '../../runtime/aggregate/aggregate.js';
import type { Cell, RowChange } from '../../runtime/outbox/rows.js';
import type { MembreId } from '../membres/membre-id.js';
import type { Demande, Fait, FaitDe, Inscription, PlaceGardee } from './mots.js';

type Place = FactPlace<Demande>;
type Statut = 'inscrite' | 'offerte' | 'en_attente' | 'annulee' | 'expiree' | 'presente' | 'absente' | 'absence_excusee';

export function lignes(fait: Fait, place: Place): readonly RowChange[] {
  if (!('membreId' in fait)) return lignesDeLaSeance(fait, place);
  if (fait.type === 'MembrePromu') return [seance(place), devient(place, fait, 'inscrite'), ...motif(place, fait.motifId)];
  return [seance(place), inscription(fait, place)];
}

type FaitDInscription = Extract<Fait, { membreId: MembreId }>;

function lignesDeLaSeance(fait: Exclude<Fait, FaitDInscription>, place: Place): readonly RowChange[] {
  switch (fait.type) {
    case 'SeancePlanifiee':
      return [nouvelleSeance(fait, place)];
    case 'PlacesModifiees':
      return [seance(place, { places: fait.places }), ...motif(place, fait.motifId)];
    case 'InscriptionsFermees':
      return [seance(place, { statut: 'fermee' })];
    case 'InscriptionsRouvertes':
      return [seance(place, { statut: 'ouverte' })];
    case 'SeanceReportee':
      return [seance(place, dates(fait)), ...(fait.offres ?? []).map((offre) => gardee(place, offre))];
    case 'SeanceAnnulee':
      return [
        seance(place, { statut: 'annulee' }),
        ...[...fait.inscrits, ...(fait.offertes ?? []), ...fait.enAttente].map((une) => devient(place, une, 'annulee')),
        ...motif(place, fait.motifId),
      ];
    case 'SeanceCloturee':
      return [seance(place, { statut: 'cloturee' })];
  }
}

function inscription(fait: Exclude<FaitDInscription, { type: 'MembrePromu' }>, place: Place): RowChange {
  switch (fait.type) {
    case 'MembreInscrit':
      return entree(place, { membre_id: fait.membreId, statut: 'inscrite', rang: null });
    case 'MembreMisEnAttente':
      return entree(place, { membre_id: fait.membreId, statut: 'en_attente', rang: fait.rang });
    case 'PlaceOfferte':
      return gardee(place, fait, { statut: 'offerte' });
    case 'OffreAcceptee':
      return devient(place, fait, 'inscrite');
    case 'MembreDesiste':
    case 'OffreDeclinee':
      return devient(place, fait, 'annulee');
    case 'OffreExpiree':
      return devient(place, fait, 'expiree');
    case 'PresenceConstatee':
      return devient(place, fait, 'presente');
    case 'AbsenceConstatee':
      return devient(place, fait, fait.excusee ? 'absence_excusee' : 'absente');
  }
}

function nouvelleSeance(fait: FaitDe<'SeancePlanifiee'>, { stream, version }: Place): RowChange {
  const { titre, lieu, fuseau, places, prixCentimes, paiement, listeAttenteMax } = fait;
  return {
    table: 'seance',
    op: 'insert',
    key: { id: stream },
    values: {
      titre,
      lieu,
      ...dates(fait),
      fuseau,
      statut: 'ouverte',
      places,
      prix_centimes: prixCentimes,
      paiement,
      liste_attente_max: listeAttenteMax,
      version,
    },
  };
}

function seance({ stream, version }: Place, changements: Record<string, Cell> = {}): RowChange {
  return { table: 'seance', op: 'update', key: { id: stream }, values: { ...changements, version } };
}

function entree({ stream, version, instant }: Place, valeurs: Record<string, Cell>): RowChange {
  return { table: 'inscription', op: 'insert', key: { seance_id: stream, entree: version }, values: { ...valeurs, instant } };
}

function devient({ stream }: Place, inscription: Inscription, statut: Statut): RowChange {
  return { table: 'inscription', op: 'update', key: { seance_id: stream, entree: inscription.entree }, values: { statut } };
}

/** `expire_le` reste sur la ligne quand l'offre est finie : il ne dit quelque chose que d'une entrée `offerte`. */
function gardee({ stream }: Place, { entree, expireLe }: PlaceGardee, valeurs: { statut?: Statut } = {}): RowChange {
  const values = { ...valeurs, expire_le: Date.parse(expireLe) };
  return { table: 'inscription', op: 'update', key: { seance_id: stream, entree }, values };
}

function motif({ stream, demande }: Place, id: string | undefined): readonly RowChange[] {
  if (id === undefined || !('motif' in demande)) return [];
  return [{ table: 'motif', op: 'insert', key: { id }, values: { stream, texte: demande.motif } }];
}

function dates({ debut, fin }: { debut: string; fin: string }): Record<string, Cell> {
  return { debut, fin, debut_ms: Date.parse(debut), fin_ms: Date.parse(fin) };
}
