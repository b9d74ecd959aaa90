/** Facts told as sentences, in the language of the page; what they name comes from `sujets` and from the members. */
import { FAITS, NUANCES, type TypeDeFait } from '../words/faits';
import { jour, prix, quand } from './dates';
import type { Fait } from './flux';
import { langue, say, type Values } from './langue';
import { connaitreLesMembres, membres, nomDe } from './moi';
import { connuDe, sujetDe, titreDe } from './sujets';

/** What a sentence needs of a fact: the stream's and the history's have it alike. */
export type Recitable = Pick<Fait, 'agregat' | 'genre' | 'type' | 'donnees'>;

/** The fact as a sentence, in the language of the page. */
export function recit(fait: Recitable): string {
  const word = FAITS[fait.type as TypeDeFait] as (typeof FAITS)[TypeDeFait] | undefined;
  if (word === undefined) return say(NUANCES.sans_sentence, { type: fait.type, agregat: fait.agregat });
  const told = say(word, valeurs(fait));
  // « un membre » may come first, and « 18 nov. » last.
  return told.replace(/^\p{Ll}/u, (first) => first.toUpperCase()).replace(/\.\.$/, '.');
}

/** Everything that a fact is searched by: its sentence as it is before dates and prices, who and what it names, its type and ids. */
export function cherchable(fait: Recitable): string {
  const { genre, agregat, type, donnees } = fait;
  const word = FAITS[type as TypeDeFait]?.[langue.value];
  const said = word === undefined || typeof word === 'string' ? word : word.other;
  const who = text(donnees['membreId']) ?? sujetDe(genre, agregat)?.membreId;
  return [said, titreDe(genre, agregat), who === undefined ? '' : nom(who), type, agregat, who].join(' ');
}

/** The members whom a fact concerns, each once. */
export function concernes({ genre, agregat, donnees }: Recitable): string[] {
  const lists = ['inscrits', 'offertes', 'enAttente', 'offres'].flatMap((name) => (donnees[name] ?? []) as readonly Membre[]);
  const one = [donnees['membreId'], (donnees['rendALaFile'] as Membre | undefined)?.membreId].filter((id) => typeof id === 'string');
  const lent = genre === 'pret' && one.length === 0 ? connuDe(agregat)?.membreId : undefined;
  return [...new Set([...one, ...lists.map(({ membreId }) => membreId), ...(lent === undefined ? [] : [lent])])];
}

interface Membre {
  readonly membreId: string;
}

/** A member's name; of one who is not known yet, or any more, that there is one. */
export function nom(id: unknown): string {
  if (typeof id !== 'string') return say(NUANCES.un_membre);
  if (!membres.value.has(id)) chercher(id);
  const known = nomDe(id);
  return known === '…' ? say(NUANCES.un_membre) : known;
}

function valeurs(fait: Recitable): Values {
  const { genre, agregat, donnees } = fait;
  const { membreId, rang, numero, niveau, places, exemplaires, debut, expireLe, echeance, retraitAvant } = donnees;
  const date = text(debut) ?? text(expireLe);
  const day = text(echeance) ?? text(retraitAvant);
  const sujet = sujetDe(genre, agregat);
  return {
    titre: titreDe(genre, agregat) ?? '…',
    membre: nom(membreId ?? sujet?.membreId),
    rang: Number(niveau ?? numero ?? rang ?? 0),
    n:
      fait.type === 'SeanceAnnulee'
        ? concernes(fait).length
        : Number(places ?? (exemplaires as readonly unknown[] | undefined)?.length ?? 0),
    quand: date === undefined ? '' : quand(date, text(donnees['fuseau']) ?? sujet?.fuseau),
    jour: day === undefined ? '' : jour(day),
    nuance: nuance(fait),
  };
}

function nuance({ type, donnees }: Recitable): string {
  const { depuis, tardif, horsRang, motifId, excusee, rendALaFile, rang, retardJours, etat, prixCentimes, offres } = donnees;
  const price = Number(prixCentimes) > 0 ? say(NUANCES.prix, { prix: prix(Number(prixCentimes)) }) : '';
  const late = { n: Number(retardJours) };
  switch (type) {
    case 'MembreInscrit':
    case 'OffreAcceptee':
      return price;
    case 'MembreDesiste':
      return depuis === 'attente' ? say(NUANCES.de_l_attente) : tardif === true ? say(NUANCES.tardif) : '';
    case 'MembrePromu':
      return `${horsRang === true ? say(NUANCES.hors_rang) : ''}${price}`;
    case 'PlacesModifiees':
      return motifId === undefined ? '' : say(NUANCES.ajoutee);
    case 'SeanceReportee':
      return Array.isArray(offres) && offres.length > 0 ? say(NUANCES.offres, { n: offres.length }) : '';
    case 'AbsenceConstatee':
      return excusee === true ? say(NUANCES.excusee) : '';
    case 'ExemplaireRetire':
      return rendALaFile === undefined ? '' : say(NUANCES.attend, { autre: nom((rendALaFile as Membre).membreId) });
    case 'ExemplairePrete':
      return rang === undefined ? '' : say(NUANCES.honoree);
    case 'PretRendu':
      return `${late.n > 0 ? say(NUANCES.retard, late) : ''}${etat === 'abime' ? say(NUANCES.abime) : ''}`;
    case 'RelanceEnvoyee':
      return say(NUANCES.retard_de, late);
    default:
      return '';
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const CHERCHER_MS = 2_000;
const cherches = new Set<string>();
let recherche: ReturnType<typeof setTimeout> | undefined;

/** Someone who came since the members were read; each is looked for once. */
function chercher(id: string): void {
  if (cherches.has(id)) return;
  cherches.add(id);
  const again = membres.peek().size > 0;
  recherche ??= setTimeout(
    () => {
      recherche = undefined;
      connaitreLesMembres(again).catch(() => cherches.clear());
    },
    again ? CHERCHER_MS : 0,
  );
}
