import { describe, expect, it } from 'vitest';
import type { TreeNode } from '../runtime/supervision/tree.js';
import { Noeud, pathOf, showNode } from './noeud.js';

const member: TreeNode = {
  kind: 'member',
  name: 'sea_1.a',
  path: 'club.reunions.sea_1.a',
  state: 'quarantined',
  restarts: 4,
  depth: 7,
  lastError: 'boom',
};
const family: TreeNode = {
  kind: 'family',
  name: 'reunions',
  path: 'club.reunions',
  state: 'running',
  restart: 'permanent',
  restarts: 0,
  lastError: null,
  size: 2,
  counts: { running: 1, starting: 0, quarantined: 1 },
  folded: false,
  children: [member],
};
const root: TreeNode = {
  kind: 'supervisor',
  name: 'monclub',
  path: '',
  state: 'running',
  restart: 'permanent',
  restarts: 0,
  lastError: null,
  strategy: 'rest_for_one',
  intensity: { restarts: 3, periodMs: 5000 },
  children: [family],
};

describe('un nœud de l’arbre', () => {
  it('se montre dans les mots de l’API, à toute profondeur', () => {
    const shown = showNode(root);
    expect(() => Noeud.parse(shown)).not.toThrow();
    expect(shown).toEqual({
      nom: 'monclub',
      chemin: 'monclub',
      genre: 'superviseur',
      etat: 'en_marche',
      redemarrages: 0,
      derniereErreur: null,
      strategie: 'rest_for_one',
      intensite: { redemarrages: 3, periodeMs: 5000 },
      enfants: [
        {
          nom: 'reunions',
          chemin: 'monclub.club.reunions',
          genre: 'famille',
          etat: 'en_marche',
          redemarrages: 0,
          derniereErreur: null,
          boite: 7,
          taille: 2,
          comptes: { en_marche: 1, quarantaine: 1 },
          repliee: false,
          enfants: [
            {
              nom: 'sea_1.a',
              chemin: 'monclub.club.reunions.sea_1.a',
              genre: 'membre',
              etat: 'quarantaine',
              redemarrages: 4,
              derniereErreur: 'boom',
              boite: 7,
            },
          ],
        },
      ],
    });
  });

  it('un membre montre ce qui vit en lui, ou combien', () => {
    const inner: TreeNode = { ...member, name: 'pre_1', path: 'club.prets.ouv_1.pre_1', depth: 1 };
    const title = { ...member, name: 'ouv_1', path: 'club.prets.ouv_1' };
    const shown = showNode({ ...title, inside: { size: 1, folded: false, children: [inner] } });
    expect(shown).toMatchObject({ nom: 'ouv_1', genre: 'membre', boite: 7, taille: 1, repliee: false });
    expect(shown.enfants).toEqual([showNode(inner)]);
    expect(showNode(inner)).toMatchObject({ chemin: 'monclub.club.prets.ouv_1.pre_1', genre: 'membre', boite: 1 });
    const folded = showNode({ ...title, inside: { size: 60, folded: true, children: [] } });
    expect([folded.taille, folded.repliee, folded.enfants]).toEqual([60, true, []]);
    for (const one of [shown, folded]) expect(() => Noeud.parse(one)).not.toThrow();
  });

  it.each([
    ['monclub', ''],
    ['monclub.web', 'web'],
    ['web', 'web'],
    ['', ''],
    ['monclubs.web', 'monclubs.web'],
  ])('chemin %s : %s', (chemin, path) => expect(pathOf(chemin)).toBe(path));
});
