export type { CounterAnswer, Operation } from './operations.js';
export { CrdtModule } from './crdt.module.js';
export type { RefusCompteur } from './crdt.refus.js';
