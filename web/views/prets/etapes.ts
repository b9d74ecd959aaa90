/** The life of a loan as a list of steps: those that its facts tell, then those that its timer and the rules of the day will bring. */
import type { Read } from '../../state/api';
import { say } from '../../state/langue';
import type { Pret, Reglement } from '../../state/prets';
import { PRETS } from '../../words/prets';
import { avance, horloge, leJour, leMoment, plusTard } from './jours';

export type Fait = Read<'/api/v1/prets/{id}/faits'>['elements'][number];

export interface Etape {
  /** The club's clock, as universal time. */
  readonly le: number;
  readonly date: string;
  readonly dit: string;
  readonly venir: boolean;
}

/** Reminders go out at this hour of the club. */
const MATIN = 8;

/** In order of time. `now`: the club's clock. */
export function etapes(pret: Pret, faits: readonly Fait[], reglement: Reglement, now: number): readonly Etape[] {
  const past = faits.map((fait) => passee(fait, pret));
  if (pret.statut !== 'en_cours') return past;
  const due = horloge(pret.echeance);
  const late = now > due;
  const echeance: Etape = { le: due, date: leJour(due), dit: say(late ? PRETS.etape_echeance_passee : PRETS.etape_echeance), venir: !late };
  return [...past, echeance, ...prolongeable(pret, reglement, now), ...relances(pret, faits, reglement, now)].toSorted(
    (a, b) => a.le - b.le,
  );
}

function passee({ type, instant, donnees }: Fait, pret: Pret): Etape {
  // The journal writes universal time: the club is as far from it as on the nearest day that the loan names.
  const at = Date.parse(instant);
  const near = [pret.ouvertLe, pret.echeance, ...(pret.renduLe === null ? [] : [pret.renduLe])];
  const away = (one: string): number => Math.abs(Date.parse(one) - at);
  const le = at + avance(near.toSorted((a, b) => away(a) - away(b))[0]!);
  return { le, date: leMoment(le), dit: phrase(type, donnees), venir: false };
}

function phrase(type: string, donnees: Fait['donnees']): string {
  switch (type) {
    case 'PretOuvert':
      return say(PRETS.etape_ouvert);
    case 'PretProlonge':
      return say(PRETS.etape_prolonge, { jour: leJour(horloge(String(donnees['echeance']))) });
    case 'EcheanceRappelee':
      return say(PRETS.etape_rappel);
    case 'RelanceEnvoyee':
      return relance(Number(donnees['niveau']));
    case 'PretRendu':
      return say(donnees['etat'] === 'abime' ? PRETS.etape_abime : PRETS.etape_rendu);
    case 'PretDeclarePerdu':
      return say(PRETS.etape_perdu);
    case 'PretRetrouve':
      return say(PRETS.etape_retrouve);
    default:
      return type;
  }
}

const relance = (niveau: number): string =>
  niveau === 0 ? say(PRETS.etape_rappel) : say(niveau === 3 ? PRETS.etape_relance_3 : PRETS.etape_relance, { niveau });

/** The timer that the last fact armed, and after it the reminders as the rules of the day have them: at most one a day. */
function relances(pret: Pret, faits: readonly Fait[], { relancesJours }: Reglement, now: number): readonly Etape[] {
  const armed = faits.at(-1)?.donnees['reveil'];
  if (!isReveil(armed)) return [];
  const coming = [venir(armed.niveau, horloge(armed.le), now)];
  for (let niveau = armed.niveau + 1; niveau <= 3; niveau++) {
    const planned = plusTard(horloge(pret.echeance), relancesJours[niveau - 1]!, MATIN);
    coming.push(venir(niveau, Math.max(planned, plusTard(coming.at(-1)!.le, 1, MATIN)), now));
  }
  return coming;
}

function venir(niveau: number, le: number, now: number): Etape {
  const when = Math.max(le, now);
  return { le: when, date: leMoment(when), dit: relance(niveau), venir: true };
}

const isReveil = (one: unknown): one is { readonly niveau: number; readonly le: string } =>
  typeof one === 'object' && one !== null && 'niveau' in one && typeof one.niveau === 'number' && 'le' in one && typeof one.le === 'string';

/** From when it may be renewed, while it still may and may not yet. */
function prolongeable(pret: Pret, { prolongations, prolongationDesJours }: Reglement, now: number): readonly Etape[] {
  const le = plusTard(horloge(pret.echeance), -prolongationDesJours, 0);
  if (pret.prolongations >= prolongations || le <= now) return [];
  return [{ le, date: leJour(le), dit: say(PRETS.etape_prolongeable), venir: true }];
}
