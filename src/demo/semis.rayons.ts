import type { MembreId } from '../modules/membres/index.js';
import type { DemandeDePret, ReponseDePret } from '../modules/prets/index.js';
import type { Asks } from '../runtime/aggregate/outcome.js';
import { newId } from '../runtime/ids.js';
import type { Aujourdhui } from './dates.js';
import type { Demandeur } from './demandeur.js';
import { enRayon, type Geste, instantDuGeste, type OuvrageDeDemo } from './rayons.js';

export type Ouvrages = Pick<Asks<DemandeDePret, ReponseDePret>, 'ask'>;

/**
 * Sème un ouvrage et son histoire. Les gestes partent ensemble, et sa boîte les garde en ordre : ce qui était dû entre deux gestes est appliqué à la date
 * du second, et non au moment où la machine découvre le premier. Seul attend sa réponse celui qui doit savoir de quel prêt il parle.
 */
export async function semerOuvrage(
  demandeur: Demandeur,
  ouvrages: Ouvrages,
  ouvrage: OuvrageDeDemo,
  membres: readonly MembreId[],
  aujourdhui: Aujourdhui,
): Promise<void> {
  const { cle, histoire } = ouvrage;
  const id = await ajouter(demandeur, ouvrages, ouvrage, aujourdhui);
  if (id === undefined || histoire === undefined) return;
  const prets = new Map<number, Promise<ReponseDePret | undefined>>();
  const reponses: Promise<unknown>[] = [];
  for (const [n, geste] of histoire.gestes.entries()) {
    const [, quoi, membre] = geste;
    const pret = SUR_UN_PRET.has(quoi) ? await prets.get(membre) : undefined;
    // La réponse d'une reprise nomme le prêt de la première fois.
    const pretId = quoi === 'emprunte' ? newId(demandeur.clock, 'pre') : pret !== undefined && 'id' in pret ? pret.id : '';
    const demande = demandeDe(quoi, membres[membre]!, pretId);
    const reponse = demandeur.demander(`livre-${cle}-${n}`, instantDuGeste(histoire, n, aujourdhui), (envelope) =>
      ouvrages.ask(id, demande, envelope),
    );
    if (quoi === 'emprunte') prets.set(membre, reponse);
    // Celui qui attend ci-dessus peut échouer avant que l'on n'écoute celui-ci.
    reponse.catch(() => undefined);
    reponses.push(reponse);
  }
  await Promise.all(reponses);
}

const SUR_UN_PRET: ReadonlySet<Geste[1]> = new Set(['prolonge', 'rend', 'abime', 'perd']);

function demandeDe(quoi: Geste[1], membreId: MembreId, pretId: string): DemandeDePret {
  // Personne n'a encore rien : la base, elle, compte.
  const membre = { membreId, prets: 0, reservations: 0, suspendu: false };
  switch (quoi) {
    case 'emprunte':
      return { type: 'emprunter', pretId, membre };
    case 'prolonge':
      return { type: 'prolonger', pretId, membre };
    case 'reserve':
      return { type: 'reserver', membre };
    case 'renonce':
      return { type: 'annulerReservation', membreId };
    case 'rend':
      return { type: 'rendre', pretId };
    case 'abime':
      return { type: 'rendre', pretId, etat: 'abime' };
    case 'perd':
      return { type: 'declarerPerdu', pretId };
  }
}

async function ajouter(
  demandeur: Demandeur,
  ouvrages: Ouvrages,
  { cle, titre, auteur, isbn, exemplaires }: OuvrageDeDemo,
  aujourdhui: Aujourdhui,
): Promise<string | undefined> {
  const { clock } = demandeur;
  const id = newId(clock, 'ouv');
  const ids = Array.from({ length: exemplaires }, () => newId(clock, 'exe'));
  const reponse = await demandeur.demander(`livre-${cle}`, enRayon(aujourdhui), (envelope) =>
    ouvrages.ask(id, { type: 'ajouterOuvrage', titre, auteur, isbn, exemplaires: ids }, envelope),
  );
  return reponse !== undefined && 'id' in reponse ? reponse.id : undefined;
}
