import { words } from '../state/langue';

export const COMMUN = words({
  injoignable: {
    fr: 'Cette instance ne répond pas. Rien n’est perdu : réessayez.',
    en: 'This instance does not answer. Nothing is lost: try again.',
  },
  relire: { fr: 'Relire', en: 'Read again' },
  lecture: { fr: 'Lecture…', en: 'Reading…' },
  fermer: { fr: 'Fermer', en: 'Close' },
  annuler: { fr: 'Annuler', en: 'Undo' },
  personne: { fr: 'Personne', en: 'Nobody' },
  aller_au_contenu: { fr: 'Aller au contenu', en: 'Skip to content' },
  agenda: { fr: 'Agenda', en: 'Agenda' },
  prets: { fr: 'Prêts', en: 'Loans' },
  comptoir: { fr: 'Comptoir', en: 'Counter' },
  courriers: { fr: 'Courriers', en: 'Letters' },
  exploitation: { fr: 'Exploitation', en: 'Operations' },
  visite: { fr: 'Visite guidée', en: 'Guided tour' },
  interface: { fr: 'L’interface (Swagger)', en: 'The API (Swagger)' },
  refus: { fr: 'Les refus', en: 'The refusals' },
  vues: { fr: 'Vues du club', en: 'Views of the club' },
  je_suis: { fr: 'Je suis', en: 'I am' },
  langue: { fr: 'In English', en: 'En français' },
  apparence: { fr: 'Apparence', en: 'Appearance' },
  claire: { fr: 'claire', en: 'light' },
  sombre: { fr: 'sombre', en: 'dark' },
  du_systeme: { fr: 'du système', en: 'of the system' },
  direct: { fr: 'en direct', en: 'live' },
  connexion: { fr: 'connexion…', en: 'connecting…' },
  reprise: {
    fr: 'Connexion perdue : ce qui est montré date de {heure}. Elle reprend d’elle-même.',
    en: 'Connection lost: what is shown is of {heure}. It resumes by itself.',
  },
  hors_ligne: {
    fr: 'Cet appareil est hors ligne : ce qui est montré date de {heure}.',
    en: 'This device is offline: what is shown is of {heure}.',
  },
  refuse: {
    fr: 'Cette instance ne sert pas pour le moment ({pourquoi}) : ce qui est montré date de {heure}.',
    en: 'This instance does not serve for now ({pourquoi}): what is shown is of {heure}.',
  },
  introuvable: { fr: 'Cette page n’existe pas.', en: 'There is no such page.' },
});
