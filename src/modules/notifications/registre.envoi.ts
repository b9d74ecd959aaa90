/**
 * Les lignes des avis, pour qui les envoie. Chaque changement dit le statut d'où il part : deux envoyeurs ne marquent jamais tous deux.
 *
 * N1. Un avis est pris pour un temps (`prochain_essai` devient la fin du bail) ; qui l'a pris est seul à l'envoyer jusque-là.
 * N2. Qui meurt après l'avoir envoyé et avant de l'avoir écrit laisse un bail qui expire : l'avis part une seconde fois, avec le même Message-ID.
 */
import type { Clock } from '../../runtime/clock.js';
import type { Machine } from '../../runtime/machine.js';
import type { Cell } from '../../runtime/outbox/rows.js';
import type { AvisGroupe } from './avis-prets.js';
import { A_DEVELOPPER, type Avis, type Contenu, delaiApres, ESSAIS } from './avis.js';
import { attendreDemain, clore, contenus } from './recapitulatif.envoi.js';

export type Transact = Machine['storage']['transact'];
type Row = Readonly<Record<string, Cell>>;

/** Un avis pris, et la fin de son bail : le numéro qui prouve qu'on le tient encore. */
export type AvisPris = Avis & { readonly bail: number; readonly version: number };

/** Ce qu'est devenu un avis pris. */
export type Issue =
  /** `dits`: d'un récapitulatif, les avis qu'il a dits. */
  | { readonly est: 'envoyee'; readonly dits: readonly string[] }
  | { readonly est: 'sans_adresse' | 'sans_objet' }
  | { readonly est: 'echec'; readonly erreur: string };

/** Un fait dont les avis restent à écrire. `donnees` est le texte de la ligne : il avance à chaque page. */
export interface Travail {
  readonly id: string;
  readonly stream: string;
  readonly version: number;
  readonly donnees: string;
  readonly creeeLe: number;
}

export class Registre {
  constructor(
    readonly transact: Transact,
    private readonly clock: Clock,
    private readonly fuseau: string,
  ) {}

  /** Prend au plus `combien` avis dus. */
  prendre(combien: number, bailMs: number): Promise<AvisPris[]> {
    return this.transact(async (tx) => {
      const now = this.clock.now();
      const dus = await tx.select('notification', { statut: ['a_envoyer', 'en_envoi'], prochain_essai: { atMost: now } }, combien);
      const pris: { readonly row: Row; readonly bail: number }[] = [];
      for (const row of dus) {
        const bail = now + bailMs;
        const lu = { id: row['id']!, statut: row['statut']!, prochain_essai: row['prochain_essai']! };
        const demain = row['gabarit'] === 'recapitulatif' ? await attendreDemain(tx, row, now, this.fuseau) : null;
        if (demain !== null) await tx.update('notification', { statut: 'a_envoyer', prochain_essai: demain }, lu);
        else if ((await tx.update('notification', { statut: 'en_envoi', prochain_essai: bail }, lu)) === 1) pris.push({ row, bail });
      }
      const recapitulatifs = pris.flatMap(({ row }) => (row['gabarit'] === 'recapitulatif' ? [String(row['id'])] : []));
      const groupes = await contenus(tx, recapitulatifs);
      // Nés à la même milliseconde, leurs identifiants sont sans ordre : d'abord le plus ancien fait.
      return pris
        .map(({ row, bail }) => ({ ...avisDe(row, groupes.get(String(row['id']))), bail, version: Number(row['version']) }))
        .toSorted((un, autre) => un.version - autre.version);
    });
  }

  /** Écrit ce qu'est devenu un avis. Sans effet quand le bail a été perdu. */
  marquer(avis: AvisPris, issue: Issue): Promise<number> {
    const now = this.clock.now();
    if (issue.est !== 'echec') {
      const fin = { statut: issue.est, envoyee_le: issue.est === 'envoyee' ? now : null, erreur: null };
      return this.ecrire(avis, fin, issue.est === 'sans_adresse' ? undefined : issue.est === 'envoyee' ? issue.dits : []);
    }
    const essais = avis.essais + 1;
    const suite =
      essais < ESSAIS ? { statut: 'a_envoyer', prochain_essai: now + delaiApres(essais) } : { statut: 'morte', prochain_essai: now };
    return this.ecrire(avis, { ...suite, essais, erreur: issue.erreur });
  }

  /** Lâche des avis pris : ils sont dus tout de suite, et rien n'est compté. */
  async lacher(pris: readonly AvisPris[]): Promise<void> {
    for (const avis of pris) await this.ecrire(avis, { statut: 'a_envoyer', prochain_essai: this.clock.now() });
  }

  /** Sans courrier : ce qui attendait de partir est seulement montré. Rend combien l'ont été. */
  afficher(combien: number): Promise<number> {
    return this.transact(async (tx) => {
      const dus = await tx.select(
        'notification',
        { statut: ['a_envoyer', 'en_envoi'], prochain_essai: { atMost: this.clock.now() } },
        combien,
      );
      for (const row of dus) {
        await tx.update('notification', { statut: 'affichee' }, { id: row['id']!, statut: row['statut']! });
        if (row['gabarit'] === 'recapitulatif')
          await tx.update('notification', { statut: 'affichee' }, { recapitulatif_id: row['id']!, statut: 'groupee' });
      }
      return dus.length;
    });
  }

  /** Le plus ancien travail, s'il y en a. */
  async travail(): Promise<Travail | undefined> {
    const [row] = await this.transact((tx) => tx.select('notification', { statut: A_DEVELOPPER }, 1));
    if (row === undefined) return undefined;
    const { id, stream, version, donnees, creee_le: creeeLe } = row;
    return { id: String(id), stream: String(stream), version: Number(version), donnees: String(donnees), creeeLe: Number(creeeLe) };
  }

  /** Écrit une page d'avis et fait avancer le travail ; le termine quand `suite` est null. Sans effet si un autre l'a fait avancer. */
  developper({ id, donnees }: Travail, avis: readonly Row[], suite: string | null): Promise<void> {
    return this.transact(async (tx) => {
      const moi = { id, statut: A_DEVELOPPER, donnees };
      const changes = suite === null ? await tx.delete('notification', moi) : await tx.update('notification', { donnees: suite }, moi);
      if (changes === 1) await tx.insert('notification', avis, true);
    });
  }

  /** `dits`: avec lui, les avis d'un récapitulatif qui est parti. */
  private ecrire(avis: AvisPris, valeurs: Row, dits?: readonly string[]): Promise<number> {
    const { id, bail } = avis;
    return this.transact(async (tx) => {
      const ecrit = await tx.update('notification', valeurs, { id, statut: 'en_envoi', prochain_essai: bail });
      if (ecrit === 1 && dits !== undefined && avis.gabarit === 'recapitulatif')
        await clore(tx, id, avis.donnees.avis, dits, this.clock.now());
      return ecrit;
    });
  }
}

interface LigneDAvis {
  readonly id?: Cell;
  readonly stream?: Cell;
  readonly membre_id?: Cell;
  readonly gabarit?: Cell;
  readonly donnees?: Cell;
  readonly essais?: Cell;
}

/** Une ligne de la table comme avis ; d'un récapitulatif, avec ceux qu'il contient. */
export function avisDe({ id, stream, membre_id, gabarit, donnees, essais }: LigneDAvis, groupes: readonly AvisGroupe[] = []): Avis {
  const lues = gabarit === 'recapitulatif' ? { avis: groupes } : (JSON.parse(String(donnees)) as unknown);
  const contenu = { gabarit, donnees: lues } as Contenu;
  return { ...contenu, id: String(id), stream: String(stream), membreId: String(membre_id), essais: Number(essais) };
}
