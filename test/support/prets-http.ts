import type { ClubHttp } from './club-instance.js';
import { toutes } from './club-instance.js';
import type { Answer } from './instance.js';

export const O = '/api/v1/ouvrages';
export const P = '/api/v1/prets';
export const JOUR = 24 * 3_600_000;

/** Les prêts du club par leur porte : une ligne par phrase. */
export class PretsHttp {
  constructor(readonly club: ClubHttp) {}

  /** Un ouvrage et ses exemplaires ; son identifiant. */
  async ajouter(exemplaires = 1, titre = 'Germinal'): Promise<string> {
    const { status, body } = await this.club.http.send(O, { titre, exemplaires });
    if (status !== 201) throw new Error(`ajouter : ${status} ${JSON.stringify(body)}`);
    return body.id;
  }

  emprunter(ouvrageId: string, membreId: string, plus: object = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.club.http.send(P, { ouvrageId, membreId, ...plus }, headers);
  }

  /** POST sur une sous-route d'un prêt : retour, prolongation, relance, perte, retrouvaille. */
  demander(pretId: string, quoi: string, corps?: object, headers: Record<string, string> = {}): Promise<Answer> {
    return this.club.http.send(`${P}/${pretId}/${quoi}`, corps, headers);
  }

  reserver(ouvrageId: string, membreId: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.club.http.send(`${O}/${ouvrageId}/reservations`, { membreId }, headers);
  }

  annuler(ouvrageId: string, membreId: string): Promise<Answer> {
    return this.club.http.send(`${O}/${ouvrageId}/reservations/${membreId}`, undefined, {}, 'DELETE');
  }

  ouvrage(id: string): Promise<Answer> {
    return this.club.http.get(`${O}/${id}`);
  }

  pret(id: string): Promise<Answer> {
    return this.club.http.get(`${P}/${id}`);
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- tests look at whatever came
  liste(query = ''): Promise<any[]> {
    return toutes(this.club.http, `${P}${query}`);
  }
}
