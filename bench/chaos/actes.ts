import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { type Call, insist } from '../support/persistent-caller.js';
import type { Accuse } from './juge.js';

export const LECTEURS = 50;
export const PLACES = 12;
const PLANTAGES = 6;
const ARRETS = 5;

/** Là où les actes se jouent : une instance derrière une adresse qui ne change pas. */
export interface Scene {
  readonly url: string;
  /** Le temps est écoulé, ou quelqu'un n'attend plus. */
  readonly gaveUp: AbortSignal;
  /** Assez de coups : sur une machine lente, ce qui reste de temps est pour finir. */
  readonly assez: AbortSignal;
  /** Tue l'instance (kill -9) et la relance aussitôt. */
  relancer(): Promise<void>;
}

/** Une réponse, et la demande telle qu'elle était : de quoi la redemander. */
export interface Recu extends Accuse {
  readonly call: Call;
}

/** Ce qui s'est passé pendant un acte. */
export interface Acte {
  readonly nom: string;
  readonly seance: string;
  readonly accuses: Recu[];
  sansReponse: number;
  coups: number;
  /** Du coup à la première réponse qui le suit, en millisecondes. */
  readonly retours: number[];
}

export async function accueillir(scene: Scene): Promise<readonly string[]> {
  const noms = Array.from({ length: LECTEURS }, (_, i) => i);
  return Promise.all(noms.map((i) => creer(scene, '/membres', `chaos-membre-${cle3(i)}-000`, { nom: `Lecteur ${i + 1}` })));
}

export async function planifier(scene: Scene, nom: string): Promise<Acte> {
  const debut = Date.now() + 7 * 86_400_000;
  const dates = { debut: new Date(debut).toISOString(), fin: new Date(debut + 7_200_000).toISOString() };
  const fiche = { titre: `Ruée (${nom})`, ...dates, places: PLACES, prixCentimes: 500 };
  const seance = await creer(scene, '/seances', `chaos-seance-${nom.replaceAll(/\W/g, '-')}-000`, fiche);
  return { nom, seance, accuses: [], sansReponse: 0, coups: 0, retours: [] };
}

async function creer(scene: Scene, path: string, key: string, body: unknown): Promise<string> {
  const answer = await insist(scene.url, { method: 'POST', path, key, body }, scene.gaveUp);
  if (answer?.status !== 201) throw new Error(`${path} : ${answer === undefined ? 'pas de réponse' : JSON.stringify(answer.body)}`);
  return String(answer.body['id']);
}

/** Les lecteurs arrivent par vagues, et la séance plante dans chacune. */
export async function jouerPlantages(scene: Scene, acte: Acte, lecteurs: readonly string[]): Promise<void> {
  const foule = new Foule(scene, acte, lecteurs);
  for (let n = 0; n < PLANTAGES && !scene.assez.aborted; n++) {
    void foule.envoyer(Math.ceil(LECTEURS / PLANTAGES));
    await wait(Math.random() * 6);
    await planter(scene, acte, n);
  }
  await foule.finir();
}

/** La séance vient de planter, ou est en quarantaine : on insiste jusqu'à ce qu'elle plante pour de bon. */
async function planter(scene: Scene, acte: Acte, n: number): Promise<void> {
  for (let essai = 0; !scene.assez.aborted; essai++) {
    const path = `/supervision/coeur.club.reunions.${acte.seance}/plantage`;
    const key = `chaos-plantage-${cle3(n)}-${cle3(essai)}`;
    const answer = await insist(scene.url, { method: 'POST', path, key, body: {} }, scene.gaveUp);
    if (answer?.status === 200) {
      acte.coups++;
      return;
    }
    if (answer?.body['code'] === 'route_inconnue' || answer?.body['code'] === 'plantage_desactive')
      throw new Error(`le plantage est refusé : ${JSON.stringify(answer.body)}`);
    await wait(50);
  }
}

/** À chaque vie de l'instance, une vague ; dès que quelques-uns ont leur réponse, l'instance meurt avec les autres en route. */
export async function jouerArrets(scene: Scene, acte: Acte, lecteurs: readonly string[]): Promise<void> {
  const foule = new Foule(scene, acte, lecteurs);
  for (let n = 0; n < ARRETS && !scene.assez.aborted; n++) {
    const vague = foule.envoyer(Math.ceil(LECTEURS / ARRETS));
    await Promise.race([foule.reponses(1 + Math.floor(Math.random() * 6)), vague]);
    acte.coups++;
    foule.chronometrer();
    await scene.relancer();
  }
  await foule.finir();
}

/** Combien de réponses acceptées l'instance ne redonne pas à l'identique. */
export async function rejouer(scene: Scene, { accuses }: Acte): Promise<number> {
  const acceptes = accuses.filter(({ statut }) => statut < 300);
  const rejeux = await Promise.all(
    acceptes.map(async ({ call, statut, corps }) => {
      const answer = await insist(scene.url, call, scene.gaveUp);
      return answer?.replayed === true && answer.status === statut && JSON.stringify(answer.body) === JSON.stringify(corps);
    }),
  );
  return rejeux.filter((pareil) => !pareil).length;
}

function appel(seance: string, geste: Accuse['geste'], membreId: string, key: string, siComplet: 'attendre' | 'refuser'): Call {
  const path = `/seances/${seance}/inscriptions`;
  return geste === 'inscrire'
    ? { method: 'POST', path, key, body: { membreId, siComplet } }
    : { method: 'DELETE', path: `${path}/${membreId}`, key };
}

/** Les lecteurs d'un acte, dont certains se ravisent. */
class Foule {
  private suivant = 0;
  private readonly parcours: Promise<void>[] = [];
  private chrono: number | undefined;
  private guetteurs: { readonly seuil: number; readonly dire: () => void }[] = [];

  constructor(
    private readonly scene: Scene,
    private readonly acte: Acte,
    private readonly lecteurs: readonly string[],
  ) {}

  envoyer(combien: number): Promise<unknown> {
    const vague = this.lecteurs.slice(this.suivant, this.suivant + combien).map((membreId, i) => this.vivre(membreId, this.suivant + i));
    this.suivant += combien;
    this.parcours.push(...vague);
    return Promise.all(vague);
  }

  async finir(): Promise<void> {
    void this.envoyer(this.lecteurs.length - this.suivant);
    await Promise.all(this.parcours);
  }

  /** Se résout après encore `combien` réponses. */
  reponses(combien: number): Promise<void> {
    const seuil = this.acte.accuses.length + combien;
    return new Promise((dire) => this.guetteurs.push({ seuil, dire }));
  }

  chronometrer(): void {
    this.chrono = performance.now();
  }

  /** Une réponse partie avant le coup ne dit rien du retour. */
  private arreterLeChrono(askedAt: number): void {
    if (this.chrono === undefined || askedAt < this.chrono) return;
    this.acte.retours.push(performance.now() - this.chrono);
    this.chrono = undefined;
  }

  /** Un tiers se désiste, et un sur trois d'entre eux revient : à la fin de la file. Un sur dix n'attendra pas. */
  private async vivre(membreId: string, i: number): Promise<void> {
    const entre = await this.demander('inscrire', membreId, i, 0, i % 10 === 9 ? 'refuser' : 'attendre');
    if (i % 3 !== 0 || !entre) return;
    await wait(Math.random() * 300);
    const parti = await this.demander('desister', membreId, i, 1);
    if (i % 9 === 0 && parti) await this.demander('inscrire', membreId, i, 2);
  }

  private async demander(geste: Accuse['geste'], membreId: string, i: number, pas: number, siComplet: 'attendre' | 'refuser' = 'attendre') {
    const { scene, acte } = this;
    const cle = `chaos-${acte.seance.slice(-8)}-${cle3(i)}-${pas}`;
    const call = appel(acte.seance, geste, membreId, cle, siComplet);
    const answer = await insist(scene.url, call, scene.gaveUp);
    if (answer === undefined) {
      acte.sansReponse++;
      return false;
    }
    this.arreterLeChrono(answer.askedAt);
    acte.accuses.push({ cle, membreId, geste, statut: answer.status, corps: answer.body, call });
    for (const { seuil, dire } of this.guetteurs) if (acte.accuses.length >= seuil) dire();
    return answer.status < 300;
  }
}

function cle3(n: number): string {
  return String(n).padStart(3, '0');
}
