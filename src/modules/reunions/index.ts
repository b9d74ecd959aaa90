export type { Fait as FaitDeSeance, Inscription } from './seance.js';
export { Agenda, type SeanceAnnoncee } from './agenda.lecture.js';
