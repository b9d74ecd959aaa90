/** Un dossier, deux bases : ce que l'on a compté pour un club ne se retrouve pas dans un autre. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { C, CompteursHttp, dit } from '../support/compteurs-http.js';
import { engines, newDatabase, type TestDatabase } from '../support/databases.js';
import { on, type TestInstance } from '../support/instance.js';

const BIERE = { produit: 'biere', nom: 'Bière', borne: true };

describe.each(engines)('de la démonstration au vrai club, sur %s', (engine) => {
  let files: string;
  let demo: TestDatabase;
  let club: TestDatabase;
  let vivante: TestInstance | undefined;
  beforeEach(async () => {
    files = await mkdtemp(join(tmpdir(), 'monclub-clubs-'));
    demo = await newDatabase('sqlite', { migrated: false });
    club = await newDatabase(engine, { migrated: false });
  });
  afterEach(async () => {
    await vivante?.close();
    vivante = undefined;
    for (const base of [demo, club]) await base.drop();
    await rm(files, { recursive: true, force: true });
  });

  /** La même instance, avec son dossier, sur cette base. */
  async function bar(base: Pick<TestDatabase, 'url'>): Promise<CompteursHttp> {
    await vivante?.close();
    // Its folder is this test's: it stays when the instance is closed.
    const instance = await on(base as TestDatabase, { INSTANCE_ID: 'bar', DATA_DIR: files }, {}, join(files, 'rien'));
    vivante = instance;
    return new CompteursHttp(instance);
  }
  const prete = ({ http }: CompteursHttp): Promise<void> => expect.poll(async () => (await http.get('/health/ready')).status).toBe(200);
  const comptes = async ({ http }: CompteursHttp): Promise<unknown> =>
    (await http.get(C)).body.elements.map(({ produit, valeur }: { produit: string; valeur: string }) => [produit, valeur]);

  it('le vrai club commence à zéro, la démonstration garde ses comptes, et chacun retrouve les siens', { timeout: 60_000 }, async () => {
    let ici = await bar(demo);
    await prete(ici);
    await ici.http.send(C, BIERE);
    await ici.ajouter('biere', 24);

    ici = await bar(club);
    await prete(ici);
    expect(await comptes(ici)).toEqual([]);
    await ici.http.send(C, BIERE);
    expect(dit(await ici.ajouter('biere', 3))).toEqual([200, '3']);
    expect(await ici.http.send(`${C}/biere/decrements`, { quantite: 4 })).toMatchObject({ status: 409 });
    const noms = (await readdir(join(files, 'bar'))).filter((nom) => nom.endsWith('.sqlite'));
    expect(noms.toSorted()).toEqual([expect.stringMatching(/^compteurs\.[0-9a-f-]{36}\.sqlite$/), 'compteurs.sqlite']);

    ici = await bar(demo);
    await prete(ici);
    expect(await comptes(ici)).toEqual([['biere', '24']]);
    // The rights are its own again too.
    expect(dit(await ici.retirer('biere', 24))).toEqual([200, '0']);

    ici = await bar(club);
    await prete(ici);
    expect(await comptes(ici)).toEqual([['biere', '3']]);
  });

  it(
    'la base du vrai club peut se faire attendre : le magasin change sur place, sans que rien ne redémarre',
    { timeout: 60_000 },
    async () => {
      let ici = await bar(demo);
      await prete(ici);
      await ici.http.send(C, BIERE);
      await ici.ajouter('biere', 24);

      // Its database cannot be reached as long as a file is where its folder will be.
      const chemin = join(files, 'plus-tard');
      await writeFile(chemin, '');
      ici = await bar({ url: `sqlite:${join(chemin, 'club.sqlite')}` });
      await expect.poll(() => comptes(ici)).toEqual([['biere', '24']]);
      await rm(chemin);
      await expect.poll(() => comptes(ici), { timeout: 20_000 }).toEqual([]);
      await prete(ici);
      expect((await ici.http.send(C, { produit: 'the', nom: 'Thé' })).status).toBe(201);
      expect(dit(await ici.ajouter('the', 2))).toEqual([200, '2']);
      expect(await comptes(ici)).toEqual([['the', '2']]);
      const metrics = String((await ici.http.get('/metrics')).body);
      expect(metrics).toMatch(/^monclub_counters_open 1$/m);
      expect(ici.http.compteurs.replica.figures).toMatchObject({ openings: 2, failures: 0 });
    },
  );
});
