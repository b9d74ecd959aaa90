import type { RefusalTable } from './catalogue.js';

/** What the doors that take a CSV file may answer. */
export const CSV_REFUSALS = {
  csv_attendu: {
    status: 415,
    title: { fr: 'Fichier CSV attendu', en: 'CSV file expected' },
    detail: { fr: 'Le corps doit être un fichier CSV, en text/csv.', en: 'The body must be a CSV file, in text/csv.' },
  },
  csv_trop_grand: {
    status: 413,
    title: { fr: 'Fichier trop grand', en: 'File too large' },
    detail: {
      fr: 'Un fichier a au plus 1 Mio et 5 000 lignes : coupez-le en plusieurs.',
      en: 'A file has at most 1 MiB and 5,000 lines: cut it into several.',
    },
  },
  csv_illisible: {
    status: 422,
    title: { fr: 'Fichier CSV illisible', en: 'Unreadable CSV file' },
    detail: {
      fr: 'Ligne {ligne} : ceci n’est pas du CSV (un guillemet ouvert n’est pas refermé, ou se trouve au milieu d’une case).',
      en: 'Line {ligne}: this is not CSV (an open quote is never closed, or stands in the middle of a cell).',
    },
    example: { ligne: 12 },
  },
  csv_entete_invalide: {
    status: 422,
    title: { fr: 'Première ligne invalide', en: 'Invalid first line' },
    detail: {
      fr: 'La première ligne doit nommer les colonnes. Colonnes possibles : {colonnes}. À corriger : {noms}.',
      en: 'The first line must name the columns. Possible columns: {colonnes}. To correct: {noms}.',
    },
    example: { colonnes: 'Nom, Courriel', noms: 'Nom (manque)', manquantes: ['Nom'], inconnues: [], doubles: [] },
  },
  csv_invalide: {
    status: 422,
    title: { fr: 'Des lignes sont fausses', en: 'Some lines are wrong' },
    detail: {
      fr: 'Il y a {fausses} ligne(s) à corriger : rien n’a été écrit. L’aperçu les montre toutes.',
      en: '{fausses} line(s) to correct: nothing was written. The preview shows them all.',
    },
    example: { fausses: 1, erreurs: [{ ligne: 3, champ: 'courriel', probleme: 'n’est pas une adresse de courriel' }] },
  },
} satisfies RefusalTable<string>;

export type CsvRefusal = keyof typeof CSV_REFUSALS;
