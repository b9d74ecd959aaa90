import type { Effect, Listener, ListenerContext } from '../../runtime/outbox/listener.js';
import type { FaitDePret } from '../prets/index.js';
import type { ContenuDePret } from './avis-prets.js';
import { groupe } from './avis-prets.js';
import { REUNION_MS } from './recapitulatif.envoi.js';

type Adresse = readonly [membreId: string, contenu: ContenuDePret];

/**
 * Un avis par fait des prêts qui concerne un membre. Pur.
 *
 * - La clé unique (ouvrage ou prêt, version, membre) fait qu'un fait n'avise personne deux fois.
 * - Un rappel ou une relance ne part pas seul : il attend le récapitulatif de son membre, avec ou sans courrier.
 */
export function ecouterLesPrets(courrier: boolean): Listener {
  return {
    name: 'notifications-prets',
    kinds: ['ouvrage', 'pret'],
    react({ stream, version, type, data, instant }, context) {
      const adresse = adresser({ type, ...data } as unknown as FaitDePret);
      if (adresse === null) return [];
      const [membreId, { gabarit, donnees }] = adresse;
      const origine = { stream, version, membre_id: membreId, gabarit, donnees: JSON.stringify(donnees), creee_le: instant };
      return [ecrire(origine, courrier, context)];
    },
  };
}

function ecrire(origine: { readonly gabarit: string }, courrier: boolean, { newId, now }: ListenerContext): Effect {
  const suite = groupe(origine.gabarit)
    ? { statut: 'a_grouper', prochain_essai: now + REUNION_MS }
    : { statut: courrier ? 'a_envoyer' : 'affichee', prochain_essai: now };
  return { table: 'notification', insert: { id: newId('not'), ...origine, ...suite, essais: 0, envoyee_le: null, erreur: null } };
}

function adresser(fait: FaitDePret): Adresse | null {
  switch (fait.type) {
    case 'EcheanceRappelee':
      return [fait.membreId, { gabarit: 'rappel', donnees: { ouvrageId: fait.ouvrageId, echeance: fait.echeance } }];
    case 'RelanceEnvoyee': {
      const { ouvrageId, niveau, retardJours } = fait;
      return [fait.membreId, { gabarit: 'relance', donnees: { ouvrageId, niveau, retardJours } }];
    }
    case 'ExemplaireMisDeCote':
      return [fait.membreId, { gabarit: 'mise_de_cote', donnees: { retraitAvant: fait.retraitAvant } }];
    case 'RetraitExpire':
      return [fait.membreId, { gabarit: 'retrait_expire', donnees: {} }];
    case 'ExemplaireRetire':
      return fait.rendALaFile === undefined ? null : [fait.rendALaFile.membreId, { gabarit: 'attente_reprise', donnees: {} }];
    case 'OuvrageAjoute':
    case 'ExemplaireAjoute':
    case 'ExemplairePrete':
    case 'ExemplaireRemisEnRayon':
    case 'ExemplaireEnReparation':
    case 'ExemplaireDeclarePerdu':
    case 'ExemplaireRetrouve':
    case 'ReservationPosee':
    case 'ReservationAnnulee':
    case 'PretOuvert':
    case 'PretProlonge':
    case 'PretRendu':
    case 'PretDeclarePerdu':
    case 'PretRetrouve':
      return null;
  }
}
