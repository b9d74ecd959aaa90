import type { Answer } from './instance.js';

/** Joue une opération et confronte sa réponse au document ; rend la réponse. */
export type Jouer = (
  operation: string,
  attendu: number,
  params?: Readonly<Record<string, string>>,
  corps?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>;

/** Chaque opération des ouvrages et des prêts, réussie puis refusée. `passer` fait passer des jours. */
export async function jouerLesPrets(jouer: Jouer, ana: string, bo: string, passer: (jours: number) => void): Promise<void> {
  const { body } = await jouer('POST /ouvrages', 201, {}, { titre: 'Germinal', auteur: 'Zola', isbn: '978-2-07-041142-9', exemplaires: 2 });
  const { id, exemplaires } = body;
  await jouer('POST /ouvrages', 422, {}, { titre: 'Germinal', isbn: '123' });
  await jouer('GET /ouvrages?limite=2', 200);
  await jouer('GET /ouvrages?limite=0', 422);
  const { headers } = await jouer('GET /ouvrages/{id}', 200, { id });
  await jouer('GET /ouvrages/{id}', 304, { id }, undefined, { 'if-none-match': headers.get('etag')! });
  await jouer('GET /ouvrages/{id}', 404);
  await jouer('POST /ouvrages/{id}/exemplaires', 201, { id });
  await jouer('POST /ouvrages/{id}/exemplaires', 404);
  const exemplaireId: string = exemplaires[1].id;
  await jouer('POST /ouvrages/{id}/exemplaires/{exemplaireId}/remise-en-rayon', 200, { id, exemplaireId });
  await jouer('POST /ouvrages/{id}/exemplaires/{exemplaireId}/remise-en-rayon', 404, { id });
  await jouer('DELETE /ouvrages/{id}/exemplaires/{exemplaireId}', 200, { id, exemplaireId });
  await jouer('DELETE /ouvrages/{id}/exemplaires/{exemplaireId}', 404, { id, exemplaireId });
  await jouer('POST /ouvrages/{id}/reservations', 409, { id }, { membreId: bo });
  const un = (await jouer('POST /prets', 201, {}, { ouvrageId: id, membreId: ana, exemplaireId: exemplaires[0].id })).body.id as string;
  const deux = (await jouer('POST /prets', 201, {}, { ouvrageId: id, membreId: ana })).body.id as string;
  await jouer('POST /prets', 409, {}, { ouvrageId: id, membreId: bo });
  await jouer('DELETE /membres/{id}', 409, { id: ana });
  await jouer('POST /ouvrages/{id}/reservations', 201, { id }, { membreId: bo });
  await jouer('GET /ouvrages/{id}', 200, { id });
  await jouer('POST /prets/{id}/prolongation', 409, { id: un });
  await jouer('POST /prets/{id}/retour', 200, { id: un }, { etat: 'bon' });
  await jouer('POST /prets/{id}/retour', 404);
  await jouer('GET /ouvrages/{id}', 200, { id });
  await jouer('DELETE /ouvrages/{id}/reservations/{membreId}', 200, { id, membreId: bo });
  await jouer('DELETE /ouvrages/{id}/reservations/{membreId}', 404, { id, membreId: bo });
  await jouer('POST /prets/{id}/relance', 409, { id: deux });
  passer(20);
  await jouer('POST /prets/{id}/prolongation', 200, { id: deux });
  passer(23);
  await jouer('POST /prets/{id}/relance', 200, { id: deux }, { niveau: 1 });
  await jouer('POST /prets/{id}/perte', 200, { id: deux });
  await jouer('POST /prets/{id}/perte', 409, { id: deux });
  await jouer('POST /prets/{id}/retrouvaille', 200, { id: deux });
  await jouer('POST /prets/{id}/retrouvaille', 404);
  const { headers: celuiCi } = await jouer('GET /prets/{id}', 200, { id: un });
  await jouer('GET /prets/{id}', 304, { id: un }, undefined, { 'if-none-match': celuiCi.get('etag')! });
  await jouer('GET /prets/{id}', 404);
  await jouer('GET /prets?statut=rendu', 200);
  await jouer('GET /prets?enRetard=oui', 422);
  for (const [quoi, lequel] of [
    ['ouvrages', id],
    ['prets', un],
  ] as const) {
    await jouer(`GET /${quoi}/{id}/faits`, 200, { id: lequel });
    await jouer(`GET /${quoi}/{id}/faits`, 404);
  }
}

/** Le règlement et le calendrier : lus, remplacés, refusés. */
export async function jouerLeReglement(jouer: Jouer): Promise<void> {
  for (const quoi of ['reglement', 'calendrier']) {
    const { body, headers } = await jouer(`GET /${quoi}`, 200);
    await jouer(`GET /${quoi}`, 304, {}, undefined, { 'if-none-match': headers.get('etag')! });
    const { version: _, ...tel } = body;
    await jouer(`PUT /${quoi}`, 200, {}, tel);
    await jouer(`PUT /${quoi}`, 412, {}, tel, { 'if-match': '"1"' });
    await jouer(`PUT /${quoi}`, 422, {}, { ...tel, version: 3 });
  }
}
