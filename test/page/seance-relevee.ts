import { ecouterPourAviser } from '../../src/modules/notifications/notifications.listener.js';
import { ecouterLesSeances } from '../../src/modules/paiements/paiements.listener.js';
import type { Reponse as ReponseDuClub, RessourceSeance } from '../../src/modules/reunions/reponses.js';
import type { Demande, Fait, Seance } from '../../src/modules/reunions/seance.js';
import { isRefusal } from '../../src/runtime/aggregate/aggregate.js';
import type { Effect, Listener } from '../../src/runtime/outbox/listener.js';
import type { Cell, RowChange } from '../../src/runtime/outbox/rows.js';
import type { Entree, Releve, Reponse } from '../../web/views/visite/juge';
import { type Agregat, DEPART, type Pas } from '../support/histoires-de-seance.js';
import { Reveils } from '../support/reveils.js';

/** Une visite : ce que le club montre d’une séance, et ce qu’il a répondu à la page. */
export interface Visite {
  readonly releve: Releve;
  readonly reponses: readonly Reponse[];
}

type Ligne = Record<string, Cell>;
const ID = 'sea_1';
const ECOUTES: readonly Listener[] = [ecouterLesSeances, ecouterPourAviser(false)];

/** Des tables en mémoire, écrites comme le club les écrit. */
class Tables {
  private readonly tables = new Map<string, Ligne[]>();

  lignes(table: string): Ligne[] {
    const lignes = this.tables.get(table) ?? [];
    this.tables.set(table, lignes);
    return lignes;
  }

  changer(change: RowChange): void {
    if (change.op === 'insert') this.lignes(change.table).push({ ...change.key, ...change.values });
    else if (change.op === 'update') this.poser(change.table, change.key, change.values);
  }

  suivre(effet: Effect): void {
    if ('insert' in effet) this.lignes(effet.table).push({ ...effet.insert });
    else this.poser(effet.table, effet.where, effet.set);
  }

  private poser(table: string, where: Readonly<Ligne>, valeurs: Readonly<Ligne>): void {
    for (const ligne of this.lignes(table))
      if (Object.entries(where).every(([colonne, valeur]) => ligne[colonne] === valeur)) Object.assign(ligne, valeurs);
  }
}

/**
 * Déroule l’histoire comme la machine, les réveils dus d’abord : les règles, les lignes, les paiements et les avis sont ceux du club, et la page est
 * seule à demander de s’inscrire et de se désister. `cleDe` : la clé de la n-ième demande.
 */
export function visiter(agregat: Agregat, pas: readonly Pas[], cleDe = (n: number): string => `page_${n}`): Visite {
  const club = new Club(agregat);
  const reveils = new Reveils<Demande>();
  const reponses: Reponse[] = [];
  let instant = DEPART;
  const demander = (cle: string, quoi: Demande): ReponseDuClub | string => {
    const { dit, faits } = club.demander(cle, quoi, instant);
    for (const { fait, version } of faits) reveils.noter(agregat.timers!(fait, { stream: ID, version, instant, demande: quoi }));
    return dit;
  };
  pas.forEach(([delaiMs, quoi], n) => {
    instant += delaiMs;
    for (let reveil = reveils.premier(instant); reveil !== undefined; reveil = reveils.premier(instant)) {
      demander(`reveil_${n}_${reveil.nom}`, reveil.demande);
      reveils.sonne(reveil);
    }
    const dit = demander(cleDe(n), quoi);
    if (quoi.type === 'inscrire' || quoi.type === 'desister')
      reponses.push({ cle: cleDe(n), geste: quoi.type, membreId: quoi.membreId, partie: 10 * n, recue: 10 * n + 5, issue: issue(dit) });
  });
  return { releve: club.releve([...new Set(reponses.map(({ membreId }) => membreId))]), reponses };
}

const issue = (dit: ReponseDuClub | string): Reponse['issue'] =>
  typeof dit === 'string' ? { est: 'refusee', code: dit } : { est: 'faite', ...(dit as object), version: dit.version };

interface Ecrit {
  readonly fait: Fait;
  readonly version: number;
}

class Club {
  private etat: Seance;
  private version = 0;
  private readonly tables = new Tables();
  private readonly faits: Releve['faits'][number][] = [];

  constructor(private readonly agregat: Agregat) {
    this.etat = agregat.initial();
  }

  demander(cle: string, quoi: Demande, instant: number): { dit: ReponseDuClub | string; faits: readonly Ecrit[] } {
    const decision = this.agregat.decide(this.etat, quoi, instant);
    if (isRefusal(decision)) return { dit: decision.refusal, faits: [] };
    const faits = decision.map((fait) => this.ecrire(fait, cle, quoi, instant));
    return { dit: this.agregat.answer(this.etat, decision, quoi), faits };
  }

  private ecrire(fait: Fait, cle: string, demande: Demande, instant: number): Ecrit {
    const version = ++this.version;
    this.etat = this.agregat.evolve(this.etat, fait);
    for (const change of this.agregat.rows(fait, { stream: ID, version, instant, demande })) this.tables.changer(change);
    const { type, ...data } = fait;
    const publie = { stream: ID, kind: 'seance', version, type, data, demande: cle, acteur: null, instant, format: 1, position: version };
    for (const { react } of ECOUTES)
      for (const effet of react(publie, { newId: (prefix) => `${prefix}_${version}`, now: instant })) this.tables.suivre(effet);
    this.faits.push({ version, type, instant: new Date(instant).toISOString(), demandeId: cle, donnees: data });
    return { fait, version };
  }

  releve(membres: readonly string[]): Releve {
    const vue = this.agregat.view(this.etat) as RessourceSeance;
    const paiements = this.tables.lignes('paiement').map(({ membre_id: membreId, statut, montant_centimes: montant }) => ({
      membreId: String(membreId),
      statut: String(statut),
      montantCentimes: Number(montant),
    }));
    const notifications = this.tables
      .lignes('notification')
      .map(({ membre_id: membreId, gabarit }) => ({ membreId: String(membreId), gabarit: String(gabarit) }));
    return { seance: vue, inscriptions: this.inscriptions(), faits: this.faits, paiements, notifications, membres };
  }

  /** Les places puis l’attente, par rang ; ensuite qui est parti. */
  private inscriptions(): Entree[] {
    const lignes = this.tables.lignes('inscription');
    const de = (...statuts: string[]) => lignes.filter(({ statut }) => statuts.includes(String(statut)));
    const entree = ({ membre_id: membreId, statut }: Ligne): Entree => ({ membreId: String(membreId), statut: String(statut) });
    const attente = de('en_attente').toSorted((a, b) => Number(a['rang']) - Number(b['rang']));
    return [
      ...de('inscrite', 'offerte').map(entree),
      ...attente.map((ligne, i) => ({ ...entree(ligne), rang: Number(ligne['rang']), position: i + 1 })),
      ...de('annulee', 'expiree').map(entree),
    ];
  }
}
