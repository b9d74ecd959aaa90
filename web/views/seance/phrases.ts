import { say, type Values } from '../../state/langue';
import { nomDe } from '../../state/moi';
import { FAITS } from '../../words/seance';
import { dates, limite } from '../agenda/mots';

/** A fact as it is told: from the history or from the stream. */
export interface FaitDit {
  readonly version: number;
  readonly type: string;
  readonly instant: string;
  readonly donnees: Readonly<Record<string, unknown>>;
}

/** One sentence; a fact that this page does not know is told by its name. */
export function phraseDe({ type, donnees }: FaitDit, fuseau: string): string {
  const word = variant(type, donnees);
  return word === undefined ? type : say(FAITS[word], valuesOf(donnees, fuseau));
}

function variant(type: string, { depuis, tardif, horsRang, excusee }: FaitDit['donnees']): keyof typeof FAITS | undefined {
  if (type === 'MembreDesiste' && depuis === 'attente') return 'attente';
  if (type === 'MembreDesiste' && tardif === true) return 'tardif';
  if (type === 'MembrePromu' && horsRang === true) return 'horsRang';
  if (type === 'AbsenceConstatee' && excusee === true) return 'excusee';
  return type in FAITS ? (type as keyof typeof FAITS) : undefined;
}

function valuesOf(of: FaitDit['donnees'], fuseau: string): Values {
  const [debut, fin] = [text(of['debut']), text(of['fin'])];
  const told = ['inscrits', 'offertes', 'enAttente'].map((name) => of[name]).map((all) => (Array.isArray(all) ? all.length : 0));
  return {
    nom: nomDe(text(of['membreId'])),
    rang: Number(of['rang'] ?? 0),
    places: Number(of['places'] ?? 0),
    limite: of['expireLe'] === undefined ? '' : limite(text(of['expireLe']), fuseau),
    quand: debut === '' || fin === '' ? '' : dates({ debut, fin, fuseau }),
    n: told.reduce((sum, one) => sum + one, 0),
  };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
