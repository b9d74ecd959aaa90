import type { Signal } from '@preact/signals';
import { poster } from '../../state/api';
import { say } from '../../state/langue';
import { membres, nomDe } from '../../state/moi';
import type { Seance } from '../../state/seances';
import { SEANCE } from '../../words/seance';
import { Boite } from '../agenda/boite';
import { Champ, Choix, texte } from '../agenda/champs';
import type { Inscription } from '../agenda/mienne';
import { parNom } from '../agenda/mots';
import { type Acquis, desisterPour, inscrirePour } from './actes';

interface AccueilProps {
  readonly seance: Seance;
  readonly entrees: readonly Inscription[];
  readonly done: Signal<Acquis | undefined>;
}

/** Takes somebody in: into a place or the queue, or with a place added for them. */
export function Accueil({ seance: { id, statut }, entrees, done }: AccueilProps) {
  if (statut !== 'ouverte') return null;
  const register = async (fields: FormData): Promise<void> => {
    const ifFull = texte(fields, 'siComplet') === 'refuser' ? 'refuser' : 'attendre';
    done.value = await inscrirePour(id, texte(fields, 'membreId') ?? '', ifFull);
  };
  const add = async (fields: FormData): Promise<void> => {
    const membreId = texte(fields, 'membreId') ?? '';
    await poster('/api/v1/seances/{id}/places', { id }, { membreId, motif: texte(fields, 'motif') ?? '' });
    done.value = { texte: say(SEANCE.dit_inscrit, { nom: nomDe(membreId) }), contraire: () => desisterPour(id, membreId, false) };
  };
  return (
    <>
      <Boite bouton={say(SEANCE.inscrire)} envoyer={say(SEANCE.inscrire_envoyer)} faire={register}>
        {() => (
          <>
            <Qui entrees={entrees} />
            <Choix nom="siComplet" label={say(SEANCE.si_complet)}>
              <option value="attendre">{say(SEANCE.attendre)}</option>
              <option value="refuser">{say(SEANCE.refuser)}</option>
            </Choix>
          </>
        )}
      </Boite>
      <Boite bouton={say(SEANCE.ajouter)} envoyer={say(SEANCE.ajouter_envoyer)} faire={add}>
        {() => (
          <>
            <Qui entrees={entrees} />
            <Champ nom="motif" label={say(SEANCE.motif)} requis />
          </>
        )}
      </Boite>
    </>
  );
}

/** Who is not there yet. Namesakes are told apart by their address. */
function Qui({ entrees }: { readonly entrees: readonly Inscription[] }) {
  const there = new Set(entrees.map(({ membreId }) => membreId));
  const others = [...membres.value.values()].filter(({ id, nom }) => nom !== null && !there.has(id));
  const all = others.toSorted((a, b) => parNom(a.nom ?? '', b.nom ?? ''));
  const names = all.map(({ nom }) => nom);
  return (
    <Choix nom="membreId" label={say(SEANCE.membre)}>
      {all.map(({ id, nom, courriel }) => (
        <option key={id} value={id}>
          {courriel !== null && names.indexOf(nom) !== names.lastIndexOf(nom) ? `${nom} (${courriel})` : nom}
        </option>
      ))}
    </Choix>
  );
}
