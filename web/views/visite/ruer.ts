/** The rush: everybody at once on one séance, and its process crashed in their midst when that is asked for. */
import { poster, Refus } from '../../state/api';
import { VISITE } from '../../words/visite';
import { demander, dormir } from './club';
import type { Dire } from './etape';
import type { Reponse } from './juge';

/** All at once; the crashes are asked for in their midst, in the same line as they are. */
export async function ruer(
  id: string,
  ids: readonly string[],
  dire: Dire,
  crashes: number,
): Promise<{ reponses: Reponse[]; coups: number; ms: number }> {
  let n = 0;
  const coups: Promise<boolean>[] = [];
  const every = Math.ceil(ids.length / (crashes + 1));
  performance.clearResourceTimings();
  const reponses = await Promise.all(
    ids.map((membreId, i) => {
      if (i > 0 && i % every === 0) coups.push(planter(id));
      return demander('inscrire', id, membreId).then((one) => {
        dire(VISITE.reponses_recues, { n: ++n, total: ids.length });
        return one;
      });
    }),
  );
  const struck = (await Promise.all(coups)).filter(Boolean).length;
  const took = performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/plantage')) as PerformanceResourceTiming[];
  return {
    reponses,
    coups: struck,
    ms: Math.ceil(Math.max(0, ...took.map(({ requestStart, responseEnd }) => responseEnd - requestStart))),
  };
}

export const cheminDe = (id: string): string => `monclub.coeur.club.reunions.${id}`;

/** Crashes it once. It may be between two lives at this moment: then a little later. */
async function planter(id: string): Promise<boolean> {
  for (let n = 0; n < 5; n++) {
    try {
      await poster('/api/v1/supervision/{chemin}/plantage', { chemin: cheminDe(id) }, undefined);
      return true;
    } catch (error) {
      if (!(error instanceof Refus)) throw error;
    }
    await dormir(30);
  }
  return false;
}
