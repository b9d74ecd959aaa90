/** What can be done with a title and a reader: the likeliest first, so that Enter does it. */
import { say } from '../../state/langue';
import { nomDe } from '../../state/moi';
import { lecteur, maintenant, type Ouvrage, type Pret, type Rayons } from '../../state/prets';
import { Acte } from '../../ui/acte';
import { PRETS } from '../../words/prets';
import { preter, rendre, reserver } from './gestes';
import { etatDe } from './jours';

interface Geste {
  readonly cle: string;
  readonly dit: string;
  readonly faire: () => Promise<string>;
}

interface SuiteProps {
  readonly ouvrage: Ouvrage;
  readonly exemplaireId: string | undefined;
  readonly rayons: Rayons;
  readonly fini: () => void;
}

export function Suite({ ouvrage, exemplaireId, rayons, fini }: SuiteProps) {
  const gestes = gestesPour(ouvrage, exemplaireId, rayons);
  return (
    <div
      class="prets-suite"
      role="group"
      aria-label={ouvrage.titre}
      onKeyDown={(event) => event.repeat && event.key === 'Enter' && event.preventDefault()}
    >
      {gestes.map(({ cle, dit, faire }, i) => (
        <Acte
          key={cle}
          {...(i === 0 && { genre: 'principal' as const })}
          faire={async () => {
            const sentence = await faire();
            fini();
            return sentence;
          }}
        >
          {dit}
        </Acte>
      ))}
      {lecteur.value === undefined && <p class="garde">{say(PRETS.choisir_un_membre)}</p>}
      {lecteur.value !== undefined && gestes.length === 0 && <p class="garde">{say(PRETS.rien_a_faire)}</p>}
    </div>
  );
}

function gestesPour(ouvrage: Ouvrage, exemplaireId: string | undefined, { prets }: Rayons): readonly Geste[] {
  const { id, titre, reservations } = ouvrage;
  const reader = lecteur.value;
  const loans = prets.filter((one) => one.ouvrageId === id && (exemplaireId === undefined || one.exemplaireId === exemplaireId));
  const returns = loans.map((one) => rendreDe(titre, one));
  if (reader === undefined) return returns;
  const nom = reader.nom ?? '…';
  const mine = loans.findIndex(({ membreId }) => membreId === reader.id);
  if (mine !== -1) return [returns[mine]!, ...returns.filter((_, i) => i !== mine)];
  if (aPreter(ouvrage, exemplaireId, reader.id))
    return [{ cle: 'preter', dit: say(PRETS.preter_a, { titre, nom }), faire: () => preter(id, reader.id, exemplaireId) }, ...returns];
  if (reservations.some(({ membreId }) => membreId === reader.id)) return returns;
  return [...returns, { cle: 'reserver', dit: say(PRETS.reserver_pour, { titre, nom }), faire: () => reserver(id, reader.id) }];
}

const rendreDe = (titre: string, pret: Pret): Geste => ({
  cle: pret.id,
  dit: say(PRETS.rendre_de, { titre, nom: nomDe(pret.membreId), etat: etatDe(pret, maintenant.value).dit }),
  faire: () => rendre(pret),
});

/** A free copy, or one that waits for this reader. */
function aPreter({ exemplaires }: Ouvrage, exemplaireId: string | undefined, membreId: string): boolean {
  return exemplaires.some(
    ({ id, statut, pourMembreId }) =>
      (exemplaireId === undefined || id === exemplaireId) &&
      (statut === 'disponible' || (statut === 'mis_de_cote' && pourMembreId === membreId)),
  );
}
