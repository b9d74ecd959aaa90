import { Inject, Injectable } from '@nestjs/common';
import { type DataSource, In, MoreThan, Not } from 'typeorm';
import { mayExist } from '../../http/fields.js';
import { ReadDataSource } from '../../runtime/runtime.module.js';
import type { MembreId } from '../membres/index.js';
import type { RessourceOuvrage } from './mots.js';
import { dansLeFuseau } from './prets.lecture.js';
import { ExemplaireRow, OuvrageRow, PretRow, ReservationRow } from './prets.tables.js';

type Exemplaire = RessourceOuvrage['exemplaires'][number];
type Reservation = RessourceOuvrage['reservations'][number];

/** Waiting readers that a title shows; the aggregate shows as many. */
const ATTENTES_MONTREES = 100;

/** What is known of the titles, as committed. */
@Injectable()
export class LectureDesOuvrages {
  constructor(@Inject(ReadDataSource) private readonly source: DataSource) {}

  async un(id: string): Promise<RessourceOuvrage | null> {
    return mayExist(id) ? ((await this.fiches([id])).get(id) ?? null) : null;
  }

  /** Titles after `apres`, by birth: at most `combien`. */
  async page(apres: string, combien: number): Promise<RessourceOuvrage[]> {
    const rows = await this.source.getRepository(OuvrageRow).find({ where: { id: MoreThan(apres) }, order: { id: 'ASC' }, take: combien });
    return this.completer(rows);
  }

  /** What everybody sees of each of these that exists, by id. */
  async fiches(ids: readonly string[]): Promise<Map<string, RessourceOuvrage>> {
    const rows = await this.completer(await this.source.getRepository(OuvrageRow).findBy({ id: In([...ids]) }));
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** Live holds of these members, oldest first. */
  vivantes(membres: readonly MembreId[]): Promise<ReservationRow[]> {
    const statut = In(['en_attente', 'mise_de_cote']);
    return this.source.getRepository(ReservationRow).findBy({ membre_id: In([...membres]), statut });
  }

  /** The titles were read first: what is shown beside a version may be newer than it, never older. */
  private async completer(rows: readonly OuvrageRow[]): Promise<RessourceOuvrage[]> {
    if (rows.length === 0) return [];
    const ouvrage_id = In(rows.map((row) => row.id));
    const [exemplaires, reservations] = await Promise.all([
      this.source.getRepository(ExemplaireRow).find({ where: { ouvrage_id, statut: Not('retire') }, order: { numero: 'ASC' } }),
      this.source
        .getRepository(ReservationRow)
        .find({ where: { ouvrage_id, statut: In(['en_attente', 'mise_de_cote']) }, order: { rang: 'ASC' } }),
    ]);
    const dehors = exemplaires.filter(({ statut }) => statut === 'prete').map(({ id }) => id);
    const prets = await this.source.getRepository(PretRow).findBy({ exemplaire_id: In(dehors), statut: 'en_cours' });
    return rows.map((row) => fiche(row, exemplaires, reservations, prets));
  }
}

function fiche(
  { id, titre, auteur, isbn, version }: OuvrageRow,
  tous: readonly ExemplaireRow[],
  toutes: readonly ReservationRow[],
  prets: readonly PretRow[],
): RessourceOuvrage {
  const reservations = toutes.filter((une) => une.ouvrage_id === id);
  const exemplaires = tous.filter((un) => un.ouvrage_id === id).map((un) => exemplaire(un, reservations, prets));
  const disponibles = exemplaires.filter(({ statut }) => statut === 'disponible').length;
  return { id, titre, auteur, isbn, exemplaires, disponibles, reservations: file(reservations), version };
}

function exemplaire({ id, statut }: ExemplaireRow, reservations: readonly ReservationRow[], prets: readonly PretRow[]): Exemplaire {
  const pret = prets.find((un) => un.exemplaire_id === id);
  if (statut === 'prete' && pret !== undefined) return { id, statut, pretId: pret.id };
  const pour = reservations.find((une) => une.statut === 'mise_de_cote' && une.exemplaire_id === id);
  if (statut !== 'mis_de_cote' || pour === undefined) return { id, statut };
  return { id, statut, pourMembreId: pour.membre_id as MembreId, retraitAvant: new Date(pour.retrait_avant ?? 0).toISOString() };
}

/** Those whose copy waits for them, then those who wait, each by rank. */
function file(reservations: readonly ReservationRow[]): Reservation[] {
  const attente = reservations.filter(({ statut }) => statut === 'en_attente').slice(0, ATTENTES_MONTREES);
  const cote = reservations.filter(({ statut }) => statut === 'mise_de_cote');
  return [
    ...cote.map(({ membre_id, rang }): Reservation => ({ membreId: membre_id as MembreId, rang, statut: 'mise_de_cote' })),
    ...attente.map(({ membre_id, rang }, i): Reservation => ({
      membreId: membre_id as MembreId,
      rang,
      statut: 'en_attente',
      position: i + 1,
    })),
  ];
}

/** The title with its times in the club's zone. */
export function montrerOuvrage(ouvrage: RessourceOuvrage, fuseau: string): RessourceOuvrage {
  const exemplaires = ouvrage.exemplaires.map((un) =>
    un.retraitAvant === undefined ? un : { ...un, retraitAvant: dansLeFuseau(un.retraitAvant, fuseau) },
  );
  return { ...ouvrage, exemplaires };
}
