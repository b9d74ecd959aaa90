export { Annuaire, type Coordonnees, type Situation } from './annuaire.lecture.js';
export { apresEffacement } from './effacements.ecriture.js';
export type { MembreId } from './membre-id.js';
export { MembresModule } from './membres.module.js';
export type { RefusMembre } from './membres.refus.js';
