import type { Bilan } from './raz.js';

/** Les mots de la remise à zéro. */
export const rienADefaire = (ou: string): Bilan => ({
  fait: true,
  phrases: [`Rien à remettre à zéro : ${ou}.`, 'Le prochain démarrage sèmera le club de démonstration.'],
});

export const remis = (quoi: string): Bilan => ({
  fait: true,
  phrases: [`Le club de démonstration est remis à zéro : ${quoi}.`, 'Le prochain démarrage le sèmera de nouveau.'],
});

export const pasLaDemo = (ou: string, comment: string): Bilan => ({
  fait: false,
  phrases: [
    `Refusé : ${ou} n’est pas un club de démonstration (la marque « demo » y manque). Rien n’a été effacé.`,
    `Pour la démonstration, donnez une autre base : DATABASE_URL=sqlite:data/demo.sqlite npm start.`,
    `Si cette base-ci est à jeter : ${comment}.`,
  ],
});

export const occupee = (par: string): Bilan => ({
  fait: false,
  phrases: [`Refusé : ${par}. Rien n’a été effacé.`, 'Arrêtez d’abord MonClub (Ctrl-C), puis recommencez : npm run demo:raz.'],
});

export const injoignable = (pourquoi: string): Bilan => ({ fait: false, phrases: [`La base ne répond pas : ${pourquoi}`] });
