/** Every notice of the club to a member, and what became of it. */
import '../style/courriers.css';
import { Avis } from './courriers/avis';
import { Liste } from './courriers/liste';
import type { VueProps } from './vues';

export function Courriers({ chemin }: VueProps) {
  const id = chemin.split('/')[2];
  return id === undefined || id === '' ? <Liste /> : <Avis id={decodeURIComponent(id)} />;
}
