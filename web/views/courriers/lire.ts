/** The notices as the list shows them: the newest, as many as are shown; read anew when something has happened. */
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { type Read, toutLire } from '../../state/api';
import { ecouter } from '../../state/flux';
import { useEcheance } from '../../ui/echeance';

export type Avis = Read<'/api/v1/notifications'>['elements'][number];
export type Statut = Avis['statut'];

export interface Filtre {
  readonly statut: Statut | undefined;
  readonly membreId: string | undefined;
}

/** Stays while the page does: who comes back from a notice finds the list as it was left. */
export const filtre = signal<Filtre>({ statut: undefined, membreId: undefined });
/** One less than the API gives at a time: the one more says that there are others. */
export const TOGETHER = 99;
export const montres = signal(TOGETHER);

export function filtrer(change: Partial<Filtre>): void {
  filtre.value = { ...filtre.value, ...change };
  montres.value = TOGETHER;
}

const byBirth = (one: Avis, other: Avis): number => (one.creeeLe < other.creeeLe ? 1 : one.creeeLe > other.creeeLe ? -1 : 0);

/** The `most` newest notices that match, newest first, and one more where there are others. */
export async function lireLesAvis({ statut, membreId }: Filtre, most: number): Promise<AvisLus> {
  const from = performance.now();
  const avis = await toutLire('/api/v1/notifications', { ordre: 'recents', statut, membreId }, most + 1);
  // They are born in the order of publication, which is that of their facts but for a club that was filled with older ones.
  avis.sort(byBirth);
  return { avis, ms: performance.now() - from };
}

const PAUSE_MS = 2_000;
/** A reading that takes long is made more seldom: at most one part in five of the time is spent on it. */
const SHARE = 5;

/** What was read, and how long that took. */
export interface AvisLus {
  readonly avis: readonly Avis[];
  readonly ms: number;
}

/** When this notice will be tried again; null when it will not. What is being sent has no next try: what the API says of it is the end of its lease. */
export const prochainEssai = (avis: Pick<Avis, 'statut' | 'prochainEssai'>): string | null =>
  avis.statut === 'en_envoi' ? null : avis.prochainEssai;

/** Calls `again` after facts were heard, at most once in two seconds; when the next try of one of these notices is due; and soon when one is being sent. */
export function useRelecture(again: () => void, lecture: AvisLus | undefined): void {
  const now = useRef({ again, ms: 0 });
  now.current = { again, ms: lecture?.ms ?? 0 };
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const enough = ecouter('fait', () => {
      timer ??= setTimeout(
        () => {
          timer = undefined;
          now.current.again();
        },
        Math.max(PAUSE_MS, now.current.ms * SHARE),
      );
    });
    return () => {
      enough();
      clearTimeout(timer);
    };
  }, []);
  useEcheance(lecture, ({ avis }) => avis.flatMap(due), again, now.current.ms * SHARE);
}

/** When something may be seen of it: of what is being sent, at any moment. */
function due({ statut, creeeLe, prochainEssai }: Avis): string[] {
  if (statut === 'en_envoi') return [creeeLe];
  return prochainEssai === null ? [] : [prochainEssai];
}
