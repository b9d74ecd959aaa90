/**
 * One sentence per fact, for every type that the club writes down: a type without its sentence does not compile.
 *
 * `{titre}` is what the fact is about, `{membre}` whom it concerns, `{quand}` and `{jour}` its date, `{nuance}` what NUANCES adds.
 */
import { type Word, words } from '../state/langue';

/** What séances, titles and loans write down; the unions of `src/modules/reunions/mots.ts` and `src/modules/prets/mots.ts`. */
export const TYPES_DE_FAITS = [
  'SeancePlanifiee',
  'MembreInscrit',
  'MembreMisEnAttente',
  'MembreDesiste',
  'MembrePromu',
  'PlaceOfferte',
  'OffreAcceptee',
  'OffreDeclinee',
  'OffreExpiree',
  'PlacesModifiees',
  'InscriptionsFermees',
  'InscriptionsRouvertes',
  'SeanceReportee',
  'SeanceAnnulee',
  'SeanceCloturee',
  'PresenceConstatee',
  'AbsenceConstatee',
  'OuvrageAjoute',
  'ExemplaireAjoute',
  'ExemplaireRetire',
  'ExemplairePrete',
  'ExemplaireRemisEnRayon',
  'ExemplaireMisDeCote',
  'ExemplaireEnReparation',
  'ExemplaireDeclarePerdu',
  'ExemplaireRetrouve',
  'ReservationPosee',
  'ReservationAnnulee',
  'RetraitExpire',
  'PretOuvert',
  'PretProlonge',
  'PretRendu',
  'EcheanceRappelee',
  'RelanceEnvoyee',
  'PretDeclarePerdu',
  'PretRetrouve',
] as const;

export type TypeDeFait = (typeof TYPES_DE_FAITS)[number];

const DE_SEANCE = {
  SeancePlanifiee: {
    fr: { one: '« {titre} » est prévue le {quand} : {n} place.', other: '« {titre} » est prévue le {quand} : {n} places.' },
    en: { one: '“{titre}” is planned for {quand}: {n} place.', other: '“{titre}” is planned for {quand}: {n} places.' },
  },
  MembreInscrit: { fr: '{membre} a sa place à « {titre} »{nuance}.', en: '{membre} has a place at “{titre}”{nuance}.' },
  MembreMisEnAttente: {
    fr: '{membre} rejoint la liste d’attente de « {titre} », au rang {rang}.',
    en: '{membre} joins the waiting list of “{titre}”, rank {rang}.',
  },
  MembreDesiste: { fr: '{membre} se désiste de « {titre} »{nuance}.', en: '{membre} withdraws from “{titre}”{nuance}.' },
  MembrePromu: {
    fr: '{membre} quitte la liste d’attente et a sa place à « {titre} »{nuance}.',
    en: '{membre} leaves the waiting list and has a place at “{titre}”{nuance}.',
  },
  PlaceOfferte: {
    fr: 'Une place à « {titre} » est offerte à {membre} jusqu’au {quand}.',
    en: 'A place at “{titre}” is offered to {membre} until {quand}.',
  },
  OffreAcceptee: { fr: '{membre} accepte sa place à « {titre} »{nuance}.', en: '{membre} accepts a place at “{titre}”{nuance}.' },
  OffreDeclinee: { fr: '{membre} décline la place offerte à « {titre} ».', en: '{membre} declines the place offered at “{titre}”.' },
  OffreExpiree: {
    fr: 'L’offre faite à {membre} pour « {titre} » a expiré.',
    en: 'The offer made to {membre} for “{titre}” has expired.',
  },
  PlacesModifiees: {
    fr: { one: '« {titre} » a maintenant {n} place{nuance}.', other: '« {titre} » a maintenant {n} places{nuance}.' },
    en: { one: '“{titre}” now has {n} place{nuance}.', other: '“{titre}” now has {n} places{nuance}.' },
  },
  InscriptionsFermees: { fr: 'Les inscriptions à « {titre} » ferment.', en: 'Registration for “{titre}” closes.' },
  InscriptionsRouvertes: { fr: 'Les inscriptions à « {titre} » rouvrent.', en: 'Registration for “{titre}” opens again.' },
  SeanceReportee: { fr: '« {titre} » est reportée au {quand}{nuance}.', en: '“{titre}” is postponed to {quand}{nuance}.' },
  SeanceAnnulee: {
    fr: { one: '« {titre} » est annulée : {n} membre concerné.', other: '« {titre} » est annulée : {n} membres concernés.' },
    en: { one: '“{titre}” is cancelled: {n} member concerned.', other: '“{titre}” is cancelled: {n} members concerned.' },
  },
  SeanceCloturee: { fr: '« {titre} » est close.', en: '“{titre}” is over and closed.' },
  PresenceConstatee: { fr: '{membre} était à « {titre} ».', en: '{membre} was at “{titre}”.' },
  AbsenceConstatee: { fr: '{membre} n’était pas à « {titre} »{nuance}.', en: '{membre} was not at “{titre}”{nuance}.' },
} as const;

const D_OUVRAGE = {
  OuvrageAjoute: {
    fr: { one: '« {titre} » entre dans les rayons : {n} exemplaire.', other: '« {titre} » entre dans les rayons : {n} exemplaires.' },
    en: { one: '“{titre}” enters the shelves: {n} copy.', other: '“{titre}” enters the shelves: {n} copies.' },
  },
  ExemplaireAjoute: {
    fr: '« {titre} » a un exemplaire de plus, le n° {rang}.',
    en: '“{titre}” has one more copy, no. {rang}.',
  },
  ExemplaireRetire: { fr: 'Un exemplaire de « {titre} » est retiré du prêt{nuance}.', en: 'A copy of “{titre}” is withdrawn{nuance}.' },
  ExemplairePrete: {
    fr: 'Un exemplaire de « {titre} » part avec {membre}{nuance}.',
    en: 'A copy of “{titre}” leaves with {membre}{nuance}.',
  },
  ExemplaireRemisEnRayon: { fr: 'Un exemplaire de « {titre} » est remis en rayon.', en: 'A copy of “{titre}” is back on the shelf.' },
  ExemplaireMisDeCote: {
    fr: 'Un exemplaire de « {titre} » est mis de côté pour {membre}, jusqu’au {jour}.',
    en: 'A copy of “{titre}” is set aside for {membre}, until {jour}.',
  },
  ExemplaireEnReparation: { fr: 'Un exemplaire de « {titre} » part en réparation.', en: 'A copy of “{titre}” goes to repair.' },
  ExemplaireDeclarePerdu: { fr: 'Un exemplaire de « {titre} » est déclaré perdu.', en: 'A copy of “{titre}” is declared lost.' },
  ExemplaireRetrouve: { fr: 'Un exemplaire perdu de « {titre} » est retrouvé.', en: 'A lost copy of “{titre}” is found.' },
  ReservationPosee: { fr: '{membre} réserve « {titre} », au rang {rang}.', en: '{membre} places a hold on “{titre}”, rank {rang}.' },
  ReservationAnnulee: { fr: '{membre} renonce à sa réservation de « {titre} ».', en: '{membre} gives up the hold on “{titre}”.' },
  RetraitExpire: {
    fr: '« {titre} » n’a pas été retiré à temps par {membre} : la réservation prend fin.',
    en: '“{titre}” was not picked up in time by {membre}: the hold ends.',
  },
} as const;

const DE_PRET = {
  PretOuvert: { fr: '{membre} emprunte « {titre} » jusqu’au {jour}.', en: '{membre} borrows “{titre}” until {jour}.' },
  PretProlonge: {
    fr: 'Le prêt de « {titre} » à {membre} est prolongé jusqu’au {jour}.',
    en: 'The loan of “{titre}” to {membre} is renewed until {jour}.',
  },
  PretRendu: { fr: '{membre} rend « {titre} »{nuance}.', en: '{membre} returns “{titre}”{nuance}.' },
  EcheanceRappelee: {
    fr: 'On rappelle à {membre} que « {titre} » est à rendre le {jour}.',
    en: '{membre} is reminded that “{titre}” is due on {jour}.',
  },
  RelanceEnvoyee: {
    fr: 'Relance n° {rang} à {membre} pour « {titre} »{nuance}.',
    en: 'Overdue reminder no. {rang} to {membre} for “{titre}”{nuance}.',
  },
  PretDeclarePerdu: { fr: '« {titre} », prêté à {membre}, est déclaré perdu.', en: '“{titre}”, lent to {membre}, is declared lost.' },
  PretRetrouve: {
    fr: '« {titre} », que l’on croyait perdu, revient de chez {membre}.',
    en: '“{titre}”, thought lost, comes back from {membre}.',
  },
} as const;

/** Missing one, or naming one that nobody writes, does not compile. */
export const FAITS: Readonly<Record<TypeDeFait, Word>> = { ...DE_SEANCE, ...D_OUVRAGE, ...DE_PRET } satisfies Record<TypeDeFait, Word>;

/** What a fact says besides its type. */
export const NUANCES = words({
  prix: { fr: ' ({prix})', en: ' ({prix})' },
  de_l_attente: { fr: ', avant d’avoir eu une place', en: ', before having had a place' },
  tardif: { fr: ', tardivement', en: ', at a late hour' },
  hors_rang: { fr: ', hors rang', en: ', out of turn' },
  ajoutee: { fr: ' : une de plus, pour quelqu’un', en: ': one more, for someone' },
  offres: {
    fr: { one: ' ; {n} offre est raccourcie', other: ' ; {n} offres sont raccourcies' },
    en: { one: '; {n} offer is shortened', other: '; {n} offers are shortened' },
  },
  excusee: { fr: ' et l’avait dit', en: ' and had said so' },
  attend: { fr: ' : {autre} attend de nouveau, à son rang', en: ': {autre} waits again, at the same rank' },
  honoree: { fr: ', qui l’avait réservé', en: ', who had a hold on it' },
  retard: {
    fr: { one: ' avec {n} jour de retard', other: ' avec {n} jours de retard' },
    en: { one: ' {n} day late', other: ' {n} days late' },
  },
  retard_de: {
    fr: { one: ' : {n} jour de retard', other: ' : {n} jours de retard' },
    en: { one: ': {n} day late', other: ': {n} days late' },
  },
  abime: { fr: ', abîmé', en: ', damaged' },
  un_membre: { fr: 'un membre', en: 'a member' },
  sans_sentence: { fr: '{type} : {agregat}.', en: '{type}: {agregat}.' },
});
