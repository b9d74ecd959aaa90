import type { Word } from '../state/langue';

/** Of each check: its name, and what was found. */
export const CONSTATS: Readonly<Record<string, { readonly nom: Word; readonly trouve: Word }>> = {
  compte: {
    nom: { fr: 'Le compte est juste', en: 'The count is right' },
    trouve: { fr: '{n} inscrits, {attente} en attente', en: '{n} registered, {attente} waiting' },
  },
  places: {
    nom: { fr: 'Jamais une place en trop', en: 'Never a place too many' },
    trouve: { fr: '{n} inscrits pour {places} places : {trop} en trop', en: '{n} registered for {places} places: {trop} too many' },
  },
  doublons: { nom: { fr: 'Personne deux fois', en: 'Nobody twice' }, trouve: { fr: 'doublons : {n}', en: 'duplicates: {n}' } },
  ordre: {
    nom: { fr: 'L’ordre de la file', en: 'The order of the queue' },
    trouve: { fr: '{attente} en attente ; hors d’ordre : {n}', en: '{attente} waiting; out of order: {n}' },
  },
  effets: {
    nom: { fr: 'Un effet par demande', en: 'One effect per demande' },
    trouve: { fr: 'demandes : {total} ; en défaut : {n}', en: 'demandes: {total}; wrong: {n}' },
  },
  reponses: {
    nom: { fr: 'Chaque réponse est juste', en: 'Every answer is right' },
    trouve: {
      fr: 'réponses : {n} sur {total} ; conformes à l’histoire : {justes}',
      en: 'answers: {n} out of {total}; as the history has it: {justes}',
    },
  },
  listes: {
    nom: { fr: 'Les listes suivent l’histoire', en: 'The lists follow the history' },
    trouve: { fr: 'faits relus : {n}', en: 'facts read again: {n}' },
  },
  paiements: {
    nom: { fr: 'Un paiement par place', en: 'One payment per place' },
    trouve: { fr: '{n} sur {attendus} attendus', en: '{n} of {attendus} expected' },
  },
  avis: {
    nom: { fr: 'Un avis par fait', en: 'One notice per fact' },
    trouve: { fr: '{n} sur {attendus} attendus', en: '{n} of {attendus} expected' },
  },
  redemarrages: {
    nom: { fr: 'La séance a planté et elle est revenue', en: 'The séance crashed and came back' },
    trouve: {
      fr: 'plantages : {coups} ; redémarrages : {n} ; chacun en {ms} ms au plus',
      en: 'crashes: {coups}; restarts: {n}; each within {ms} ms',
    },
  },
  derniere_place: {
    nom: { fr: 'La dernière place est prise', en: 'The last place is taken' },
    trouve: { fr: '{nom} ; {n} sur {places}', en: '{nom}; {n} of {places}' },
  },
  suivant: { nom: { fr: 'Le suivant attend', en: 'The next one waits' }, trouve: { fr: '{nom}', en: '{nom}' } },
  promue: {
    nom: { fr: 'Le premier de la file a la place', en: 'The first of the queue has the place' },
    trouve: { fr: '{partant} part, {nom} monte', en: '{partant} leaves, {nom} rises' },
  },
  avisee: {
    nom: { fr: 'Et il en est avisé', en: 'And is told so' },
    trouve: { fr: 'avis de promotion à {nom} : {n}', en: 'notices of promotion to {nom}: {n}' },
  },
  leader: {
    nom: { fr: 'Un autre leader', en: 'Another leader' },
    trouve: { fr: '{avant} → {apres}, en {ms} ms', en: '{avant} → {apres}, in {ms} ms' },
  },
  terme: {
    nom: { fr: 'Sous un terme plus grand', en: 'Under a greater term' },
    trouve: { fr: 'terme {avant} → {apres}', en: 'term {avant} → {apres}' },
  },
  coupee: {
    nom: { fr: 'Coupée des autres', en: 'Cut off' },
    trouve: { fr: 'instances injoignables d’ici : {n} sur {total}', en: 'instances out of reach from here: {n} of {total}' },
  },
  ici: {
    nom: { fr: 'Ici, on compte encore', en: 'Here, counting goes on' },
    trouve: { fr: '{noeud} : {avant} → {valeur}, sans l’autre côté', en: '{noeud}: {avant} → {valeur}, without the other side' },
  },
  en_face: {
    nom: { fr: 'En face aussi', en: 'There too' },
    trouve: { fr: '{noeud} : {n} sur {attendus}', en: '{noeud}: {n} of {attendus}' },
  },
  somme: {
    nom: { fr: 'Rien perdu, rien compté deux fois', en: 'Nothing lost, nothing counted twice' },
    trouve: { fr: '{avant} + {ici} + {la} = {valeur}', en: '{avant} + {ici} + {la} = {valeur}' },
  },
  meme: {
    nom: { fr: 'Tous savent la même chose', en: 'All know the same' },
    trouve: { fr: '{ms} ms après la coupure', en: '{ms} ms after the cut' },
  },
};
