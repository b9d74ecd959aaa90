import type { PretSuivi } from '../../src/modules/notifications/avis-prets.js';
import type { Agenda, Annuaire, Courrier, Courriel, Rayons } from '../../src/modules/notifications/lectures.envoi.js';
import { Envoi } from '../../src/modules/notifications/notifications.envoi.js';
import { matin } from '../../src/modules/notifications/jour.js';
import { REUNION_MS } from '../../src/modules/notifications/recapitulatif.envoi.js';
import { Registre, type Transact } from '../../src/modules/notifications/registre.envoi.js';
import type { Cell } from '../../src/runtime/outbox/rows.js';
import { MemoryRows } from './memory-rows.js';
import { VirtualClock } from './virtual-clock.js';

const HEURE = 3_600_000;

export const SEANCE = {
  titre: 'Les Misérables',
  lieu: 'Salle 2',
  debut: '2026-03-10T19:00:00+01:00',
  fuseau: 'Europe/Paris',
  paiement: 'sur_place',
} as const;

/** Un serveur de courrier dont le test décide : ouvert ou fermé, et ce qu’il répond à chaque adresse. */
export class FauxCourrier implements Courrier {
  readonly recus: Courriel[] = [];
  readonly vus: string[] = [];
  ouvert = true;
  questions = 0;
  refus: (courriel: Courriel) => Error | undefined = () => undefined;
  /** Appelé pendant l’envoi. */
  pendant: (courriel: Courriel) => Promise<void> = async () => undefined;

  async envoyer(courriel: Courriel): Promise<void> {
    if (!this.ouvert) throw new Error('connect ECONNREFUSED');
    this.vus.push(courriel.id);
    await this.pendant(courriel);
    const refus = this.refus(courriel);
    if (refus !== undefined) throw refus;
    this.recus.push(courriel);
  }

  async joignable(): Promise<boolean> {
    this.questions++;
    return this.ouvert;
  }
}

/** Une boîte d’avis en mémoire, avec autant d’envoyeurs que l’on veut, et le temps dans la main du test. */
export class BoiteDAvis {
  readonly clock = new VirtualClock();
  readonly rows = new MemoryRows({ notification: [['id'], ['stream', 'version', 'membre_id']] });
  readonly reports: string[] = [];
  readonly membres = new Map<string, { nom: string; courriel: string | null }>();
  presents: { membreId: string; entree: number }[] = [];
  lisible = true;
  reveils = new Set<() => void>();
  private nombre = 0;

  private readonly annuaire: Annuaire = {
    coordonnees: async (ids) => {
      if (!this.lisible) throw new Error('la base ne se lit pas');
      return new Map(ids.flatMap((id) => (this.membres.has(id) ? [[id, this.membres.get(id)!] as const] : [])));
    },
  };
  private readonly agenda: Agenda = {
    seances: async (ids) => new Map(ids.filter((id) => id === 'sea_1').map((id) => [id, SEANCE])),
    presents: async (_, { apres, avant }, combien) =>
      this.presents.filter(({ entree }) => entree > apres && entree < avant).slice(0, combien),
    position: async (_, rang) => rang - 1,
    motif: async () => 'La salle est fermée.',
  };
  /** Les prêts dont parlent les rappels et les relances ; chaque ouvrage porte le nom de son identifiant. */
  readonly prets = new Map<string, PretSuivi>();
  private readonly rayons: Rayons = {
    ouvrages: async (ids) => new Map(ids.map((id) => [id, { titre: id.slice(4), auteur: null }])),
    prets: async (ids) => new Map(ids.flatMap((id) => (this.prets.has(id) ? [[id, this.prets.get(id)!] as const] : []))),
  };

  /** Une boîte neuve, à dix heures du matin au club. */
  static async duMatin(): Promise<BoiteDAvis> {
    const boite = new BoiteDAvis();
    await boite.clock.pass(matin(boite.clock.now(), 1, 'Europe/Paris') + 2 * HEURE - boite.clock.now());
    return boite;
  }

  envoyeur(courrier: Courrier | undefined, transact: Transact = this.rows.transact): Envoi {
    return new Envoi({
      registre: new Registre(transact, this.clock, 'Europe/Paris'),
      redaction: { annuaire: this.annuaire, agenda: this.agenda, rayons: this.rayons, fuseau: 'Europe/Paris', langue: 'fr' },
      courrier,
      clock: this.clock,
      ecouter: (reveil) => {
        this.reveils.add(reveil);
        return () => this.reveils.delete(reveil);
      },
      report: (message) => this.reports.push(message),
    });
  }

  /** Un membre joignable, et un avis d’inscription pour lui. */
  async avis(membreId: string, valeurs: Readonly<Record<string, Cell>> = {}): Promise<string> {
    if (!this.membres.has(membreId)) this.membres.set(membreId, { nom: membreId.slice(4), courriel: `${membreId.slice(4)}@example.org` });
    const n = ++this.nombre;
    const id = `not_${String(n).padStart(6, '0')}`;
    const row = {
      id,
      stream: 'sea_1',
      version: n,
      membre_id: membreId,
      gabarit: 'inscription',
      donnees: '{"prixCentimes":500}',
      statut: 'a_envoyer',
      essais: 0,
    };
    await this.rows.insert('notification', [
      {
        ...row,
        prochain_essai: this.clock.now(),
        creee_le: this.clock.now(),
        envoyee_le: null,
        erreur: null,
        recapitulatif_id: null,
        ...valeurs,
      },
    ]);
    return id;
  }

  /** Un prêt vivant du membre, et le rappel ou la relance que le fait vient d’écrire : il attend d’être groupé. */
  async du(membreId: string, livre: string, niveau: 0 | 1 | 2 | 3 = 0): Promise<string> {
    const echeance = new Date(this.clock.now() + (niveau === 0 ? 72 : -72) * HEURE).toISOString();
    const donnees = { ouvrageId: `ouv_${livre}`, ...(niveau === 0 ? { echeance } : { niveau, retardJours: 3 }) };
    this.prets.set(`pre_${livre}`, { ouvrageId: `ouv_${livre}`, enCours: true, echeance });
    return this.avis(membreId, {
      stream: `pre_${livre}`,
      gabarit: niveau === 0 ? 'rappel' : 'relance',
      donnees: JSON.stringify(donnees),
      statut: 'a_grouper',
      prochain_essai: this.clock.now() + REUNION_MS,
    });
  }

  statut(id: string): Cell {
    return this.ligne(id)['statut']!;
  }

  ligne(id: string): Readonly<Record<string, Cell>> {
    const row = this.rows.rows('notification').find((one) => one['id'] === id);
    if (row === undefined) throw new Error(`pas d’avis ${id}`);
    return { ...row };
  }
}
