/** The words that the guards of loans share. */
export const LIVES = (row: string): string => `(${row}.statut = 'en_cours')`;
export const LATE = (row: string): string => `(${row}.statut = 'en_cours' AND ${row}.relance >= 3)`;
export const HOLDS = (row: string): string => `(${row}.statut IN ('en_attente', 'mise_de_cote'))`;

export const refuse = (name: string): string => `RAISE EXCEPTION '${name}' USING ERRCODE = 'check_violation', CONSTRAINT = '${name}';`;
export const refuseIf = (name: string, found: string): string => `IF EXISTS (${found}) THEN ${refuse(name)} END IF;`;
