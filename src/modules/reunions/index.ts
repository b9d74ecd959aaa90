export type { Demande as DemandeDeSeance, Fait as FaitDeSeance, Inscription } from './seance.js';
export type { Reponse as ReponseDeSeance } from './reponses.js';
export { Agenda, type SeanceAnnoncee } from './agenda.lecture.js';
