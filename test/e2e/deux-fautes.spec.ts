import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines } from '../support/databases.js';
import { startInstance, type TestInstance } from '../support/instance.js';

const FICHE = { titre: 'Nana', debut: '2036-01-15T19:00:00+01:00', fin: '2036-01-15T21:00:00+01:00', places: 2 };
const REUNIONS = 'monclub.coeur.club.reunions';

/** Ce que font de travers la plupart des systèmes de ce genre : gardé ici pour toujours. */
describe.each(engines)('les deux fautes du dessin habituel, sur %s', (engine) => {
  let club: TestInstance;
  beforeAll(async () => {
    club = await startInstance(engine, { DEMO: 'true' });
  });
  afterAll(() => club.end());

  const planifier = async (): Promise<string> => (await club.send('/api/v1/seances', FICHE)).body.id;
  const membre = async (nom: string): Promise<string> => (await club.send('/api/v1/membres', { nom })).body.id;
  const inscrire = async (seance: string, nom: string): Promise<{ status: number; body: { statut?: string; code?: string } }> =>
    club.send(`/api/v1/seances/${seance}/inscriptions`, { membreId: await membre(nom) });
  const planter = (seance: string): Promise<unknown> => club.send(`/api/v1/supervision/${REUNIONS}.${seance}/plantage`);

  it('une séance relancée se relit par son identifiant, jamais par ce avec quoi elle était née : deux places restent deux', async () => {
    const id = await planifier();
    expect([(await inscrire(id, 'Ana')).body.statut, (await inscrire(id, 'Bo')).body.statut]).toEqual(['inscrite', 'inscrite']);
    await planter(id);
    expect([(await inscrire(id, 'Cy')).body.statut, (await inscrire(id, 'Di')).body.statut]).toEqual(['en_attente', 'en_attente']);
    expect((await club.get(`/api/v1/seances/${id}`)).body).toMatchObject({ inscrits: 2, enAttente: 2, places: 2, placesRestantes: 0 });
  });

  it('le quatrième plantage d’une séance en cinq secondes laisse vivre ses voisines et leur superviseur', async () => {
    const [malade, voisine] = [await planifier(), await planifier()];
    await inscrire(voisine, 'Eva');
    await inscrire(malade, 'Flo');
    for (let fois = 0; fois < 4; fois++) await planter(malade);
    const refus = await club.send(`/api/v1/seances/${malade}/inscriptions`, { membreId: await membre('Gil') });
    expect([refus.status, refus.body.code, Number(refus.headers.get('retry-after')) >= 1]).toEqual([503, 'en_quarantaine', true]);
    expect((await inscrire(voisine, 'Hugo')).body.statut).toBe('inscrite');
    const arbre = await club.get(`/api/v1/supervision?sous=${REUNIONS}`);
    expect(arbre.body).toMatchObject({ etat: 'en_marche', redemarrages: 0 });
    expect((await club.get(`/api/v1/supervision?sous=${REUNIONS}.${voisine}`)).body).toMatchObject({ etat: 'en_marche', redemarrages: 0 });
    expect((await club.get(`/api/v1/supervision?sous=${REUNIONS}.${malade}`)).body).toMatchObject({ etat: 'quarantaine', redemarrages: 4 });
  });
});
