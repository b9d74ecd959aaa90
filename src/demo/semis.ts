/**
 * Sème le club de démonstration dans une base vide, par des demandes ordinaires datées d'hier et d'avant.
 *
 * S1. Jamais dans une base où vit quelqu'un, ni deux fois : la marque le dit, et elle s'écrit dans la transaction qui trouve la base vide.
 * S2. Chaque demande a un nom fixe : interrompu n'importe où, le semis reprend depuis le début sans rien refaire.
 * S3. À plusieurs instances, une sème ; les autres attendent qu'elle ait fini, et la relaient si elle tarde.
 * S4. Une demande refusée (quelqu'un s'en est mêlé) est signalée et passée : la démonstration n'arrête jamais le club.
 * S5. Un mouvement de compteur n'a lieu qu'une fois sur l'instance qui l'a pris : seule celle à qui la naissance du produit est revenue le compte.
 */
import type { MembreId } from '../modules/membres/index.js';
import type { Envelope, Outcome } from '../runtime/aggregate/outcome.js';
import type { Machine } from '../runtime/machine.js';
import type { Child } from '../runtime/supervision/child.js';
import { Marque } from './marque.js';
import { COMPTOIR, naissance, passage, type ProduitDeDemo } from './comptoir.js';
import { type Aujourdhui, JOURS_FERMES } from './dates.js';
import { Demandeur } from './demandeur.js';
import { MEMBRES, type MembreDeDemo } from './membres-de-demo.js';
import { adhesion, PROGRAMME } from './programme.js';
import { RAYONS } from './rayons.js';
import { type Seances, semerSeance } from './semis.agenda.js';
import { type Ouvrages, semerOuvrage } from './semis.rayons.js';

/** À qui le semis s'adresse. */
export interface Club {
  accueillir(envelope: Envelope, membre: MembreDeDemo): Promise<Outcome<{ readonly id: string }>>;
  fermer(envelope: Envelope, jours: typeof JOURS_FERMES): Promise<Outcome>;
  readonly seances: Seances;
  readonly ouvrages: Ouvrages;
  readonly compteurs: Comptoir;
  readonly fuseau: string;
  /** Se résout quand la base est ouverte. */
  opened(): Promise<void>;
  report(message: string, error: unknown): void;
}

/** Le bar et la boutique, tels que cette instance les tient. */
export interface Comptoir {
  /** Son INSTANCE_ID. */
  readonly instance: string;
  creer(envelope: Envelope, produit: Omit<ProduitDeDemo, 'mouvements'>): Promise<Outcome<{ readonly instance: string }>>;
  compter(envelope: Envelope, produit: string, quantite: number): Promise<Outcome>;
}

const PATIENCE_MS = 1_000;
/** Un magasin de compteurs qui ne s'ouvre pas ne retient pas le reste plus longtemps. */
const COMPTOIR_MS = 5_000;
const POLL_MS = 50;

export class Semis {
  private fini = false;
  private readonly marque: Marque;

  constructor(
    private readonly machine: Machine,
    private readonly club: Club,
  ) {
    this.marque = new Marque(machine);
  }

  /** Ce qui manque encore pour que le club de démonstration soit là, ou undefined. */
  missing(): string | undefined {
    return this.fini ? undefined : 'le club de démonstration n’est pas encore semé';
  }

  readonly start: Child['start'] = ({ signal, exit }) => {
    this.semer(new Demandeur(this.machine.clock, this.club.report, signal)).catch((error: unknown) => {
      if (!signal.aborted) exit({ is: 'error', error });
    });
    return { stop: () => undefined };
  };

  private async semer(demandeur: Demandeur): Promise<void> {
    const { club } = this;
    await club.opened();
    const instant = await this.tour(demandeur);
    if (instant !== undefined) {
      const aujourdhui = { instant, fuseau: club.fuseau };
      const [membres] = await Promise.all([this.accueillir(demandeur, aujourdhui), this.fermer(demandeur, aujourdhui)]);
      await Promise.all([
        ...PROGRAMME.map((seance) => semerSeance(demandeur, club.seances, seance, membres, aujourdhui)),
        ...RAYONS.map((ouvrage) => semerOuvrage(demandeur, club.ouvrages, ouvrage, membres, aujourdhui)),
        ...COMPTOIR.map((produit) => this.compter(demandeur, produit, aujourdhui)),
      ]);
      await demandeur.insister(() => this.marque.finir());
    }
    this.fini = true;
  }

  /** Le jour à semer quand c'est à nous de le faire ; undefined quand il n'y a rien à faire. */
  private async tour(demandeur: Demandeur): Promise<number | undefined> {
    const { clock } = this.machine;
    const jusqua = clock.monotonic() + PATIENCE_MS;
    for (;;) {
      const trouve = await demandeur.insister(() => this.marque.prendre());
      if (trouve.etat === 'habitee' || trouve.etat === 'semee') return undefined;
      if (trouve.etat === 'a_semer' || clock.monotonic() >= jusqua) return trouve.aujourdhui;
      await demandeur.attendre(POLL_MS);
    }
  }

  private async accueillir(demandeur: Demandeur, aujourdhui: Aujourdhui): Promise<readonly MembreId[]> {
    const traces = MEMBRES.map((membre, n) =>
      demandeur.demander(`membre-${n}`, adhesion(n, aujourdhui), (envelope) => this.club.accueillir(envelope, membre)),
    );
    return (await Promise.all(traces)).map((trace) => (trace?.id ?? '') as MembreId);
  }

  private async fermer(demandeur: Demandeur, aujourdhui: Aujourdhui): Promise<void> {
    await demandeur.demander('calendrier', adhesion(0, aujourdhui), (envelope) => this.club.fermer(envelope, JOURS_FERMES));
  }

  private async compter(demandeur: Demandeur, { mouvements, ...fiche }: ProduitDeDemo, aujourdhui: Aujourdhui): Promise<void> {
    const { compteurs } = this.club;
    const { produit } = fiche;
    const ne = await demandeur.demander(`${produit}-produit`, naissance(aujourdhui), (envelope) => compteurs.creer(envelope, fiche));
    if (ne?.instance !== compteurs.instance) return;
    const jusqua = this.machine.clock.monotonic() + COMPTOIR_MS;
    for (const [n, quantite] of mouvements.entries()) {
      const compter = (envelope: Envelope): Promise<Outcome> => compteurs.compter(envelope, produit, quantite);
      const fait = await demandeur.demander(`${produit}-mouvement-${n}`, passage(n, aujourdhui), compter, jusqua);
      if (fait === undefined) return;
    }
  }
}
