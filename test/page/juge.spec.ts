import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { juger, type Entree, type Releve, type Reponse } from '../../web/views/visite/juge';
import { histoire, type Pas } from '../support/histoires-de-seance.js';
import { runs } from '../support/runs.js';
import { ana, seance } from '../support/seances.js';
import { di, rouges, RUEE } from './ruee.js';
import { visiter, type Visite } from './seance-relevee.js';

const attendre = ([delai, quoi]: Pas): Pas => [delai, quoi.type === 'inscrire' ? { ...quoi, siComplet: 'attendre' } : quoi];
const ATTENDUS = ['deja_inscrit', 'deja_en_attente', 'place_deja_offerte', 'pas_inscrit'];
const attendue = ({ issue }: Reponse): boolean => issue.est !== 'refusee' || ATTENDUS.includes(issue.code);

describe('le juge de la visite', () => {
  it('ne trouve rien à redire aux vraies règles, quoi que l’on demande', () => {
    // The tour is about séances to come, and always asks to wait.
    const aVenir = histoire.map((pas) => pas.filter(([, { type }]) => !type.startsWith('constater')).map(attendre));
    fc.assert(
      fc.property(aVenir, (pas) => {
        const { releve, reponses } = visiter(seance, pas);
        expect(rouges({ releve, reponses: reponses.filter(attendue) })).toEqual([]);
      }),
      { numRuns: runs(500) },
    );
  });

  it('ne trouve rien à redire à une ruée, et en dit les comptes', () => {
    const { releve, reponses } = visiter(seance, RUEE);
    expect(Object.fromEntries(juger(releve, reponses).map(({ quoi, bon, valeurs }) => [quoi, { bon, ...valeurs }]))).toEqual({
      places: { bon: true, n: 3, places: 3, attente: 2, trop: 0 },
      doublons: { bon: true, n: 0 },
      ordre: { bon: true, n: 0, attente: 2 },
      effets: { bon: true, n: 0, total: 9 },
      reponses: { bon: true, n: 9, justes: 9, total: 9 },
      listes: { bon: true, n: 11 },
      paiements: { bon: true, n: 3, attendus: 3 },
      avis: { bon: true, n: 10, attendus: 10 },
    });
  });
});

type Change = (visite: Visite) => Visite;
const releve =
  (change: (releve: Releve) => Partial<Releve>): Change =>
  (visite) => ({ ...visite, releve: { ...visite.releve, ...change(visite.releve) } });
const entrees = (change: (toutes: Releve['inscriptions']) => readonly Entree[]): Change =>
  releve((un) => ({ inscriptions: change(un.inscriptions) }));
const faits = (change: (tous: Releve['faits']) => Releve['faits']): Change => releve((un) => ({ faits: change(un.faits) }));
const fiche = (change: Partial<Releve['seance']>): Change => releve((un) => ({ seance: { ...un.seance, ...change } }));
const paiements = (change: (tous: Releve['paiements']) => Releve['paiements']): Change =>
  releve((un) => ({ paiements: change(un.paiements) }));
const avis = (change: (tous: Releve['notifications']) => Releve['notifications']): Change =>
  releve((un) => ({ notifications: change(un.notifications) }));

/** La réponse à la n-ième demande de la ruée. */
const reponse =
  (n: number, change: (une: Reponse) => Partial<Reponse>): Change =>
  ({ releve: un, reponses }) => ({
    releve: un,
    reponses: reponses.map((une) => (une.cle === `page_${n}` ? { ...une, ...change(une) } : une)),
  });
const dite = (n: number, change: object): Change => reponse(n, ({ issue }) => ({ issue: { ...issue, ...change } as Reponse['issue'] }));
const [BO, DI, FLO, BO_PART] = [2, 4, 6, 7];

/** La même ruée où cette demande n’a jamais eu lieu : rien ne le trahit, que la réponse reçue. */
const sansEffet =
  (n: number): Change =>
  ({ reponses }) => {
    const sans = visiter(
      seance,
      RUEE.filter((_, i) => i !== n),
      (i) => `page_${i < n ? i : i + 1}`,
    );
    return {
      releve: { ...sans.releve, membres: membresDe(reponses) },
      reponses: reponses.map((une) => sans.reponses.find(({ cle }) => cle === une.cle) ?? une),
    };
  };
const membresDe = (reponses: readonly Reponse[]): string[] => [...new Set(reponses.map(({ membreId }) => membreId))];

const un = (quoi: { readonly membreId: string }, membreId: string): boolean => quoi.membreId === membreId;
const version = (n: number, change: Partial<Releve['faits'][number]>) =>
  faits((tous) => tous.map((fait) => (fait.version === n ? { ...fait, ...change } : fait)));

/** Ce que le club montre, ou a répondu, n’est pas ce qui s’est passé. */
const MENSONGES: readonly (readonly [quoi: string, change: Change, trouve: readonly string[]])[] = [
  ['un inscrit de plus dans la liste', entrees((toutes) => [...toutes, { membreId: 'mem_x', statut: 'inscrite' }]), ['places', 'listes']],
  ['une place retirée à la fiche', fiche({ places: 2 }), ['places', 'listes']],
  [
    'quelqu’un deux fois dans la liste',
    entrees((toutes) => [...toutes, { membreId: ana, statut: 'offerte' }]),
    ['places', 'doublons', 'listes'],
  ],
  ['qui attend absent de la liste', entrees((toutes) => toutes.filter(({ position }) => position !== 2)), ['listes']],
  ['qui attend sans son rang', entrees((toutes) => toutes.map((une) => ({ ...une, rang: undefined }))), ['ordre']],
  ['la file à l’envers', entrees((toutes) => toutes.toReversed()), ['ordre']],
  ['une position fausse', entrees((toutes) => toutes.map((une) => ({ ...une, position: une.position && une.position + 1 }))), ['ordre']],
  ['un compteur d’inscrits faux', fiche({ inscrits: 2 }), ['listes']],
  ['un compteur d’attente faux', fiche({ enAttente: 3 }), ['listes']],
  ['une version en retard', fiche({ version: 10 }), ['listes']],

  ['un fait deux fois', faits((tous) => [...tous, tous.at(-1)!]), ['doublons', 'ordre', 'effets', 'reponses', 'listes', 'avis']],
  ['un trou dans les versions', version(11, { version: 12 }), ['ordre', 'reponses', 'listes']],
  ['un fait perdu', faits((tous) => tous.filter((fait) => fait.version !== 10)), ['ordre', 'effets', 'reponses', 'listes', 'avis']],
  ['le dernier fait perdu', faits((tous) => tous.slice(0, -1)), ['ordre', 'effets', 'reponses', 'listes', 'avis']],
  ['une promotion d’avant la place libre', faits((tous) => tous.with(7, tous[8]!).with(8, tous[7]!)), ['places', 'ordre', 'reponses']],
  ['un fait prêté à une autre demande', version(4, { demandeId: 'page_1' }), ['effets', 'reponses']],
  ['un fait prêté à quelqu’un d’autre', version(4, { donnees: { membreId: 'mem_x' } }), ['reponses', 'listes', 'paiements', 'avis']],
  [
    'une promotion de qui n’est pas en tête',
    version(9, { donnees: { membreId: 'mem_eve' } }),
    ['ordre', 'reponses', 'listes', 'paiements', 'avis'],
  ],

  ['une demande acceptée, et sans effet', sansEffet(BO), ['effets', 'reponses']],
  ['une demande refusée, et un effet', reponse(FLO, () => ({ issue: { est: 'refusee', code: 'deja_inscrit' } })), ['effets', 'reponses']],
  ['un refus que rien n’explique', reponse(FLO, () => ({ cle: 'autre', issue: { est: 'refusee', code: 'deja_inscrit' } })), ['reponses']],
  ['un refus d’une autre nature', reponse(FLO, () => ({ cle: 'autre', issue: { est: 'refusee', code: 'surcharge' } })), ['reponses']],
  ['une réponse qui n’est jamais venue', reponse(FLO, () => ({ issue: { est: 'perdue' } })), ['reponses']],
  ['une attente annoncée comme une place', dite(DI, { statut: 'inscrite' }), ['reponses']],
  ['une place annoncée comme une attente', dite(BO, { statut: 'en_attente' }), ['reponses']],
  ['un rang faux dans la réponse', dite(DI, { rang: 2 }), ['reponses']],
  ['une position fausse dans la réponse', dite(FLO, { position: 1 }), ['reponses']],
  ['une version fausse dans la réponse', dite(FLO, { version: 8 }), ['reponses']],
  ['une promotion que la réponse tait', dite(BO_PART, { promu: null }), ['reponses']],
  ['une promotion d’un autre dans la réponse', dite(BO_PART, { promu: 'mem_eve' }), ['reponses']],
  ['une demande décidée avant celles d’avant elle', reponse(BO, () => ({ partie: 1_000, recue: 1_001 })), ['ordre']],

  ['un paiement oublié', paiements((tous) => tous.filter((p) => !un(p, di))), ['paiements']],
  ['un paiement deux fois', paiements((tous) => [...tous, ...tous.filter((p) => un(p, di))]), ['paiements']],
  ['un paiement de qui attend', paiements((tous) => tous.map((p) => ({ ...p, statut: 'du' }))), ['paiements']],
  [
    'un paiement d’un autre montant',
    paiements((tous) => tous.map((p) => ({ ...p, montantCentimes: p.montantCentimes + 1 }))),
    ['paiements'],
  ],
  ['un avis oublié', avis((tous) => tous.slice(1)), ['avis']],
  ['un avis deux fois', avis((tous) => [...tous, tous[0]!]), ['avis']],
  ['un avis à quelqu’un d’autre', avis((tous) => tous.map((a) => (a.gabarit === 'promotion' ? { ...a, membreId: ana } : a))), ['avis']],
  ['un avis d’autre chose', avis((tous) => tous.map((a) => (a.gabarit === 'promotion' ? { ...a, gabarit: 'inscription' } : a))), ['avis']],
];

describe('le juge de la visite voit', () => {
  it.each(MENSONGES)('%s', (_, change, trouve) => {
    expect(rouges(change(visiter(seance, RUEE)))).toEqual(trouve);
  });
});
