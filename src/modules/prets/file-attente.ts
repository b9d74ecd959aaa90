// Les membres qui attendent un exemplaire, par rang. Qui part laisse sa case vide derrière lui : chercher la tête
// ne coûte rien de plus quand la file est longue. Qui revient reprend son rang, presque toujours tout devant.
import type { MembreId } from '../membres/membre-id.js';
import type { Attente } from './mots.js';

/** Invariant : dès la tête, les cases sont par rang croissant ; celle de tête est occupée, ou personne n'attend. */
export interface FileAttente {
  readonly rangs: Map<MembreId, number>;
  cases: Attente[];
  tete: number;
}

export function fileVide(): FileAttente {
  return { rangs: new Map(), cases: [], tete: 0 };
}

export function attendre(file: FileAttente, { membreId, rang }: Attente): void {
  let i = file.cases.length;
  if (i > file.tete && file.cases[i - 1]!.rang > rang) i = file.cases.findIndex((autre, j) => j >= file.tete && autre.rang > rang);
  file.cases.splice(i, 0, { membreId, rang });
  file.rangs.set(membreId, rang);
}

export function quitter(file: FileAttente, membreId: MembreId): void {
  file.rangs.delete(membreId);
  while (file.tete < file.cases.length && !occupee(file, file.cases[file.tete]!)) file.tete += 1;
  if (file.cases.length > 2 * file.rangs.size + 64) resserrer(file);
}

/** Les `combien` premiers, sans les faire sortir. */
export function premiers(file: FileAttente, combien: number): Attente[] {
  const tetes: Attente[] = [];
  for (let i = file.tete; i < file.cases.length && tetes.length < combien; i += 1) {
    const attente = file.cases[i]!;
    if (occupee(file, attente)) tetes.push(attente);
  }
  return tetes;
}

function occupee(file: FileAttente, { membreId, rang }: Attente): boolean {
  return file.rangs.get(membreId) === rang;
}

function resserrer(file: FileAttente): void {
  file.cases = premiers(file, file.rangs.size);
  file.tete = 0;
}
