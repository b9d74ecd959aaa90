/** The frame around every view: where one may go, who one is, and whether what is shown is of now. */
import { useEffect } from 'preact/hooks';
import { Annonce } from './ui/annonce';
import { Apparence } from './ui/apparence';
import { Liaison } from './ui/liaison';
import { Personne } from './ui/personne';
import { langue, parler, say, type Word } from './state/langue';
import { chemin } from './state/route';
import { COMMUN } from './words/commun';
import { vueDe } from './views/vues';

const PLACES: readonly (readonly [string, Word])[] = [
  ['/', COMMUN.agenda],
  ['/prets', COMMUN.prets],
  ['/comptoir', COMMUN.comptoir],
  ['/courriers', COMMUN.courriers],
  ['/exploitation', COMMUN.exploitation],
  ['/visite', COMMUN.visite],
];

/** The place that this address is under. */
const under = (place: string, path: string): boolean =>
  place === '/' ? path === '/' || path.startsWith('/seances/') : path === place || path.startsWith(`${place}/`);

export function Page() {
  const path = chemin.value;
  const Vue = vueDe(path);
  const name = PLACES.find(([place]) => under(place, path))?.[1];
  const title = name === undefined ? 'MonClub' : `${say(name)} · MonClub`;
  useEffect(() => void (document.title = title), [title]);
  return (
    <>
      <a class="evitement" href="#contenu">
        {say(COMMUN.aller_au_contenu)}
      </a>
      <header>
        <a class="enseigne" href="/">
          MonClub
        </a>
        <nav aria-label={say(COMMUN.vues)}>
          {PLACES.map(([place, word]) => (
            <a key={place} href={place} aria-current={under(place, path) ? 'page' : undefined}>
              {say(word)}
            </a>
          ))}
        </nav>
        <Personne />
        <Liaison />
      </header>
      <main id="contenu" tabIndex={-1}>
        <Vue key={path} chemin={path} />
      </main>
      <footer>
        <button type="button" lang={langue.value === 'fr' ? 'en' : 'fr'} onClick={() => parler(langue.value === 'fr' ? 'en' : 'fr')}>
          {say(COMMUN.langue)}
        </button>
        <Apparence />
        <a href="/api/docs">{say(COMMUN.interface)}</a>
        <a href="/erreurs">{say(COMMUN.refus)}</a>
      </footer>
      <Annonce />
    </>
  );
}
