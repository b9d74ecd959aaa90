/** Prêts: the desk, what is out, who waits, what is on the shelves; `/prets/{id}` is one loan. */
import '../style/prets.css';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { say } from '../state/langue';
import { lireRayons, maintenant, rayons, type Rayons, relireUn, suivreLesFaits, touches } from '../state/prets';
import { Lecture, useLu } from '../ui/lecture';
import { PRETS } from '../words/prets';
import { Catalogue } from './prets/catalogue';
import { DernierDit, oublierLeDit } from './prets/dit';
import { EnCours } from './prets/en-cours';
import { Guichet } from './prets/guichet';
import { Onglets } from './prets/onglets';
import { UnPret } from './prets/pret';
import { Pile, pile, Reservations, reserves } from './prets/reservations';
import type { VueProps } from './vues';

const MINUTE_MS = 60_000;

export function Prets({ chemin }: VueProps) {
  const id = /^\/prets\/(.+)$/.exec(chemin)?.[1];
  useEffect(() => {
    maintenant.value = Date.now();
    const tick = setInterval(() => (maintenant.value = Date.now()), MINUTE_MS);
    return () => {
      clearInterval(tick);
      oublierLeDit();
    };
  }, []);
  return id === undefined ? <LesRayons /> : <UnPret id={decodeURIComponent(id)} />;
}

function LesRayons() {
  const lu = useLu(lireRayons);
  const { relire } = lu;
  useEffect(
    () =>
      suivreLesFaits((faits) => {
        const ids = rayons.value && touches(faits, rayons.value);
        if (ids === undefined) relire();
        else for (const id of ids) relireUn(id).catch(() => undefined);
      }),
    [],
  );
  return (
    <>
      <h1 tabIndex={-1}>{say(PRETS.prets)}</h1>
      <DernierDit />
      <Lecture de={{ ...lu, valeur: rayons }}>{(found) => <Parties rayons={found} />}</Lecture>
    </>
  );
}

function Parties({ rayons: found }: { readonly rayons: Rayons }) {
  const ouvert = useSignal('prets');
  const retard = found.prets.filter(({ echeance }) => Date.parse(echeance) < maintenant.value).length;
  const onglets = [
    { cle: 'prets', titre: say(retard > 0 ? PRETS.onglet_prets_retard : PRETS.onglet_prets, { n: found.prets.length, retard }) },
    { cle: 'reservations', titre: say(PRETS.onglet_reservations, { n: reserves(found).length }) },
    { cle: 'cote', titre: say(PRETS.onglet_cote, { n: pile(found).length }) },
    { cle: 'catalogue', titre: say(PRETS.onglet_catalogue, { n: found.ouvrages.length }) },
  ];
  return (
    <>
      <Guichet rayons={found} />
      <Onglets onglets={onglets} ouvert={ouvert}>
        {ouvert.value === 'prets' && <EnCours rayons={found} />}
        {ouvert.value === 'reservations' && <Reservations rayons={found} />}
        {ouvert.value === 'cote' && <Pile rayons={found} />}
        {ouvert.value === 'catalogue' && <Catalogue rayons={found} />}
      </Onglets>
    </>
  );
}
