import type { Acte } from './actes.js';
import { type Constat, juger, type Releve } from './juge.js';
import type { Ligne } from './tableau.js';

/** Un acte joué, ce que la base en dit, et combien de réponses n'ont pas été redonnées à l'identique. */
export interface Joue {
  readonly acte: Acte;
  readonly releve: Releve;
  readonly rejeuxDifferents: number;
}

/** Les lignes du tableau, et si tout a tenu. */
export function verdict(joues: readonly Joue[]): { readonly lignes: readonly Ligne[]; readonly bon: boolean } {
  const colonnes = joues.map(({ acte, releve, rejeuxDifferents }) => constats(acte, releve, rejeuxDifferents));
  const lignes = (colonnes[0] ?? []).map(({ quoi, faute }, i): Ligne => {
    const valeurs = colonnes.map((colonne) => colonne[i]!);
    const chiffres = { quoi, valeurs: valeurs.map(({ valeur }) => String(valeur)) };
    return faute === undefined ? chiffres : { ...chiffres, bon: valeurs.every((un) => un.faute === 0) };
  });
  const retours: Ligne = { quoi: 'retour après l’arrêt (médian, pire)', valeurs: joues.map(({ acte }) => duree(acte.retours)) };
  return { lignes: [...lignes, retours], bon: lignes.every(({ bon }) => bon !== false) };
}

function constats(acte: Acte, releve: Releve, rejeuxDifferents: number): Constat[] {
  const faute = (quoi: string, combien: number): Constat => ({ quoi, valeur: combien, faute: combien });
  return [
    { quoi: 'places', valeur: releve.places },
    ...juger(releve, acte.accuses),
    faute('lecteurs sans réponse', acte.sansReponse),
    faute('réponses changées au rejeu', rejeuxDifferents),
    { quoi: 'coups portés (un au moins)', valeur: acte.coups, faute: acte.coups === 0 ? 1 : 0 },
  ];
}

function duree(retours: readonly number[]): string {
  if (retours.length === 0) return '–';
  const tries = retours.toSorted((a, b) => a - b);
  const ms = (valeur: number): string => `${Math.round(valeur)} ms`;
  return `${ms(tries[Math.floor(tries.length / 2)]!)}, ${ms(tries.at(-1)!)}`;
}
