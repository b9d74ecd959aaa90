// Les membres qui attendent, dans l'ordre d'arrivée. Qui part laisse sa case vide derrière lui :
// chercher la tête ne coûte rien de plus quand la file est longue ou qu'on l'a beaucoup quittée.
import type { MembreId } from '../membres/membre-id.js';
import type { Inscription } from './mots.js';

/** Invariant : la case de tête est occupée, ou personne n'attend. Une case est occupée si son entrée est celle du membre. */
export interface FileAttente {
  readonly entrees: Map<MembreId, number>;
  cases: MembreId[];
  arrivees: number[];
  tete: number;
}

export function fileVide(): FileAttente {
  return { entrees: new Map(), cases: [], arrivees: [], tete: 0 };
}

export function rejoindre(file: FileAttente, membreId: MembreId, entree: number): void {
  file.entrees.set(membreId, entree);
  file.cases.push(membreId);
  file.arrivees.push(entree);
}

export function quitter(file: FileAttente, membreId: MembreId): void {
  file.entrees.delete(membreId);
  while (file.tete < file.cases.length && !occupee(file, file.tete)) file.tete += 1;
  if (file.cases.length > 2 * file.entrees.size + 64) resserrer(file);
}

/** Les `combien` premiers, sans les faire sortir. */
export function premiers(file: FileAttente, combien: number): Inscription[] {
  const tetes: Inscription[] = [];
  for (let i = file.tete; i < file.cases.length && tetes.length < combien; i += 1) {
    if (occupee(file, i)) tetes.push({ membreId: file.cases[i]!, entree: file.arrivees[i]! });
  }
  return tetes;
}

function occupee(file: FileAttente, i: number): boolean {
  return file.entrees.get(file.cases[i]!) === file.arrivees[i];
}

function resserrer(file: FileAttente): void {
  const vivants = premiers(file, file.entrees.size);
  file.cases = vivants.map(({ membreId }) => membreId);
  file.arrivees = vivants.map(({ entree }) => entree);
  file.tete = 0;
}
