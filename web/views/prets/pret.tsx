/** One loan: how it stands, what may be done with it, what happened to it and what will. */
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { lire, toutLire } from '../../state/api';
import { say } from '../../state/langue';
import { nomDe } from '../../state/moi';
import { cote, lireRayons, maintenant, type Pret, rayons, type Reglement, suivreLesFaits } from '../../state/prets';
import { Lecture, useLu } from '../../ui/lecture';
import { PRETS } from '../../words/prets';
import { Actes } from './actes';
import { DernierDit } from './dit';
import { Etat } from './en-cours';
import { type Etape, etapes, type Fait } from './etapes';
import { titreDe } from './gestes';
import { avance, horloge, leJour } from './jours';

interface Dossier {
  readonly pret: Pret;
  readonly faits: readonly Fait[];
  readonly reglement: Reglement;
}

/** Facts of one loan read at most; a loan has a dozen. */
const FAITS_AU_PLUS = 300;

async function lireDossier(id: string): Promise<Dossier> {
  const [pret, faits, reglement] = await Promise.all([
    lire('/api/v1/prets/{id}', { id }),
    toutLire('/api/v1/prets/{id}/faits', { id }, FAITS_AU_PLUS),
    lire('/api/v1/reglement'),
    rayons.value ?? lireRayons(),
  ]);
  return { pret, faits, reglement };
}

export function UnPret({ id }: { readonly id: string }) {
  const lu = useLu(() => lireDossier(id), [id]);
  useEffect(() => suivreLesFaits((faits) => faits.some(({ agregat }) => agregat === id) && lu.relire()), [id]);
  const pret = lu.valeur.value?.pret;
  const of = pret === undefined ? undefined : { titre: titreDe(pret.ouvrageId), nom: nomDe(pret.membreId) };
  return (
    <>
      <p class="prets-haut">
        <a href="/prets">{say(PRETS.retour_aux_prets)}</a>
      </p>
      <h1 tabIndex={-1}>{of === undefined ? say(PRETS.prets) : say(PRETS.pret_de, of)}</h1>
      <DernierDit />
      <Lecture de={lu}>{(dossier) => <LeDossier {...dossier} apres={lu.relire} />}</Lecture>
    </>
  );
}

function LeDossier({ pret, faits, reglement, apres }: Dossier & { readonly apres: () => void }) {
  const now = maintenant.value;
  const clock = now + avance(pret.echeance);
  const left = Math.max(0, reglement.prolongations - pret.prolongations);
  const live = pret.statut === 'en_cours';
  return (
    <>
      <dl class="prets-fiche carte">
        <Ligne nom={say(PRETS.etat)}>
          <Etat pret={pret} />
        </Ligne>
        <Ligne nom={say(PRETS.echeance)}>{leJour(horloge(pret.echeance))}</Ligne>
        <Ligne nom={say(PRETS.lecteur)}>{nomDe(pret.membreId)}</Ligne>
        <Ligne nom={say(PRETS.copie)}>{cote(pret.exemplaireId)}</Ligne>
        <Ligne nom={say(PRETS.prolongations)}>
          {pret.prolongations}
          {live && ` · ${say(left === 0 ? PRETS.reste_aucune : PRETS.reste, { n: left })}`}
        </Ligne>
      </dl>
      <Actes pret={pret} retard={live && now > Date.parse(pret.echeance)} apres={apres} />
      <h2>{say(PRETS.suivi)}</h2>
      <ol class="prets-suivi">
        {etapes(pret, faits, reglement, clock).map((one) => (
          <UneEtape key={`${one.venir ? 'a' : 'f'} ${one.le} ${one.dit}`} {...one} />
        ))}
      </ol>
      <p class="doux">{say(PRETS.heure_du_club)}</p>
    </>
  );
}

function Ligne({ nom, children }: { readonly nom: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{nom}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function UneEtape({ date, dit, venir }: Etape) {
  return (
    <li class={venir ? 'venir' : 'fait'}>
      <span aria-hidden="true">{venir ? '○' : '●'}</span>
      <span>
        <strong>{dit}</strong>
        <br />
        {date} <span class="doux">({say(venir ? PRETS.a_venir : PRETS.fait)})</span>
      </span>
    </li>
  );
}
