export type { Demande as DemandeDePret, Fait as FaitDePret, Reponse as ReponseDePret } from './mots.js';
export { type OuvrageNomme, type PretSuivi, Rayons } from './rayons.lecture.js';
