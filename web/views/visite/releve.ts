/** What the club says of one séance, read for the judge. */
import { lire, toutLire } from '../../state/api';
import { attendre, insister } from './club';
import { type Constat, juger, type Quoi, type Releve, type Reponse } from './juge';

const MOST = 10_000;
/** Beyond so many members, their payments and notices are found in the whole lists. */
const ONE_BY_ONE = 6;
const OUTBOX_MS = 10_000;

async function relever(id: string, membres: readonly string[]): Promise<Releve> {
  const [vivantes, annulees, expirees, faits, paiements, notifications] = await Promise.all([
    toutLire('/api/v1/seances/{id}/inscriptions', { id }),
    toutLire('/api/v1/seances/{id}/inscriptions', { id, statut: 'annulee' }),
    toutLire('/api/v1/seances/{id}/inscriptions', { id, statut: 'expiree' }),
    toutLire('/api/v1/seances/{id}/faits', { id }, MOST),
    desMembres('/api/v1/paiements', membres),
    desMembres('/api/v1/notifications', membres),
  ]);
  return {
    seance: await lire('/api/v1/seances/{id}', { id }),
    inscriptions: [...vivantes, ...annulees, ...expirees],
    faits,
    paiements: paiements.filter(({ seanceId }) => seanceId === id),
    notifications: notifications.filter(({ seanceId }) => seanceId === id),
    membres,
  };
}

async function desMembres<P extends '/api/v1/paiements' | '/api/v1/notifications'>(path: P, membres: readonly string[]) {
  if (membres.length > ONE_BY_ONE) return toutLire(path, {}, MOST);
  return (await Promise.all(membres.map((membreId) => toutLire(path, { membreId })))).flat();
}

/**
 * The verdict on a séance, once everything that its facts lead to had the time to happen: payments and notices follow through the outbox. What is
 * still wrong then, is wrong.
 */
export async function verdict(
  id: string,
  reponses: readonly Reponse[],
  also: readonly string[] = [],
): Promise<{ constats: Constat<Quoi>[]; releve: Releve }> {
  const membres = [...new Set([...reponses.map(({ membreId }) => membreId), ...also])];
  await attendre(async () => ((await insister(() => lire('/api/v1/boite-envoi'))).nonPublies === 0 ? true : undefined), OUTBOX_MS);
  let last: { constats: Constat<Quoi>[]; releve: Releve } | undefined;
  await attendre(
    async () => {
      const releve = await insister(() => relever(id, membres));
      last = { constats: juger(releve, reponses), releve };
      return last.constats.every(({ bon }) => bon) ? true : undefined;
    },
    5_000,
    500,
  );
  return last!;
}
