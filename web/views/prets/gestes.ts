/** What one does at the desk: each asks, reads again what it changed, and says what became of it. A refusal changes nothing and is thrown. */
import { poster, retirer } from '../../state/api';
import { say } from '../../state/langue';
import { nomDe } from '../../state/moi';
import { cote, type Ouvrage, type Pret, rayons, relireUn } from '../../state/prets';
import { PRETS } from '../../words/prets';
import { dire } from './dit';
import { horloge, leJour } from './jours';

/** What was asked is done: a reading that fails now is made good by the next. */
const relire = (ouvrageId: string): Promise<void> => relireUn(ouvrageId).catch(() => undefined);

const ouvrageDe = (id: string): Ouvrage | undefined => rayons.value?.ouvrages.find((one) => one.id === id);
export const titreDe = (ouvrageId: string): string => ouvrageDe(ouvrageId)?.titre ?? '…';

export async function preter(ouvrageId: string, membreId: string, exemplaireId?: string): Promise<string> {
  const pret = await poster('/api/v1/prets', {}, { ouvrageId, membreId, ...(exemplaireId !== undefined && { exemplaireId }) });
  await relire(ouvrageId);
  const of = { titre: titreDe(ouvrageId), nom: nomDe(membreId) };
  return dire(say(PRETS.prete_a, { ...of, jour: leJour(horloge(pret.echeance)) }), async () => {
    await poster('/api/v1/prets/{id}/retour', { id: pret.id }, { etat: 'bon' });
    await relire(ouvrageId);
    return say(PRETS.pret_annule, of);
  });
}

export async function rendre({ id, ouvrageId, exemplaireId, membreId }: Pret, etat: 'bon' | 'abime' = 'bon'): Promise<string> {
  const { retardJours } = await poster('/api/v1/prets/{id}/retour', { id }, { etat });
  await relire(ouvrageId);
  const n = retardJours ?? 0;
  const sentence = say(n > 0 ? PRETS.rendu_en_retard : PRETS.est_rendu, { n, titre: titreDe(ouvrageId), nom: nomDe(membreId) });
  return dire(`${sentence} ${suite(ouvrageId, exemplaireId)}`.trim());
}

/** What is to be done with the book that came back. */
function suite(ouvrageId: string, exemplaireId: string): string {
  const copy = ouvrageDe(ouvrageId)?.exemplaires.find(({ id }) => id === exemplaireId);
  if (copy?.statut === 'en_reparation') return say(PRETS.a_reparer);
  if (copy?.pourMembreId === undefined || copy.retraitAvant === undefined) return '';
  return say(PRETS.a_garder, { nom: nomDe(copy.pourMembreId), jour: leJour(horloge(copy.retraitAvant)) });
}

export async function prolonger({ id, ouvrageId }: Pret): Promise<string> {
  const { echeance } = await poster('/api/v1/prets/{id}/prolongation', { id }, undefined);
  await relire(ouvrageId);
  return dire(say(PRETS.est_prolonge, { titre: titreDe(ouvrageId), jour: leJour(horloge(echeance)) }));
}

export async function relancer({ id, ouvrageId, membreId }: Pret): Promise<string> {
  const { relance } = await poster('/api/v1/prets/{id}/relance', { id }, {});
  await relire(ouvrageId);
  return dire(say(PRETS.est_relance, { titre: titreDe(ouvrageId), nom: nomDe(membreId), niveau: relance }));
}

export async function declarerPerdu({ id, ouvrageId, membreId }: Pret): Promise<string> {
  await poster('/api/v1/prets/{id}/perte', { id }, undefined);
  await relire(ouvrageId);
  return dire(say(PRETS.est_perdu, { titre: titreDe(ouvrageId), nom: nomDe(membreId) }));
}

export async function retrouver({ id, ouvrageId, exemplaireId }: Pret): Promise<string> {
  await poster('/api/v1/prets/{id}/retrouvaille', { id }, undefined);
  await relire(ouvrageId);
  return dire(`${say(PRETS.est_retrouve, { titre: titreDe(ouvrageId) })} ${suite(ouvrageId, exemplaireId)}`.trim());
}

export async function reserver(id: string, membreId: string): Promise<string> {
  const { position } = await poster('/api/v1/ouvrages/{id}/reservations', { id }, { membreId });
  await relire(id);
  return dire(say(PRETS.est_reserve, { titre: titreDe(id), nom: nomDe(membreId), position }), () => renoncer(id, membreId));
}

async function renoncer(id: string, membreId: string): Promise<string> {
  await retirer('/api/v1/ouvrages/{id}/reservations/{membreId}', { id, membreId }, undefined);
  await relire(id);
  return say(PRETS.reservation_annulee, { titre: titreDe(id), nom: nomDe(membreId) });
}

export const annulerReservation = async (id: string, membreId: string): Promise<string> => dire(await renoncer(id, membreId));

export async function ajouterOuvrage(fiche: { titre: string; auteur?: string; isbn?: string; exemplaires: number }): Promise<string> {
  const { id, titre } = await poster('/api/v1/ouvrages', {}, fiche);
  await relire(id);
  return dire(say(PRETS.ouvrage_ajoute, { titre }));
}

export async function ajouterExemplaire({ id, titre, exemplaires }: Ouvrage): Promise<string> {
  const after = await poster('/api/v1/ouvrages/{id}/exemplaires', { id }, undefined);
  await relire(id);
  const added = after.exemplaires.find((one) => !exemplaires.some((had) => had.id === one.id));
  return dire(say(PRETS.exemplaire_ajoute, { titre }), added && (() => ote(id, titre, added.id)));
}

async function ote(id: string, titre: string, exemplaireId: string): Promise<string> {
  await retirer('/api/v1/ouvrages/{id}/exemplaires/{exemplaireId}', { id, exemplaireId }, undefined);
  await relire(id);
  return say(PRETS.exemplaire_retire, { titre, cote: cote(exemplaireId) });
}

export const retirerExemplaire = async ({ id, titre }: Ouvrage, exemplaireId: string): Promise<string> =>
  dire(await ote(id, titre, exemplaireId));

export async function remettreEnRayon({ id, titre }: Ouvrage, exemplaireId: string): Promise<string> {
  await poster('/api/v1/ouvrages/{id}/exemplaires/{exemplaireId}/remise-en-rayon', { id, exemplaireId }, undefined);
  await relire(id);
  return dire(`${say(PRETS.exemplaire_remis, { titre, cote: cote(exemplaireId) })} ${suite(id, exemplaireId)}`.trim());
}
