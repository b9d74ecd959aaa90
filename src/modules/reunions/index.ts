export type { Fait as FaitDeSeance, Inscription } from './seance.js';
