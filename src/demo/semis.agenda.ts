import type { MembreId } from '../modules/membres/index.js';
import type { DemandeDeSeance, ReponseDeSeance } from '../modules/reunions/index.js';
import type { Asks } from '../runtime/aggregate/outcome.js';
import { newId } from '../runtime/ids.js';
import type { Aujourdhui } from './dates.js';
import type { Demandeur } from './demandeur.js';
import { momentsDe, type SeanceDeDemo } from './programme.js';

export type Seances = Pick<Asks<DemandeDeSeance, ReponseDeSeance>, 'ask'>;

/** Sème une séance, du premier jour à aujourd'hui. Les arrivées partent ensemble : la boîte de la séance les garde en ordre. */
export async function semerSeance(
  demandeur: Demandeur,
  seances: Seances,
  seance: SeanceDeDemo,
  membres: readonly MembreId[],
  aujourdhui: Aujourdhui,
): Promise<void> {
  const { cle, arrivees, departs = [], absents, motif } = seance;
  const moments = momentsDe(seance, aujourdhui);
  const id = await planifier(demandeur, seances, seance, aujourdhui);
  if (id === undefined) return;
  const demander = (quoi: string, instant: number, demande: DemandeDeSeance): Promise<unknown> =>
    demandeur.demander(`${cle}-${quoi}`, instant, (envelope) => seances.ask(id, demande, envelope));
  const inscrire = (n: number, i: number): Promise<unknown> =>
    demander(`arrivee-${i}`, moments.arrivee(i), { type: 'inscrire', membreId: membres[n]!, siComplet: 'attendre' });
  await Promise.all(arrivees.map(inscrire));
  for (const n of departs) await demander(`depart-${n}`, moments.depart, { type: 'desister', membreId: membres[n]! });
  if (absents !== undefined) {
    await demander('report', moments.reportee, { type: 'reporter', ...moments.dates });
    const constater = (n: number, i: number): Promise<unknown> => {
      const absence = absents.find(({ membre }) => membre === n);
      const membreId = membres[n]!;
      const demande: DemandeDeSeance =
        absence === undefined ? { type: 'constaterPresence', membreId } : { type: 'constaterAbsence', membreId, excusee: absence.excusee };
      return demander(`constat-${i}`, moments.constat(i), demande);
    };
    await Promise.all(arrivees.map(constater));
  }
  const motifId = newId(demandeur.clock, 'mot');
  if (motif !== undefined) await demander('annulation', moments.annulee, { type: 'annuler', motif, motifId });
}

async function planifier(
  demandeur: Demandeur,
  seances: Seances,
  seance: SeanceDeDemo,
  aujourdhui: Aujourdhui,
): Promise<string | undefined> {
  const { cle, titre, lieu, places, prixCentimes, paiement = 'sur_place' } = seance;
  const { fuseau } = aujourdhui;
  const { annonce, planifiee } = momentsDe(seance, aujourdhui);
  const id = newId(demandeur.clock, 'sea');
  const fiche = { id, titre, lieu, ...annonce, fuseau, places, prixCentimes, paiement, listeAttenteMax: null } as const;
  const reponse = await demandeur.demander(`${cle}-plan`, planifiee, (envelope) =>
    seances.ask(id, { type: 'planifier', ...fiche }, envelope),
  );
  // La réponse d'une reprise nomme la séance de la première fois.
  return reponse !== undefined && 'id' in reponse ? reponse.id : undefined;
}
