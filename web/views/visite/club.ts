/** What the tour does to the club: readers, séances, demandes. Everything it makes says so in its name. */
import { lire, nouvelleCle, poster, type Read, Refus, retirer, toutLire } from '../../state/api';
import { connaitreLesMembres, type Membre, membres } from '../../state/moi';
import type { Geste, Reponse } from './juge';

export type Seance = Read<'/api/v1/seances/{id}'>;

export const LECTEURS = 50;
export const PLACES = 12;
const SEED = 'zoe.legoff@example.org';
const PATIENCE_MS = 25_000;
const DAY_MS = 86_400_000;

export const dormir = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Busy, or out of reach: asking again with the same id makes sense. */
const passager = ({ statut }: Refus): boolean => [0, 429, 503].includes(statut);

/** Asks until there is an answer that lasts, for 25 seconds at most. */
export async function insister<T>(ask: () => Promise<T>): Promise<T> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Refus) || !passager(error) || performance.now() > until) throw error;
      await dormir(Math.min(error.revenirMs ?? 500, 1_000));
    }
  }
}

/** Waits for `found` to find something, at most `ms`. */
export async function attendre<T>(found: () => Promise<T | undefined>, ms: number, everyMs = 250): Promise<T | undefined> {
  const until = performance.now() + ms;
  for (;;) {
    const one = await found();
    if (one !== undefined || performance.now() > until) return one;
    await dormir(everyMs);
  }
}

/** This instance has said that its processes may be crashed. */
let permis = false;

/** Why the tour does not run here, if it does not: crash controls are off, or these are not the members of the demo club. */
export async function empechement(): Promise<'plantages' | 'club' | undefined> {
  await connaitreLesMembres(true);
  if (![...membres.value.values()].some(({ courriel }) => courriel === SEED)) return 'club';
  permis ||= (await refusDeLaRacine()) === 'plantage_interdit';
  return permis ? undefined : 'plantages';
}

/** The root never crashes: what it refuses with tells whether anything may. */
async function refusDeLaRacine(): Promise<string> {
  try {
    await poster('/api/v1/supervision/{chemin}/plantage', { chemin: 'monclub' }, undefined);
    return '';
  } catch (error) {
    if (error instanceof Refus) return error.code;
    throw error;
  }
}

/** The people of the demo club, whose addresses lead nowhere. */
export const gensDeLaDemo = (): Membre[] =>
  [...membres.value.values()].filter(({ courriel }) => courriel?.endsWith('@example.org') === true);

export const nomDeLecteur = (n: number | string): string => `Lecteur ${n} (visite)`;
/** The same reader, from wherever it is asked for on that day. */
export const cleDeLecteur = (n: number | string, jour: string): string => `visite_lecteur_${n}_${jour}`;

/** The fifty readers of the tour, made once and found again by their names. */
export async function lecteurs(): Promise<string[]> {
  await connaitreLesMembres(true);
  const known = new Map([...membres.value.values()].map(({ id, nom }) => [nom, id]));
  const today = new Date().toISOString().slice(0, 10);
  const ids = await Promise.all(
    Array.from({ length: LECTEURS }, async (_, i) => {
      const nom = nomDeLecteur(i + 1);
      return known.get(nom) ?? (await insister(() => poster('/api/v1/membres', {}, { nom }, cleDeLecteur(i + 1, today)))).id;
    }),
  );
  if (ids.some((id) => !membres.value.has(id))) await connaitreLesMembres(true);
  return ids;
}

export function fiche(titre: string, places = PLACES) {
  const debut = Date.now() + 7 * DAY_MS;
  const dates = { debut: new Date(debut).toISOString(), fin: new Date(debut + 7_200_000).toISOString() };
  return { titre, lieu: 'Visite guidée', ...dates, places, prixCentimes: 500, paiement: 'sur_place' as const };
}

export async function planifier(titre: string, places = PLACES): Promise<Seance> {
  const cle = nouvelleCle();
  return insister(() => poster('/api/v1/seances', {}, fiche(titre, places), cle));
}

/** A séance that lives on the instance of this page: only there can it be crashed from here. Those that live elsewhere are cancelled again. */
export async function planifierIci(titre: string): Promise<Seance | undefined> {
  for (let n = 0; n < 12; n++) {
    const seance = await planifier(titre);
    const [{ moi }, { proprietaire }] = await Promise.all([
      insister(() => lire('/api/v1/grappe')),
      insister(() => lire('/api/v1/grappe/proprietaires/{agregat}', { agregat: seance.id })),
    ]);
    if (proprietaire === moi) return seance;
    await insister(() =>
      poster('/api/v1/seances/{id}/annulation', { id: seance.id }, { motif: 'Visite guidée : vit sur une autre instance.' }),
    );
  }
  return undefined;
}

/** One demande, asked until it is answered; never rejects. */
export async function demander(geste: Geste, id: string, membreId: string): Promise<Reponse> {
  const [cle, partie] = [nouvelleCle(), performance.now()];
  const ask = (): Promise<Reponse['issue']> =>
    geste === 'inscrire'
      ? poster('/api/v1/seances/{id}/inscriptions', { id }, { membreId, siComplet: 'attendre' }, cle).then((said) => ({
          est: 'faite',
          ...said,
        }))
      : retirer('/api/v1/seances/{id}/inscriptions/{membreId}', { id, membreId }, undefined, cle).then((said) => ({
          est: 'faite',
          ...said,
        }));
  const issue = await insister(ask).catch((error: unknown): Reponse['issue'] =>
    error instanceof Refus && !passager(error) ? { est: 'refusee', code: error.code } : { est: 'perdue' },
  );
  return { cle, geste, membreId, partie, recue: performance.now(), issue };
}

/** Who has a live entry there. */
export async function presents(id: string): Promise<Set<string>> {
  const entrees = await insister(() => toutLire('/api/v1/seances/{id}/inscriptions', { id }));
  return new Set(entrees.map(({ membreId }) => membreId));
}
