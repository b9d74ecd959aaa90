/** Whether a refusal is one that the club could give. Pure. */
import { type Histoire, present } from './histoire';
import type { Reponse } from './juge';

/** What must be so for a refusal to be right; the tour meets no other one. */
const RAISONS: Readonly<Record<string, (histoire: Histoire, membreId: string) => boolean>> = {
  deja_inscrit: ({ inscrits }, id) => inscrits.has(id),
  place_deja_offerte: ({ offertes }, id) => offertes.has(id),
  deja_en_attente: ({ attente }, id) => attente.some(({ membreId }) => membreId === id),
  pas_inscrit: (histoire, id) => !present(histoire, id),
};

/** It was so at some moment between the asking and the answer, as the other answers date them; `told`: the history up to so many facts. */
export function tenable(
  { membreId, partie, recue, issue }: Reponse,
  reponses: readonly Reponse[],
  faits: number,
  told: (upTo: number) => Histoire,
): boolean {
  const raison = issue.est === 'refusee' ? RAISONS[issue.code] : undefined;
  if (raison === undefined) return false;
  const done = reponses.flatMap((one) =>
    one.issue.est === 'faite' ? [{ partie: one.partie, recue: one.recue, version: one.issue.version }] : [],
  );
  const from = Math.max(0, ...done.filter((one) => one.recue < partie).map(({ version }) => version));
  const before = Math.min(faits + 1, ...done.filter((one) => one.partie > recue).map(({ version }) => version));
  for (let upTo = from; upTo < before; upTo++) if (raison(told(upTo), membreId)) return true;
  return false;
}
