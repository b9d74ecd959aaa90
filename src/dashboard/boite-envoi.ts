import { z } from 'zod';
import { fromRow } from '../runtime/outbox/inbox.js';
import { letterId } from '../runtime/outbox/relay.js';
import type { Watched } from './instance.js';

const LETTRE = {
  id: 'paiements:sea_01jd3xq7r5t8v2w4y6z8a0b2c4:7',
  ecouteur: 'paiements',
  agregat: 'sea_01jd3xq7r5t8v2w4y6z8a0b2c4',
  version: 7,
  essais: 8,
  erreur: 'prix inconnu',
  depuis: '2027-01-15T18:00:00.000Z',
  morte: true,
  prochainEssai: null,
};

const Lettre = z.object({
  id: z.string().describe('écouteur:agrégat:version du fait'),
  ecouteur: z.string(),
  agregat: z.string(),
  version: z.int().describe('Le premier fait que l’écouteur n’a pas pu prendre.'),
  essais: z.int(),
  erreur: z.string(),
  depuis: z.string(),
  morte: z.boolean().describe('Vrai : elle attend une personne. Faux : elle sera réessayée d’elle-même.'),
  prochainEssai: z.string().nullable(),
});

/** The outbox as the API shows it. */
export const BoiteEnvoi = z
  .object({
    nonPublies: z.int().describe('Faits à publier ; au moins ce nombre si estimation est vrai.'),
    estimation: z.boolean(),
    plusAncien: z.object({ instant: z.string(), ageMs: z.int() }).nullable(),
    position: z.int().describe('La dernière position de publication donnée.'),
    lettresMortes: z.array(Lettre).describe('Ce que les écouteurs n’ont pas pu prendre, le plus ancien d’abord, 1000 au plus.'),
  })
  .meta({ id: 'BoiteEnvoi', examples: [{ nonPublies: 0, estimation: false, plusAncien: null, position: 1234, lettresMortes: [LETTRE] }] });

/** What the database tells, in the words of the API. `now`: milliseconds since 1970. */
export function showBacklog(
  { facts, bounded, oldest, position, letters }: Awaited<ReturnType<Watched['storage']['backlog']>>,
  now: number,
): z.output<typeof BoiteEnvoi> {
  const plusAncien = oldest === null ? null : { instant: instantOf(oldest), ageMs: Math.max(0, now - oldest) };
  return { nonPublies: facts, estimation: bounded, plusAncien, position, lettresMortes: letters.map(showLetter) };
}

function showLetter(row: Parameters<typeof fromRow>[0]): z.output<typeof Lettre> {
  const held = fromRow(row);
  return {
    id: letterId(held),
    ecouteur: held.listener,
    agregat: held.stream,
    version: held.version,
    essais: held.attempts,
    erreur: held.error,
    depuis: instantOf(held.since),
    morte: held.dead,
    prochainEssai: held.dead ? null : instantOf(held.nextTry),
  };
}

function instantOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
