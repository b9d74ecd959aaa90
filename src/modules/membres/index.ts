export { Annuaire, type Coordonnees } from './annuaire.lecture.js';
export type { MembreId } from './membre-id.js';
export { MembresModule } from './membres.module.js';
export type { RefusMembre } from './membres.refus.js';
