// Les lignes qu'un fait écrit. Le nombre de places prises est tenu par la base elle-même, jamais écrit d'ici.
import type { FactPlace } from '../../runtime/aggregate/aggregate.js';
import type { Cell, RowChange } from '../../runtime/outbox/rows.js';
import type { Demande, Fait, FaitDe, Inscription } from './seance.js';

type Place = FactPlace<Demande>;
type Statut = 'inscrite' | 'en_attente' | 'annulee' | 'presente' | 'absente' | 'absence_excusee';

export function lignes(fait: Fait, place: Place): readonly RowChange[] {
  switch (fait.type) {
    case 'SeancePlanifiee':
      return [nouvelleSeance(fait, place)];
    case 'MembreInscrit':
      return [seance(place), entree(place, { membre_id: fait.membreId, statut: 'inscrite', rang: null })];
    case 'MembreMisEnAttente':
      return [seance(place), entree(place, { membre_id: fait.membreId, statut: 'en_attente', rang: fait.rang })];
    case 'MembreDesiste':
      return [seance(place), devient(place, fait, 'annulee')];
    case 'MembrePromu':
      return [seance(place), devient(place, fait, 'inscrite'), ...motif(place, fait.motifId)];
    case 'PlacesModifiees':
      return [seance(place, { places: fait.places }), ...motif(place, fait.motifId)];
    case 'InscriptionsFermees':
      return [seance(place, { statut: 'fermee' })];
    case 'InscriptionsRouvertes':
      return [seance(place, { statut: 'ouverte' })];
    case 'SeanceReportee':
      return [seance(place, dates(fait))];
    case 'SeanceAnnulee':
      return [
        seance(place, { statut: 'annulee' }),
        ...[...fait.inscrits, ...fait.enAttente].map((inscription) => devient(place, inscription, 'annulee')),
        ...motif(place, fait.motifId),
      ];
    case 'PresenceConstatee':
      return [seance(place), devient(place, fait, 'presente')];
    case 'AbsenceConstatee':
      return [seance(place), devient(place, fait, fait.excusee ? 'absence_excusee' : 'absente')];
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

function motif({ stream, demande }: Place, id: string | undefined): readonly RowChange[] {
  if (id === undefined || !('motif' in demande)) return [];
  return [{ table: 'motif', op: 'insert', key: { id }, values: { stream, texte: demande.motif } }];
}

function dates({ debut, fin }: { debut: string; fin: string }): Record<string, Cell> {
  return { debut, fin, debut_ms: Date.parse(debut), fin_ms: Date.parse(fin) };
}
