import fc from 'fast-check';
import { expect } from 'vitest';
import { lireMembreId } from '../../src/modules/membres/membre-id.js';
import type { Etat } from '../../src/modules/prets/etat.js';
import type { Demande, Fait, Regles, Reponse } from '../../src/modules/prets/mots.js';
import { creerOuvrage } from '../../src/modules/prets/ouvrage.js';
import { isBeside, isRefusal, type FactPlace } from '../../src/runtime/aggregate/aggregate.js';
import { HEURE, JOUR } from './prets.js';
import { Registre } from './registre-des-prets.js';

export type Agregat = ReturnType<typeof creerOuvrage>;
type Verbe = Exclude<Demande['type'], 'ajouterOuvrage'>;

/** Ce que l’on voudrait faire ; les numéros désignent, modulo ce qui existe alors. */
interface Voeu {
  readonly verbe: Verbe;
  readonly ouvrage: number;
  readonly membre: number;
  readonly n: number;
  readonly oui: boolean;
}
export interface Pas {
  readonly delai: number;
  /** L’instance dort pendant le délai : ses réveils l’attendent. */
  readonly endormie: boolean;
  readonly voeu: Voeu;
}
export interface Histoire {
  readonly regles: Regles;
  readonly depart: number;
  readonly pas: readonly Pas[];
}

const MEMBRES = ['ana', 'bo', 'cy'].map((nom) => lireMembreId(`mem_${nom}`)!);
const OUVRAGES = ['ouv_0', 'ouv_1'];

const poids: Readonly<Record<Verbe, number>> = {
  emprunter: 14,
  rendre: 8,
  prolonger: 5,
  reserver: 10,
  annulerReservation: 2,
  expirerRetrait: 1,
  rappelerEcheance: 1,
  relancer: 3,
  declarerPerdu: 2,
  retrouverExemplaire: 2,
  ajouterExemplaire: 3,
  retirerExemplaire: 2,
  remettreEnRayon: 2,
};
const voeu = fc.record<Voeu>({
  verbe: fc.oneof(...Object.entries(poids).map(([verbe, weight]) => ({ weight, arbitrary: fc.constant(verbe as Verbe) }))),
  ouvrage: fc.nat(1),
  membre: fc.nat(MEMBRES.length - 1),
  n: fc.nat(7),
  oui: fc.boolean(),
});
const delai = fc.oneof(
  { weight: 8, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 12 * HEURE }) },
  { weight: 4, arbitrary: fc.integer({ min: HEURE, max: 9 * JOUR }) },
  { weight: 2, arbitrary: fc.integer({ min: 14 * JOUR, max: 23 * JOUR }) },
  { weight: 1, arbitrary: fc.constant(400 * JOUR) },
);
const fermetures = fc.record({
  jours: fc.subarray([1, 3, 6, 7]),
  // Une longue fermeture d’été, et des fêtes.
  dates: fc.subarray(['2026-04-06', '2026-10-25', ...Array.from({ length: 20 }, (_, i) => `2026-08-${String(i + 3).padStart(2, '0')}`)]),
});
const reglement = fc.record({
  dureeJours: fc.constantFrom(21, 21, 2, 14),
  prolongations: fc.constantFrom(1, 1, 0, 3),
  prolongationJours: fc.constantFrom(21, 21, 1, 0),
  prolongationDesJours: fc.constantFrom(7, 30),
  retraitJours: fc.constantFrom(7, 1),
  rappelJours: fc.constantFrom(3, 0),
  relancesJours: fc.constantFrom<[number, number, number]>([3, 10, 21], [1, 2, 3]),
  pretsMax: fc.constantFrom(5, 2, 1),
  reservationsMax: fc.constantFrom(3, 1),
});
const fuseau = fc.constantFrom(
  'Europe/Paris',
  'Europe/Paris',
  'UTC',
  'America/New_York',
  'America/Havana',
  'Africa/Cairo',
  'Australia/Lord_Howe',
);
/** Un soir de changement d’heure, une fois sur deux. */
const depart = fc
  .constantFrom('2026-03-28T22:30:00Z', '2026-10-24T21:30:00Z', '2026-01-05T12:00:00Z', '2026-07-20T06:00:00Z')
  .map((texte) => Date.parse(texte));

export const histoire: fc.Arbitrary<Histoire> = fc.record({
  regles: fc.record({ fuseau, reglement, fermetures }),
  depart,
  pas: fc.array(fc.record({ delai, endormie: fc.boolean(), voeu }), { minLength: 10, maxLength: 60, size: 'max' }),
});

interface Arme {
  readonly flux: string;
  readonly nom: string;
  readonly racine: string;
  readonly due: number;
  readonly demande: Demande;
}
export interface Ecrit {
  readonly racine: string;
  readonly flux: string;
  readonly fait: Fait;
  readonly place: FactPlace<Demande>;
}

/** Deux ouvrages d’un même club, leur horloge et leurs réveils : ce que la machine fait, en petit. */
export class Club {
  readonly etats = new Map<string, Etat>();
  readonly registre: Registre;
  readonly ecrits: Ecrit[] = [];
  readonly journaux = new Map<string, Fait[]>();
  private readonly reveils = new Map<string, Arme>();
  private readonly retours = new Map<string, Reponse>();
  private instant: number;
  private compte = 0;

  constructor(
    readonly agregat: Agregat,
    { regles, depart: premier }: Histoire,
    private readonly avant: (club: Club, racine: string, n: number) => void = () => {},
  ) {
    this.registre = new Registre(regles);
    this.instant = premier;
    for (const racine of OUVRAGES) {
      const exemplaires = [this.neuf('exe'), ...(racine === 'ouv_1' ? [this.neuf('exe')] : [])];
      this.appliquer(racine, { type: 'ajouterOuvrage', titre: 'Nana', auteur: null, isbn: null, exemplaires });
    }
  }

  jouer({ delai: attente, endormie, voeu: quoi }: Pas): void {
    const arrivee = this.instant + attente;
    if (!endormie) for (let un = this.premier(arrivee); un !== undefined; un = this.premier(arrivee)) this.sonner(un);
    this.instant = arrivee;
    const racine = OUVRAGES[quoi.ouvrage]!;
    for (let un = this.premier(arrivee, racine); un !== undefined; un = this.premier(arrivee, racine)) this.sonner(un);
    this.avant(this, racine, quoi.n);
    const demande = this.demander(racine, quoi);
    const attendu = this.registre.refus(racine, demande, this.instant);
    const obtenu = this.appliquer(racine, demande);
    expect(obtenu, `refus de ${demande.type}, dans l’ordre (P6)`).toBe(attendu);
  }

  private premier(avant: number, racine?: string): Arme | undefined {
    return [...this.reveils.values()]
      .filter((arme) => arme.due <= avant && (racine === undefined || arme.racine === racine))
      .sort((a, b) => a.due - b.due || (`${a.flux} ${a.nom}` < `${b.flux} ${b.nom}` ? -1 : 1))[0];
  }

  private sonner(arme: Arme): void {
    this.instant = Math.max(this.instant, arme.due);
    expect(this.appliquer(arme.racine, arme.demande), `réveil refusé ${arme.nom}`).toBeNull();
    expect(this.reveils.get(`${arme.flux} ${arme.nom}`)?.due, 'réveil laissé armé').not.toBe(arme.due);
  }

  /** La demande, comme la machine la mène : le prêt dont elle parle est ramené, puis ses faits sont écrits, et on oublie ce qui peut l’être. */
  private appliquer(racine: string, demande: Demande): string | null {
    const { agregat, instant } = this;
    const etat = this.etats.get(racine) ?? agregat.initial();
    const sujet = agregat.companions!.subject(demande);
    if (sujet !== undefined && !etat.prets.has(sujet)) for (const fait of this.journaux.get(sujet) ?? []) agregat.evolve(etat, fait, sujet);
    const decision = agregat.decide(etat, demande, instant);
    if (isRefusal(decision)) return decision.refusal;
    let suite = etat;
    for (const dit of decision) {
      const [flux, fait] = isBeside(dit) ? [dit.beside, dit.fact] : [racine, dit];
      const journal = this.journaux.get(flux) ?? [];
      const place = { stream: flux, version: journal.length + 1, instant, demande };
      this.registre.lire(racine, flux, fait, instant);
      suite = agregat.evolve(suite, fait, flux);
      this.journaux.set(flux, [...journal, fait]);
      this.ecrits.push({ racine, flux, fait, place });
      this.armer(racine, fait, place);
    }
    this.etats.set(racine, suite);
    this.registre.verifier();
    expect(this.armes(racine), 'réveils armés = échéances').toEqual(this.registre.reveils(racine));
    this.entendre(demande, decision.length, agregat.answer(suite, [], demande));
    agregat.companions!.forget!(suite);
    expect(suite.prets.size, 'mémoire').toBeLessThanOrEqual(this.registre.vivants().length + 8);
    return null;
  }

  private armer(racine: string, fait: Fait, place: FactPlace<Demande>): void {
    for (const change of this.agregat.timers!(fait, place)) {
      if ('clear' in change) this.reveils.delete(`${place.stream} ${change.clear}`);
      else
        this.reveils.set(`${place.stream} ${change.set}`, {
          flux: place.stream,
          nom: change.set,
          racine,
          due: change.due,
          demande: change.demande,
        });
    }
  }

  private armes(racine: string): string[] {
    const niveau = (d: Demande) => (d.type === 'relancer' ? ` ${d.niveau}` : d.type === 'rappelerEcheance' ? ' 0' : '');
    const siens = [...this.reveils.values()].filter((arme) => arme.racine === racine);
    return siens.map(({ flux, nom, demande, due }) => `${flux} ${nom}${niveau(demande)} ${due}`).sort();
  }

  private entendre(demande: Demande, faits: number, reponse: Reponse): void {
    if (demande.type !== 'rendre') return;
    const premiere = this.retours.get(demande.pretId);
    if (faits === 0) expect(premiere ?? reponse, 'P8 la première réponse').toEqual(reponse);
    if (premiere !== undefined) expect(faits, 'P8').toBe(0);
    this.retours.set(demande.pretId, reponse);
  }

  private demander(racine: string, { verbe, membre, n, oui }: Voeu): Demande {
    const { registre } = this;
    const membreId = MEMBRES[membre]!;
    const situation = (qui: typeof membreId) => ({ membre: { membreId: qui, ...registre.situation(qui) } });
    const exemplaires = [...registre.copies].filter(([, copie]) => copie.ouvrage === racine).map(([id]) => id);
    const exemplaireId = exemplaires.at(n % exemplaires.length)!;
    const prets = [...registre.prets].filter(([, pret]) => pret.ouvrage === racine).slice(-4);
    const [pretId, pret] = prets.at(n % (prets.length || 1)) ?? ['pre_inconnu', undefined];
    switch (verbe) {
      case 'ajouterExemplaire':
        return { type: verbe, exemplaireId: this.neuf('exe') };
      case 'retirerExemplaire':
      case 'remettreEnRayon':
      case 'expirerRetrait':
        return { type: verbe, exemplaireId };
      case 'emprunter':
        return { type: verbe, pretId: this.neuf('pre'), ...situation(membreId), ...(oui && { exemplaireId }) };
      case 'rendre':
        return { type: verbe, pretId, etat: oui && n === 0 ? 'abime' : 'bon' };
      case 'prolonger':
        return { type: verbe, pretId, ...situation(MEMBRES.find((m) => m === pret?.membreId) ?? membreId) };
      case 'reserver':
        return { type: verbe, ...situation(membreId) };
      case 'annulerReservation':
        return { type: verbe, membreId };
      case 'relancer':
        return { type: verbe, pretId, ...(oui && { niveau: ((n % 3) + 1) as 1 | 2 | 3 }) };
      case 'rappelerEcheance':
      case 'declarerPerdu':
      case 'retrouverExemplaire':
        return { type: verbe, pretId };
    }
  }

  private neuf(prefixe: string): string {
    this.compte += 1;
    return `${prefixe}_${this.compte}`;
  }
}

/** Déroule l’histoire en tenant P1 à P9 à chaque fait, le refus attendu à chaque non, et les réveils à chaque pas. */
export function derouler(agregat: (regles: Regles) => Agregat, une: Histoire, avant?: ConstructorParameters<typeof Club>[2]): Club {
  const club = new Club(agregat(une.regles), une, avant);
  for (const pas of une.pas) club.jouer(pas);
  return club;
}
