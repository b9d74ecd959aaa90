// Les lignes qu'un fait écrit. Ce que chaque membre a d'emprunts et de réservations est compté par la base elle-même.
import type { FactPlace } from '../../runtime/aggregate/aggregate.js';
import type { Cell, RowChange } from '../../runtime/outbox/rows.js';
import type { Demande, ExemplaireId, Fait, FaitDe, FaitOuvrage, FaitPret, StatutExemplaire } from './mots.js';
import { estDuPret } from './pret.js';

type Place = FactPlace<Demande>;
type Valeurs = Record<string, Cell>;
type StatutReservation = 'en_attente' | 'mise_de_cote' | 'honoree' | 'annulee' | 'expiree';

export function lignes(fait: Fait, place: Place): readonly RowChange[] {
  return estDuPret(fait) ? [lignePret(fait, place)] : lignesOuvrage(fait, place);
}

function lignesOuvrage(fait: FaitOuvrage, place: Place): readonly RowChange[] {
  switch (fait.type) {
    case 'OuvrageAjoute':
      return [nouvelOuvrage(fait, place), ...fait.exemplaires.map((id, i) => nouvelExemplaire(place, id, i + 1))];
    case 'ExemplaireAjoute':
      return [ouvrage(place), nouvelExemplaire(place, fait.exemplaireId, fait.numero)];
    case 'ExemplaireRetire':
      return [ouvrage(place), exemplaire(fait, 'retire'), ...reservation(place, fait.rendALaFile?.rang, 'en_attente')];
    case 'ExemplairePrete':
      return [ouvrage(place), exemplaire(fait, 'prete'), ...reservation(place, fait.rang, 'honoree')];
    case 'ExemplaireRemisEnRayon':
      return [ouvrage(place), exemplaire(fait, 'disponible')];
    case 'ExemplaireMisDeCote':
      return [ouvrage(place), exemplaire(fait, 'mis_de_cote'), ...reservation(place, fait.rang, 'mise_de_cote', retrait(fait))];
    case 'ExemplaireEnReparation':
      return [ouvrage(place), exemplaire(fait, 'en_reparation')];
    case 'ExemplaireDeclarePerdu':
      return [ouvrage(place), exemplaire(fait, 'perdu')];
    case 'ExemplaireRetrouve':
      return [ouvrage(place)];
    case 'ReservationPosee':
      return [ouvrage(place), nouvelleReservation(fait, place)];
    case 'ReservationAnnulee':
      return [ouvrage(place), ...reservation(place, fait.rang, 'annulee')];
    case 'RetraitExpire':
      return [ouvrage(place), ...reservation(place, fait.rang, 'expiree')];
  }
}

function lignePret(fait: FaitPret, place: Place): RowChange {
  switch (fait.type) {
    case 'PretOuvert':
      return nouveauPret(fait, place);
    case 'PretProlonge':
      return pret(place, { echeance: Date.parse(fait.echeance), prolongations: fait.prolongations });
    case 'EcheanceRappelee':
      return pret(place);
    case 'RelanceEnvoyee':
      return pret(place, { relance: fait.niveau });
    case 'PretDeclarePerdu':
      return pret(place, { statut: 'perdu' });
    case 'PretRendu':
    case 'PretRetrouve':
      return pret(place, { statut: 'rendu', rendu_le: Date.parse(fait.renduLe), retard_jours: fait.retardJours });
  }
}

function nouvelOuvrage({ titre, auteur, isbn }: FaitDe<'OuvrageAjoute'>, { stream, version, instant }: Place): RowChange {
  return { table: 'ouvrage', op: 'insert', key: { id: stream }, values: { titre, auteur, isbn, cree_le: instant, version } };
}

function ouvrage({ stream, version }: Place): RowChange {
  return { table: 'ouvrage', op: 'update', key: { id: stream }, values: { version } };
}

function nouvelExemplaire({ stream }: Place, id: ExemplaireId, numero: number): RowChange {
  return { table: 'exemplaire', op: 'insert', key: { id }, values: { ouvrage_id: stream, numero, statut: 'disponible' } };
}

function exemplaire({ exemplaireId }: { readonly exemplaireId: ExemplaireId }, statut: StatutExemplaire): RowChange {
  return { table: 'exemplaire', op: 'update', key: { id: exemplaireId }, values: { statut } };
}

function nouvelleReservation({ membreId, rang }: FaitDe<'ReservationPosee'>, { stream, instant }: Place): RowChange {
  const values = { membre_id: membreId, statut: 'en_attente', exemplaire_id: null, retrait_avant: null, posee_le: instant };
  return { table: 'reservation', op: 'insert', key: { ouvrage_id: stream, rang }, values };
}

function reservation(
  { stream }: Place,
  rang: number | undefined,
  statut: StatutReservation,
  changements: Valeurs = {},
): readonly RowChange[] {
  if (rang === undefined) return [];
  return [{ table: 'reservation', op: 'update', key: { ouvrage_id: stream, rang }, values: { statut, ...changements } }];
}

function retrait({ exemplaireId, retraitAvant }: FaitDe<'ExemplaireMisDeCote'>): Valeurs {
  return { exemplaire_id: exemplaireId, retrait_avant: Date.parse(retraitAvant) };
}

function nouveauPret(fait: FaitDe<'PretOuvert'>, { stream, version, instant }: Place): RowChange {
  return {
    table: 'pret',
    op: 'insert',
    key: { id: stream },
    values: {
      ouvrage_id: fait.ouvrageId,
      exemplaire_id: fait.exemplaireId,
      membre_id: fait.membreId,
      statut: 'en_cours',
      ouvert_le: instant,
      echeance: Date.parse(fait.echeance),
      prolongations: 0,
      relance: 0,
      rendu_le: null,
      retard_jours: null,
      version,
    },
  };
}

function pret({ stream, version }: Place, changements: Valeurs = {}): RowChange {
  return { table: 'pret', op: 'update', key: { id: stream }, values: { ...changements, version } };
}
