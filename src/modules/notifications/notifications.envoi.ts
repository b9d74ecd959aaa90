/**
 * L'envoyeur : prend les avis dus, les écrit, les porte au serveur de courrier. Un par instance ; ils se partagent les avis par bail.
 *
 * E1. Un envoi est « au moins une fois » : entre le serveur qui accepte et la ligne qui le dit, une mort fait recommencer.
 *     Le Message-ID vient de l'avis, pour que le second soit reconnu comme le même.
 * E2. Un serveur de courrier injoignable ne coûte aucun essai : les avis pris sont lâchés, et l'on attend, de plus en plus longtemps,
 *     qu'il réponde. Est injoignable celui qui ne répond pas non plus sans message : un avis empoisonné n'arrête donc pas les autres.
 * E3. Tout est borné : un lot, un bail, un essai. Un lot qui approche de la fin de son bail est lâché.
 */
import type { Cancel, Clock } from '../../runtime/clock.js';
import { developper } from './expansion.envoi.js';
import type { Courrier } from './lectures.envoi.js';
import { grouper } from './recapitulatif.envoi.js';
import { type Pli, type Redaction, rediger } from './redaction.envoi.js';
import type { AvisPris, Issue, Registre } from './registre.envoi.js';

export interface EnvoiOptions {
  readonly registre: Registre;
  readonly redaction: Redaction;
  /** Absent : rien ne part, tout est affiché. */
  readonly courrier: Courrier | undefined;
  readonly clock: Clock;
  /** Appelle à chaque publication de faits. */
  readonly ecouter: (reveil: () => void) => Cancel;
  readonly report: (message: string, error: unknown) => void;
}

/** Avis pris à la fois. L'augmenter allonge ce qu'une mort subite retarde. */
const LOT = 10;
/** Bien plus que ce que prend un lot ; ce qu'attend un avis dont l'envoyeur est mort. */
const BAIL_MS = 15 * 60_000;
/** Sans réveil : les essais dus, et ce qu'une autre instance a publié. */
const VEILLE_MS = 10_000;
/** Des publications rapprochées ne font qu'un passage. */
const ELAN_MS = 250;
const PAUSE_MS = 5_000;
const PAUSE_MAX_MS = 5 * 60_000;

export class Envoi {
  private vie = 0;
  private minuterie: Cancel | undefined;
  private ecoute: Cancel | undefined;
  private passage: Promise<void> | undefined;
  private rappele = false;
  private prochain = Infinity;
  private attendreJusqua = 0;
  private echecs = 0;
  private pannes = 0;
  private aEcrire: { readonly avis: AvisPris; readonly issue: Issue }[] = [];

  constructor(private readonly options: EnvoiOptions) {}

  get aUnCourrier(): boolean {
    return this.options.courrier !== undefined;
  }

  /** Vrai tant que le serveur de courrier ne répond pas. */
  get enPanne(): boolean {
    return this.pannes > 0;
  }

  start(): { stop(): Promise<void> } {
    const vie = ++this.vie;
    this.ecoute = this.options.ecouter(() => this.reveiller());
    this.armer(vie, 0);
    return { stop: () => this.stop() };
  }

  /** Il y a peut-être un avis à envoyer. */
  reveiller(): void {
    if (this.passage !== undefined) this.rappele = true;
    else if (this.ecoute !== undefined) this.armer(this.vie, ELAN_MS);
  }

  private async stop(): Promise<void> {
    this.vie++;
    this.minuterie?.();
    this.prochain = Infinity;
    this.ecoute?.();
    this.ecoute = undefined;
    await this.passage;
  }

  /** Le passage le plus proche l'emporte : des réveils incessants ne le repoussent jamais. */
  private armer(vie: number, delaiMs: number): void {
    const { clock } = this.options;
    const quand = Math.max(clock.monotonic() + delaiMs, this.attendreJusqua);
    if (quand >= this.prochain) return;
    this.minuterie?.();
    this.prochain = quand;
    this.minuterie = clock.after(quand - clock.monotonic(), () => {
      this.prochain = Infinity;
      const passage = this.passer(vie).finally(() => {
        if (this.passage === passage) this.passage = undefined;
      });
      this.passage = passage;
    });
  }

  private async passer(vie: number): Promise<void> {
    this.rappele = false;
    let reste = false;
    try {
      reste = await this.travailler(vie);
      this.echecs = 0;
    } catch (error) {
      if (this.echecs++ === 0) this.options.report('Les avis attendent', error);
      this.attendre(Math.min(1000 * 2 ** this.echecs, 60_000));
    }
    if (vie !== this.vie) return;
    this.armer(vie, reste ? 0 : this.rappele ? ELAN_MS : VEILLE_MS);
  }

  private attendre(delaiMs: number): void {
    this.attendreJusqua = this.options.clock.monotonic() + delaiMs;
  }

  /** Un lot de chaque sorte ; vrai quand il en reste. */
  private async travailler(vie: number): Promise<boolean> {
    const { registre, redaction, clock, courrier } = this.options;
    const { agenda, fuseau } = redaction;
    const developpe = await developper(registre, agenda, clock, courrier === undefined ? 'affichee' : 'a_envoyer');
    if (vie !== this.vie) return false;
    const groupe = await grouper({ transact: registre.transact, clock, fuseau, courrier: courrier !== undefined });
    if (vie !== this.vie) return false;
    const avances = courrier === undefined ? await registre.afficher(LOT) : await this.expedier(vie, courrier);
    return developpe || groupe || avances === LOT;
  }

  private async expedier(vie: number, courrier: Courrier): Promise<number> {
    await this.ecrireCeQuiReste();
    if (this.enPanne && !(await courrier.joignable())) return this.panne(new Error('le serveur de courrier ne répond toujours pas'));
    this.pannes = 0;
    if (vie !== this.vie) return 0;
    const lot = await this.options.registre.prendre(LOT, BAIL_MS);
    const fin = this.options.clock.monotonic() + BAIL_MS / 2;
    const aEnvoyer = [...lot];
    try {
      const redige = await rediger(lot, this.options.redaction);
      while (aEnvoyer.length > 0 && vie === this.vie && this.options.clock.monotonic() < fin) {
        const issue = await this.envoyer(courrier, aEnvoyer[0]!, redige);
        if (issue.est === 'panne') return this.panne(issue.error);
        // L'avis est parti, même si cette vie s'achève : l'écrire est vrai, et le bail l'empêche d'effacer ce qu'une autre a fait.
        this.aEcrire.push({ avis: aEnvoyer.shift()!, issue });
        await this.ecrireCeQuiReste();
      }
    } finally {
      await this.options.registre.lacher(aEnvoyer);
    }
    return lot.length;
  }

  private async envoyer(
    courrier: Courrier,
    avis: AvisPris,
    redige: (un: AvisPris) => Pli,
  ): Promise<Issue | { est: 'panne'; error: unknown }> {
    try {
      const pli = redige(avis);
      if (pli === null || pli.adresse === null) return { est: 'sans_adresse' };
      if (pli.message === null) return { est: 'sans_objet' };
      await courrier.envoyer({ id: avis.id, nom: pli.nom, adresse: pli.adresse, ...pli.message });
      return { est: 'envoyee', dits: pli.dits };
    } catch (error) {
      if (!(await courrier.joignable())) return { est: 'panne', error };
      return { est: 'echec', erreur: sansAdresse(error) };
    }
  }

  /** Ce qui est parti doit être écrit avant que quoi que ce soit d'autre ne parte. */
  private async ecrireCeQuiReste(): Promise<void> {
    for (let un = this.aEcrire[0]; un !== undefined; un = this.aEcrire[0]) {
      await this.options.registre.marquer(un.avis, un.issue);
      // Par identité : une vie abandonnée en plein envoi peut encore être en train d'écrire le sien.
      this.aEcrire = this.aEcrire.filter((autre) => autre !== un);
    }
  }

  private panne(error: unknown): number {
    if (this.pannes++ === 0)
      this.options.report('Le serveur de courrier est injoignable : les avis attendent', new Error(sansAdresse(error)));
    this.attendre(Math.min(PAUSE_MS * 2 ** (this.pannes - 1), PAUSE_MAX_MS));
    return 0;
  }
}

/** L'erreur telle qu'elle peut être gardée : les serveurs citent l'adresse du membre, qui ne doit vivre que dans sa propre ligne. */
export function sansAdresse(error: unknown): string {
  const texte = error instanceof Error ? error.message : String(error);
  return texte
    .replaceAll(/[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g, '…')
    .replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029]+/gu, ' ')
    .slice(0, 300);
}
