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
import type { DemandeDeSeance, ReponseDeSeance } from '../modules/reunions/index.js';
import type { Asks, Envelope, Outcome } from '../runtime/aggregate/outcome.js';
import { newId } from '../runtime/ids.js';
import type { Machine } from '../runtime/machine.js';
import { concernsStorage } from '../runtime/outbox/storage.js';
import type { Child } from '../runtime/supervision/child.js';
import { Marque } from './marque.js';
import { COMPTOIR, naissance, passage, type ProduitDeDemo } from './comptoir.js';
import { MEMBRES, type MembreDeDemo } from './membres-de-demo.js';
import { adhesion, momentsDe, PROGRAMME, type SeanceDeDemo } from './programme.js';

/** À qui le semis s'adresse. */
export interface Club {
  accueillir(envelope: Envelope, membre: MembreDeDemo): Promise<Outcome<{ readonly id: string }>>;
  readonly seances: Pick<Asks<DemandeDeSeance, ReponseDeSeance>, 'ask'>;
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

const ASK_MS = 10_000;
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
    this.semer(signal).catch((error: unknown) => {
      if (!signal.aborted) exit({ is: 'error', error });
    });
    return { stop: () => undefined };
  };

  private async semer(signal: AbortSignal): Promise<void> {
    await this.club.opened();
    const aujourdhui = await this.tour(signal);
    if (aujourdhui !== undefined) {
      const membres = await this.accueillir(aujourdhui, signal);
      const seances = PROGRAMME.map((seance) => this.donner(seance, membres, aujourdhui, signal));
      await Promise.all([...seances, ...COMPTOIR.map((produit) => this.compter(produit, aujourdhui, signal))]);
      await this.insister(() => this.marque.finir(), signal);
    }
    this.fini = true;
  }

  /** Le jour à semer quand c'est à nous de le faire ; undefined quand il n'y a rien à faire. */
  private async tour(signal: AbortSignal): Promise<number | undefined> {
    const { clock } = this.machine;
    const jusqua = clock.monotonic() + PATIENCE_MS;
    for (;;) {
      const trouve = await this.insister(() => this.marque.prendre(), signal);
      if (trouve.etat === 'habitee' || trouve.etat === 'semee') return undefined;
      if (trouve.etat === 'a_semer' || clock.monotonic() >= jusqua) return trouve.aujourdhui;
      await this.attendre(POLL_MS, signal);
    }
  }

  private async accueillir(aujourdhui: number, signal: AbortSignal): Promise<readonly MembreId[]> {
    const traces = MEMBRES.map((membre, n) =>
      this.demander(`membre-${n}`, adhesion(n, aujourdhui), signal, (envelope) => this.club.accueillir(envelope, membre)),
    );
    return (await Promise.all(traces)).map((trace) => (trace?.id ?? '') as MembreId);
  }

  /** Une séance, du premier jour à aujourd'hui. Les arrivées partent ensemble : la boîte de la séance les garde en ordre. */
  private async donner(seance: SeanceDeDemo, membres: readonly MembreId[], aujourdhui: number, signal: AbortSignal): Promise<void> {
    const { cle, arrivees, absents, motif } = seance;
    const moments = momentsDe(seance, aujourdhui, this.club.fuseau);
    const id = await this.planifier(seance, aujourdhui, signal);
    if (id === undefined) return;
    const demander = (quoi: string, instant: number, demande: DemandeDeSeance): Promise<unknown> =>
      this.demander(`${cle}-${quoi}`, instant, signal, (envelope) => this.club.seances.ask(id, demande, envelope));
    const inscrire = (n: number, i: number) =>
      demander(`arrivee-${i}`, moments.arrivee(i), { type: 'inscrire', membreId: membres[n]!, siComplet: 'attendre' });
    await Promise.all(arrivees.map(inscrire));
    if (absents !== undefined) {
      const constater = (n: number, i: number): Promise<unknown> => {
        const absence = absents.find(({ membre }) => membre === n);
        const membreId = membres[n]!;
        const demande: DemandeDeSeance =
          absence === undefined
            ? { type: 'constaterPresence', membreId }
            : { type: 'constaterAbsence', membreId, excusee: absence.excusee };
        return demander(`constat-${i}`, moments.constat(i), demande);
      };
      await Promise.all(arrivees.map(constater));
    }
    const motifId = newId(this.machine.clock, 'mot');
    if (motif !== undefined) await demander('annulation', moments.annulee, { type: 'annuler', motif, motifId });
  }

  private async planifier(seance: SeanceDeDemo, aujourdhui: number, signal: AbortSignal): Promise<string | undefined> {
    const { cle, titre, lieu, places, prixCentimes } = seance;
    const { fuseau, seances } = this.club;
    const { debut, fin, planifiee } = momentsDe(seance, aujourdhui, fuseau);
    const dates = { debut: new Date(debut).toISOString(), fin: new Date(fin).toISOString() };
    const id = newId(this.machine.clock, 'sea');
    const fiche = { id, titre, lieu, ...dates, fuseau, places, prixCentimes, paiement: 'sur_place', listeAttenteMax: null } as const;
    const reponse = await this.demander(`${cle}-plan`, planifiee, signal, (envelope) =>
      seances.ask(id, { type: 'planifier', ...fiche }, envelope),
    );
    // La réponse d'une reprise nomme la séance de la première fois.
    return reponse !== undefined && 'id' in reponse ? reponse.id : undefined;
  }

  private async compter({ mouvements, ...fiche }: ProduitDeDemo, aujourdhui: number, signal: AbortSignal): Promise<void> {
    const { compteurs } = this.club;
    const { produit } = fiche;
    const ne = await this.demander(`${produit}-produit`, naissance(aujourdhui), signal, (envelope) => compteurs.creer(envelope, fiche));
    if (ne?.instance !== compteurs.instance) return;
    const jusqua = this.machine.clock.monotonic() + COMPTOIR_MS;
    for (const [n, quantite] of mouvements.entries()) {
      const compter = (envelope: Envelope): Promise<Outcome> => compteurs.compter(envelope, produit, quantite);
      const fait = await this.demander(`${produit}-mouvement-${n}`, passage(n, aujourdhui), signal, compter, jusqua);
      if (fait === undefined) return;
    }
  }

  /** Demande jusqu'à la réponse ; undefined après un refus, ou quand il est trop tard. */
  private async demander<T>(
    nom: string,
    instant: number,
    signal: AbortSignal,
    ask: (envelope: Envelope) => Promise<Outcome<T>>,
    jusqua = Infinity,
  ): Promise<T | undefined> {
    const { clock } = this.machine;
    for (;;) {
      signal.throwIfAborted();
      const id = `demo-${nom}`;
      // Le nom dit déjà tout le contenu : son empreinte ne dépend pas du jour.
      const envelope = { scope: 'machine', id, minted: false, acteur: null, instant, hash: 'demo', deadline: clock.monotonic() + ASK_MS };
      const outcome = await ask(envelope);
      if (outcome.is === 'done') return outcome.answer;
      if (!('retryAfterMs' in outcome) || clock.monotonic() >= jusqua) {
        const pourquoi = outcome.is === 'refused' ? outcome.refusal.refusal : outcome.is;
        this.club.report(`The demo club goes on without ${id}`, new Error(pourquoi));
        return undefined;
      }
      await this.attendre(outcome.retryAfterMs, signal);
    }
  }

  /** Essaie jusqu'à ce que la base veuille bien. Un sort inconnu se rejoue : la marque ne s'écrit qu'une fois. */
  private async insister<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!concernsStorage(error)) throw error;
        await this.attendre(200, signal);
      }
    }
  }

  private async attendre(ms: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => this.machine.clock.after(ms, resolve));
    signal.throwIfAborted();
  }
}
