import type { Locator, Page } from 'playwright-core';
import type { DemoClub } from './browser-club.js';

const JOUR_MS = 86_400_000;

/** L'id de ce membre du club de démonstration. */
export async function membre(club: DemoClub, nom: string): Promise<string> {
  const { elements } = (await club.ask('/membres?limite=100')) as { elements: { id: string; nom: string }[] };
  return elements.find((one) => one.nom === nom)!.id;
}

/** Une séance gratuite, après-demain : avant celles de la démonstration. */
export async function planifier(club: DemoClub, titre: string, places: number): Promise<string> {
  const jour = new Date(Date.now() + 2 * JOUR_MS).toISOString().slice(0, 10);
  return (await club.ask('/seances', { titre, places, debut: `${jour}T19:00:00Z`, fin: `${jour}T21:00:00Z` })).id;
}

export async function inscrire(club: DemoClub, seance: string, nom: string): Promise<void> {
  await club.ask(`/seances/${seance}/inscriptions`, { membreId: await membre(club, nom) });
}

/** Qui est inscrit ou attend, d'après le club. */
export async function inscriptions(club: DemoClub, seance: string): Promise<string[]> {
  const { elements } = (await club.ask(`/seances/${seance}/inscriptions`)) as { elements: { membreId: string; statut: string }[] };
  const { elements: membres } = (await club.ask('/membres?limite=100')) as { elements: { id: string; nom: string }[] };
  return elements.map(({ membreId, statut }) => `${membres.find(({ id }) => id === membreId)!.nom} ${statut}`);
}

/** La carte de ce qui porte ce titre. */
export const carte = (page: Page, titre: string): Locator =>
  page
    .getByRole('main')
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name: titre, exact: true }) });
