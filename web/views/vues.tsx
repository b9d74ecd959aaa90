import type { ComponentType } from 'preact';
import { Agenda } from './agenda';
import { Comptoir } from './comptoir';
import { Prets } from './prets';
import { Seance } from './seance';
import { Introuvable } from '../ui/introuvable';
import { paresseux } from '../ui/paresseux';

export interface VueProps {
  readonly chemin: string;
}

const Courriers = paresseux<VueProps>(async () => (await import('./courriers')).Courriers);
const Exploitation = paresseux<VueProps>(async () => (await import('./exploitation')).Exploitation);
const Visite = paresseux<VueProps>(async () => (await import('./visite')).Visite);

const VUES: readonly (readonly [RegExp, ComponentType<VueProps>])[] = [
  [/^\/$/, Agenda],
  [/^\/seances\/[^/]+$/, Seance],
  [/^\/prets(\/[^/]+)?$/, Prets],
  [/^\/comptoir$/, Comptoir],
  [/^\/courriers(\/[^/]+)?$/, Courriers],
  [/^\/exploitation(\/[^/]+)?$/, Exploitation],
  [/^\/visite$/, Visite],
];

/** The view at this address. */
export const vueDe = (path: string): ComponentType<VueProps> => VUES.find(([shape]) => shape.test(path))?.[1] ?? Introuvable;
