// Comment on met l'ouvrage de côté pour le retrouver sans tout relire. Ses prêts vivants se relisent, eux, chacun dans son flux.
import type { MembreId } from '../membres/membre-id.js';
import { etatInitial, naissance, placer, type Etat, type Ouvrage, type Place } from './etat.js';
import { attendre, premiers } from './file-attente.js';
import type { Attente, ExemplaireId } from './mots.js';

interface Cliche extends Pick<Ouvrage, 'id' | 'fiche' | 'version' | 'dernierNumero' | 'dernierRang'> {
  readonly exemplaires: readonly (readonly [ExemplaireId, Place])[];
  readonly libres: readonly ExemplaireId[];
  readonly misesDeCote: readonly (readonly [MembreId, ExemplaireId])[];
  readonly enAttente: readonly Attente[];
}

/** Un cliché n'est repris qu'après deux faits par exemplaire et par attente : son coût reste celui des faits. */
export function faitsEntreCliches({ ouvrage }: Etat): number {
  return ouvrage === null ? 500 : Math.max(500, 2 * (ouvrage.exemplaires.size + ouvrage.attente.rangs.size));
}

export function encoder({ ouvrage }: Etat): Cliche | null {
  if (ouvrage === null) return null;
  const { id, fiche, version, dernierNumero, dernierRang, exemplaires, libres, misesDeCote, attente } = ouvrage;
  return {
    id,
    fiche: { ...fiche },
    version,
    dernierNumero,
    dernierRang,
    exemplaires: Array.from(exemplaires, ([exemplaireId, place]) => [exemplaireId, { ...place }]),
    libres: [...libres],
    misesDeCote: [...misesDeCote],
    enAttente: premiers(attente, attente.rangs.size).map((une) => ({ ...une })),
  };
}

export function decoder(json: unknown): Etat {
  const cliche = json as Cliche | null;
  if (cliche === null) return etatInitial();
  const { id, fiche, version, dernierNumero, dernierRang, exemplaires, libres, misesDeCote, enAttente } = cliche;
  const compte = { version, dernierNumero, dernierRang, misesDeCote: new Map(misesDeCote) };
  const ouvrage: Ouvrage = { ...naissance(id, fiche), ...compte };
  for (const [exemplaireId, place] of exemplaires) placer(ouvrage, exemplaireId, place);
  for (const attente of enAttente) attendre(ouvrage.attente, attente);
  // L'ordre du rayon n'est pas celui des numéros.
  return { ...etatInitial(), ouvrage: { ...ouvrage, libres: new Set(libres) } };
}
