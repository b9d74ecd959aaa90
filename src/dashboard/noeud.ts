import { z } from 'zod';
import type { MemberState } from '../runtime/supervision/family.js';
import type { ChildState } from '../runtime/supervision/child.js';
import type { MemberNode, TreeNode } from '../runtime/supervision/tree.js';

const EXEMPLE = {
  nom: 'reunions',
  chemin: 'monclub.coeur.club.reunions',
  genre: 'famille',
  etat: 'en_marche',
  redemarrages: 0,
  derniereErreur: null,
  boite: 3,
  taille: 1,
  comptes: { en_marche: 1 },
  repliee: false,
  enfants: [
    {
      nom: 'sea_01jd3xq7r5t8v2w4y6z8a0b2c4',
      chemin: 'monclub.coeur.club.reunions.sea_01jd3xq7r5t8v2w4y6z8a0b2c4',
      genre: 'membre',
      etat: 'en_marche',
      redemarrages: 1,
      derniereErreur: 'Crash button',
      boite: 3,
    },
  ],
};

const ETATS = {
  starting: 'demarrage',
  running: 'en_marche',
  stopping: 'arret',
  stopped: 'arrete',
  broken: 'casse',
  quarantined: 'quarantaine',
} as const;
type Etat = (typeof ETATS)[ChildState | MemberState];

/** A node of the supervision tree, as the API shows it. */
export const Noeud = z
  .object({
    nom: z.string(),
    chemin: z.string().describe('Les noms depuis la racine, joints par des points.'),
    genre: z.enum(['superviseur', 'processus', 'famille', 'membre']),
    etat: z.enum(Object.values(ETATS) as [Etat, ...Etat[]]),
    redemarrages: z.int(),
    derniereErreur: z.string().nullable(),
    strategie: z.enum(['one_for_one', 'one_for_all', 'rest_for_one']).optional(),
    intensite: z.object({ redemarrages: z.int(), periodeMs: z.int() }).optional(),
    boite: z
      .int()
      .optional()
      .describe(
        'Demandes qui attendent : d’un membre, ou de ceux que la famille montre. D’un prêt : celles, dans la boîte de son ouvrage, qui parlent de lui.',
      ),
    taille: z.int().optional().describe('Membres vivants de la famille, ou prêts vivants de l’ouvrage.'),
    comptes: z.record(z.string(), z.int()).optional().describe('Membres de la famille, par état.'),
    repliee: z.boolean().optional().describe('Trop de membres, ou de prêts, pour les montrer : seuls les comptes restent.'),
    enfants: z.array(z.record(z.string(), z.unknown())).optional().describe('Des nœuds de la même forme.'),
  })
  .meta({ id: 'Noeud', examples: [EXEMPLE] });

type Noeud = z.output<typeof Noeud>;

/** The root's name: paths of the API begin with it, those of the machine are from below it. */
const ROOT = 'monclub';

/** The machine's path for a `chemin`; the root may be left out. */
export function pathOf(chemin: string): string {
  if (chemin === ROOT) return '';
  return chemin.startsWith(`${ROOT}.`) ? chemin.slice(ROOT.length + 1) : chemin;
}

/** The node as the API shows it. */
export function showNode(node: TreeNode): Noeud {
  const place = {
    nom: node.name,
    chemin: node.path === '' ? ROOT : `${ROOT}.${node.path}`,
    etat: ETATS[node.state],
    redemarrages: node.restarts,
    derniereErreur: node.lastError,
  };
  switch (node.kind) {
    case 'supervisor': {
      const { restarts, periodMs } = node.intensity;
      const intensite = { redemarrages: restarts, periodeMs: periodMs };
      return { ...place, genre: 'superviseur', strategie: node.strategy, intensite, enfants: node.children.map(showNode) };
    }
    case 'child':
      return { ...place, genre: 'processus' };
    case 'family': {
      const comptes = Object.fromEntries(
        Object.entries(node.counts).flatMap(([state, n]) => (n > 0 ? [[ETATS[state as MemberState], n]] : [])),
      );
      const boite = node.children.reduce((sum, member) => sum + member.depth, 0);
      const enfants = node.children.map(showNode);
      return { ...place, genre: 'famille', ...(node.folded ? {} : { boite }), taille: node.size, comptes, repliee: node.folded, enfants };
    }
    case 'member':
      return { ...place, genre: 'membre', boite: node.depth, ...(node.inside && showInside(node.inside)) };
  }
}

function showInside({ size, folded, children }: NonNullable<MemberNode['inside']>): Pick<Noeud, 'taille' | 'repliee' | 'enfants'> {
  return { taille: size, repliee: folded, enfants: children.map(showNode) };
}
