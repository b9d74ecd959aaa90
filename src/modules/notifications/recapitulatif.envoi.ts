/**
 * Le récapitulatif : un courriel par membre et par jour du club, qui dit tous ses rappels et toutes ses relances.
 *
 * R1. C'est un avis comme un autre (bail, essais, renvoi), dont la clé unique est (membre, jour) : deux envoyeurs n'en font qu'un.
 * R2. Naître et prendre ses avis est une seule transaction ; après, plus rien n'y entre : un second envoi du même Message-ID dit la même chose.
 * R3. Il naît un moment après le premier avis, pour que les prêts d'un même matin se retrouvent ; jamais avant huit heures.
 * R4. Ce qui arrive trop tard attend celui du lendemain. Un récapitulatif retardé (essais, renvoi) attend lui aussi quand un autre est parti ce jour-là :
 *     c'est en le prenant que l'on regarde, sous verrou, donc quel que soit le chemin.
 */
import type { Clock } from '../../runtime/clock.js';
import { newId } from '../../runtime/ids.js';
import type { Cell } from '../../runtime/outbox/rows.js';
import type { AvisGroupe } from './avis-prets.js';
import { jourDe, matin, tropTot } from './jour.js';
import type { Transact } from './registre.envoi.js';

type Row = Readonly<Record<string, Cell>>;
type Tx = Parameters<Parameters<Transact>[0]>[0];

/** Ce que des prêts dus le même matin mettent à se retrouver, réveils et publication compris. */
export const REUNION_MS = 120_000;
/** Membres dans une transaction : elle tient la file d'écriture le temps de quelques instructions pour chacun. */
const MEMBRES = 25;

export interface Groupage {
  readonly transact: Transact;
  readonly clock: Clock;
  readonly fuseau: string;
  /** Sans courrier, le récapitulatif est seulement montré. */
  readonly courrier: boolean;
}

/** Fait naître les récapitulatifs dus de quelques membres ; vrai quand il en reste peut-être. */
export function grouper({ transact, clock, fuseau, courrier }: Groupage): Promise<boolean> {
  return transact(async (tx) => {
    const now = clock.now();
    const dus = await tx.select('notification', { statut: 'a_grouper', prochain_essai: { atMost: now } }, MEMBRES * 8);
    if (dus.length === 0) return false;
    if (tropTot(now, fuseau)) {
      for (const row of dus) await reporter(tx, row, matin(now, 0, fuseau) + REUNION_MS);
      return true;
    }
    const membres = [...new Set(dus.map((row) => String(row['membre_id'])))].slice(0, MEMBRES);
    // Tous les siens, même ceux qui attendaient encore.
    const tous = await tx.select('notification', { statut: 'a_grouper', membre_id: membres });
    for (const membreId of membres) {
      const siens = tous.filter((row) => row['membre_id'] === membreId);
      const id = newId(clock, 'not');
      const ligne = { id, stream: membreId, version: jourDe(now, fuseau), membre_id: membreId };
      const ne = await tx.insert('notification', [{ ...ligne, ...neuf(courrier, now) }], true);
      if (ne === 0) for (const row of siens) await reporter(tx, row, matin(now, 1, fuseau) + REUNION_MS);
      else for (const row of siens) await prendrePlace(tx, row, { statut: courrier ? 'groupee' : 'affichee', recapitulatif_id: id });
    }
    return true;
  });
}

function neuf(courrier: boolean, now: number): Row {
  const statut = courrier ? 'a_envoyer' : 'affichee';
  return {
    gabarit: 'recapitulatif',
    donnees: '{}',
    statut,
    essais: 0,
    prochain_essai: now,
    creee_le: now,
    envoyee_le: null,
    erreur: null,
    recapitulatif_id: null,
  };
}

async function reporter(tx: Tx, row: Row, quand: number): Promise<void> {
  await tx.update('notification', { prochain_essai: quand }, { id: row['id']!, statut: 'a_grouper' });
}

/** Sans effet sur celui qu'une personne vient d'abandonner. */
async function prendrePlace(tx: Tx, row: Row, valeurs: Row): Promise<void> {
  await tx.update('notification', valeurs, { id: row['id']!, statut: 'a_grouper' });
}

/** Quand peut partir un récapitulatif : maintenant (null), ou demain, s'il en part ou s'il en est parti un autre aujourd'hui. */
export async function attendreDemain(tx: Tx, row: Row, now: number, fuseau: string): Promise<number | null> {
  const tous = await tx.hold('notification', { stream: row['stream']!, membre_id: row['membre_id']!, gabarit: 'recapitulatif' });
  const jour = jourDe(now, fuseau);
  const parti = tous.some(({ id, statut, envoyee_le }) => {
    if (id === row['id']) return false;
    return statut === 'en_envoi' || (statut === 'envoyee' && jourDe(Number(envoyee_le), fuseau) === jour);
  });
  return parti ? matin(now, 1, fuseau) : null;
}

/** Les avis de chacun de ces récapitulatifs, dans l'ordre où ils sont nés. */
export async function contenus(tx: Tx, ids: readonly string[]): Promise<Map<string, AvisGroupe[]>> {
  const parRecapitulatif = new Map<string, AvisGroupe[]>(ids.map((id) => [id, []]));
  if (ids.length === 0) return parRecapitulatif;
  for (const row of await tx.select('notification', { recapitulatif_id: [...ids] })) {
    parRecapitulatif.get(String(row['recapitulatif_id']))?.push(groupeDe(row));
  }
  return parRecapitulatif;
}

export function groupeDe(row: Readonly<Partial<Record<'id' | 'stream' | 'gabarit' | 'donnees', Cell>>>): AvisGroupe {
  const { id, stream, gabarit, donnees } = row;
  return { id: String(id), stream: String(stream), gabarit, donnees: JSON.parse(String(donnees)) as unknown } as AvisGroupe;
}

/** Les avis d'un récapitulatif qui vient de partir : ceux qu'il a dits, et ceux dont il n'y avait plus rien à dire. */
export async function clore(
  tx: Tx,
  recapitulatifId: string,
  avis: readonly AvisGroupe[],
  dits: readonly string[],
  now: number,
): Promise<void> {
  for (const { id } of avis) {
    const dit = dits.includes(id);
    const valeurs = { statut: dit ? 'envoyee' : 'sans_objet', envoyee_le: dit ? now : null };
    await tx.update('notification', valeurs, { id, recapitulatif_id: recapitulatifId });
  }
}
