/**
 * Presses of − and +. Those of one product are sent one after another, in their order, each with an id of its own: none is lost, and asking again for
 * one that was not answered counts nothing twice. They outlive the view.
 */
import { type Signal, signal } from '@preact/signals';
import { nouvelleCle, poster, Refus } from '../../state/api';
import { nombre, suiviDe, valoir } from '../../state/compteurs';
import { lien } from '../../state/flux';
import { say } from '../../state/langue';
import { phrase } from '../../ui/acte';
import { annoncer } from '../../ui/annonce';
import { COMPTOIR } from '../../words/comptoir';

interface Appui {
  readonly by: number;
  readonly cle: string;
}

/** A movement made on this page, that can be undone. */
export interface Fait {
  readonly mouvementId: string;
  readonly by: number;
}

export interface File {
  readonly produit: string;
  /** Made, and not answered yet. */
  readonly attente: Signal<readonly Appui[]>;
  /** Why the last press was not counted, or is not known to be. */
  readonly refus: Signal<string>;
  /** It waits for somebody to try again. */
  readonly panne: Signal<boolean>;
  /** The last ones that were counted, newest first. */
  readonly faits: Signal<readonly Fait[]>;
  envoi: boolean;
}

/** How many presses can be taken back one after another. */
const MOST_UNDONE = 20;
const files = new Map<string, File>();

export function fileDe(produit: string): File {
  let file = files.get(produit);
  if (file === undefined) {
    file = { produit, attente: signal([]), refus: signal(''), panne: signal(false), faits: signal([]), envoi: false };
    files.set(produit, file);
  }
  return file;
}

export function appuyer(file: File, by: number): void {
  if (file.attente.value.length === 0) file.refus.value = '';
  file.attente.value = [...file.attente.value, { by, cle: nouvelleCle() }];
  void envoyer(file);
}

export async function envoyer(file: File): Promise<void> {
  if (file.envoi) return;
  file.envoi = true;
  file.panne.value = false;
  try {
    while (file.attente.value.length > 0) {
      if (!(await passer(file, file.attente.value[0]!))) return;
      file.attente.value = file.attente.value.slice(1);
    }
  } finally {
    file.envoi = false;
  }
  const known = suiviDe(file.produit)?.value.compteur;
  if (known !== undefined) annoncer(say(COMPTOIR.vaut, { nom: known.nom, valeur: nombre(known.valeur) }));
}

/** Sends one. False while nobody knows whether it counts. */
async function passer({ produit, refus, panne, faits }: File, { by, cle }: Appui): Promise<boolean> {
  try {
    const quantite = Math.abs(by);
    const compte =
      by > 0
        ? await poster('/api/v1/compteurs/{produit}/increments', { produit }, { quantite }, cle)
        : await poster('/api/v1/compteurs/{produit}/decrements', { produit }, { quantite }, cle);
    valoir(produit, compte);
    faits.value = [{ mouvementId: compte.mouvementId, by }, ...faits.value].slice(0, MOST_UNDONE);
    return true;
  } catch (error) {
    refus.value = phrase(error);
    panne.value = !(error instanceof Refus) || error.statut === 0 || error.statut === 429 || error.statut >= 500;
    return !panne.value;
  }
}

/** Undoes the movement; its instance is asked by the one that answers. Whatever is said of it, it is not offered again once it cannot be undone. */
export async function annuler(produit: string, id: string): Promise<string> {
  const { faits } = fileDe(produit);
  const forget = (): void => void (faits.value = faits.value.filter(({ mouvementId }) => mouvementId !== id));
  try {
    const compte = await poster('/api/v1/compteurs/{produit}/mouvements/{id}/annulation', { produit, id }, undefined);
    valoir(produit, compte);
    forget();
    return say(COMPTOIR.annule, { nom: suiviDe(produit)?.value.compteur.nom ?? produit, valeur: nombre(compte.valeur) });
  } catch (error) {
    if (error instanceof Refus && (error.code === 'mouvement_deja_annule' || error.code === 'mouvement_inconnu')) forget();
    throw error;
  }
}

// The instance is back: what waited for it goes on by itself.
lien.subscribe((state) => {
  if (state === 'direct') for (const file of files.values()) if (file.panne.peek()) void envoyer(file);
});
