import { useEffect, useRef } from 'preact/hooks';
import { say } from '../state/langue';
import type { Seance } from '../state/seances';
import { AGENDA } from '../words/agenda';

/** Beyond this a row of squares says less than a bar. */
const MOST_SQUARES = 40;

/** The seats of a séance: a square each (full, kept for somebody, free), and the same in words. */
export function Places({ seance }: { readonly seance: Seance }) {
  const { places, inscrits, offertes, enAttente } = seance;
  const n = inscrits + offertes;
  return (
    <div class="places">
      {places > MOST_SQUARES ? <Barre taken={n} places={places} /> : <Carres {...seance} />}
      <p>
        {say(AGENDA.places_prises, { n, places })}
        {offertes > 0 && `, ${say(AGENDA.dont_offertes, { n: offertes })}`}
        {enAttente > 0 && ` · ${say(AGENDA.en_attente, { n: enAttente })}`}
      </p>
    </div>
  );
}

/** A square that is taken before somebody's eyes moves; those that were taken before do not: hundreds that move at once hold a slow phone up. */
function Carres({ places, inscrits, offertes }: Seance) {
  const before = useRef(inscrits);
  const [from, looks] = [before.current, Array.from({ length: places }, (_, i) => look(i, inscrits, offertes))];
  useEffect(() => void (before.current = inscrits), [inscrits]);
  return (
    <div class="places-carres" aria-hidden="true">
      {looks.map((one, i) => (
        <span key={i} class={`change ${one}${one === 'prise' && i >= from ? ' neuve' : ''}`} />
      ))}
    </div>
  );
}

const look = (i: number, inscrits: number, offertes: number): string =>
  i < inscrits ? 'prise' : i < inscrits + offertes ? 'offerte' : 'libre';

/** Drawn in a hundred units, so that its width needs no style. */
function Barre({ taken, places }: { readonly taken: number; readonly places: number }) {
  return (
    <svg class="places-barre" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect class="libre" width="100" height="4" />
      <rect class="prise" width={(100 * taken) / places} height="4" />
    </svg>
  );
}
