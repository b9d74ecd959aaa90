import { lireMembreId } from '../../src/modules/membres/membre-id.js';
import { juger } from '../../web/views/visite/juge';
import { HEURE, type Pas } from '../support/histoires-de-seance.js';
import { ana, bo, cy, desister, inscrire, planifier } from '../support/seances.js';
import type { Visite } from './seance-relevee.js';

export const [di, eve, flo] = ['mem_di', 'mem_eve', 'mem_flo'].map((id) => lireMembreId(id)!) as [typeof ana, typeof ana, typeof ana];

/** Trois places : ana, bo et cy les ont, di, eve et flo attendent ; bo part, di monte, eve renonce, bo revient à la queue. */
export const RUEE: readonly Pas[] = [
  [0, planifier({ places: 3 })],
  ...[ana, bo, cy, di, eve, flo].map((un): Pas => [0, inscrire(un)]),
  [HEURE, desister(bo)],
  [0, desister(eve)],
  [0, inscrire(bo)],
];

/** Ce que le juge trouve à redire. */
export const rouges = ({ releve, reponses }: Visite): string[] =>
  juger(releve, reponses)
    .filter(({ bon }) => !bon)
    .map(({ quoi }) => quoi);
