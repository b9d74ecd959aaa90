/**
 * What the club counts, as this instance knows it: told whole when the stream begins, then as it changes.
 * What is counted is a decimal text of any length: it is never made a JSON number.
 */
import { type Signal, signal } from '@preact/signals';
import { type Read, toutLire } from './api';
import { ecouter } from './flux';
import { chiffres, locale } from './langue';

export type Compteur = Read<'/api/v1/compteurs/{produit}'>;

/** Who moved a product, by how much, when. */
export interface Passage {
  readonly instance: string;
  readonly quantite: string;
  readonly instant: string;
}

export interface Suivi {
  readonly compteur: Compteur;
  /** The last movement of another instance that this page saw arrive. */
  readonly ailleurs: Passage | undefined;
}

const suivis = new Map<string, Signal<Suivi>>();
/** Every product, by name. */
export const produits = signal<readonly string[]>([]);

/** One product; undefined before it is heard of. */
export const suiviDe = (produit: string): Signal<Suivi> | undefined => suivis.get(produit);

let turn = 0;
const heard = new Map<string, number>();

function noter(elements: readonly Compteur[]): void {
  let more = false;
  for (const compteur of elements) {
    heard.set(compteur.produit, ++turn);
    const known = suivis.get(compteur.produit);
    if (known === undefined) suivis.set(compteur.produit, signal({ compteur, ailleurs: undefined }));
    else known.value = { compteur, ailleurs: arrived(known.peek().compteur, compteur) ?? known.peek().ailleurs };
    more ||= known === undefined;
  }
  if (more)
    produits.value = [...suivis.values()]
      .map((one) => one.peek().compteur)
      .sort(byName)
      .map(({ produit }) => produit);
}

const byName = (one: Compteur, other: Compteur): number => one.nom.localeCompare(other.nom, locale());

/** What another instance has counted between these two readings. */
function arrived(before: Compteur, after: Compteur): Passage | undefined {
  if (before.instance !== after.instance) return undefined;
  for (const there of after.parReplique) {
    if (there.replique === after.instance) continue;
    const by = balance(there) - balance(before.parReplique.find(({ replique }) => replique === there.replique));
    if (by !== 0n) return { instance: there.replique, quantite: `${by}`, instant: new Date().toISOString() };
  }
  return undefined;
}

const balance = (part: Compteur['parReplique'][number] | undefined): bigint =>
  part === undefined ? 0n : BigInt(part.plus) - BigInt(part.moins);

ecouter('compteurs', ({ elements }) => noter(elements));

/** Products that are shown at all. Raising it makes the view of a club with more of them slower. */
const MOST = 2_000;

/** Reads every product. What the stream told meanwhile is newer, and stays. */
export async function lireLesCompteurs(): Promise<true> {
  const from = ++turn;
  const all = await toutLire('/api/v1/compteurs', {}, MOST);
  noter(all.filter(({ produit }) => (heard.get(produit) ?? 0) < from));
  return true;
}

/** What an answer says of a product: at once for this instance's own, with the next event for another's. */
export function valoir(produit: string, { valeur, instance }: { readonly valeur: string; readonly instance: string }): void {
  const known = suivis.get(produit);
  if (known === undefined || known.peek().compteur.instance !== instance) return;
  heard.set(produit, ++turn);
  known.value = { ...known.peek(), compteur: { ...known.peek().compteur, valeur } };
}

/** The last movement that anybody is known to have made. */
export function dernierPassage({ compteur, ailleurs }: Suivi): Passage | undefined {
  const ici = compteur.dernierMouvement ?? undefined;
  if (ici === undefined || ailleurs === undefined) return ici ?? ailleurs;
  return ici.instant < ailleurs.instant ? ailleurs : ici;
}

/** « 9 007 199 254 740 993 » */
export function nombre(decimal: string): string {
  return chiffres(BigInt(decimal));
}

/** « +2 », « −1 » */
export function signe(decimal: string): string {
  return chiffres(BigInt(decimal), { signDisplay: 'exceptZero' }).replace('-', '−');
}
