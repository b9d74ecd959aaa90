declare const marque: unique symbol;

/** Désigne un membre sans rien dire de lui : la seule trace qu'une personne laisse dans les faits. */
export type MembreId = string & { readonly [marque]: 'MembreId' };

/** L'identifiant reçu à la porte, ou null s'il manque. Sa forme n'est pas jugée : un inconnu reste un inconnu. */
export function lireMembreId(valeur: unknown): MembreId | null {
  return typeof valeur === 'string' && valeur !== '' ? (valeur as MembreId) : null;
}
