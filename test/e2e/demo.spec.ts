import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createInstance, type Instance } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { COMPTOIR } from '../../src/demo/comptoir.js';
import { MEMBRES } from '../../src/demo/membres-de-demo.js';
import { RAYONS } from '../../src/demo/rayons.js';
import { remettreAZero } from '../../src/demo/raz.js';
import { type Club, Semis } from '../../src/demo/semis.js';
import { EcritureDesProduits } from '../../src/modules/crdt/produits.ecriture.js';
import { EcritureDesMembres } from '../../src/modules/membres/membres.ecriture.js';
import { OUVRAGES } from '../../src/modules/prets/prets.tokens.js';
import { EcritureDuReglement } from '../../src/modules/prets/reglement.ecriture.js';
import { SEANCES } from '../../src/modules/reunions/reunions.tokens.js';
import { rayons, RAYONS_DE_DEMO, SEANCES_DE_DEMO, vue } from '../support/club-de-demo.js';
import { engines, newDatabase, type TestDatabase } from '../support/databases.js';

const HEURE_MS = 3_600_000;

describe.each(engines)('le club de démonstration, sur %s', (engine) => {
  let database: TestDatabase | undefined;
  let dossier: string | undefined;
  const ouvertes: Instance[] = [];
  const base = async (): Promise<TestDatabase> => (database ??= await newDatabase(engine));
  const fichiers = async (): Promise<string> => (dossier ??= await mkdtemp(join(tmpdir(), 'monclub-demo-')));

  afterEach(async () => {
    for (const une of ouvertes.splice(0)) await une.close();
    await database?.drop();
    if (dossier !== undefined) await rm(dossier, { recursive: true, force: true });
    database = dossier = undefined;
  });

  async function ouvrir(demo = true, id = `demo-${ouvertes.length}`): Promise<Instance> {
    const { url } = await base();
    const env = {
      PORT: '0',
      INSTANCE_ID: id,
      DATABASE_URL: url,
      DATA_DIR: await fichiers(),
      DEMO: String(demo),
      LOG_LEVEL: 'silent',
    };
    const une = await createInstance(readConfig(env));
    ouvertes.push(une);
    return une;
  }
  const prete = (une: Instance): Promise<void> =>
    expect.poll(async () => (await fetch(`${une.url}/health/ready`)).status, { timeout: 20_000, interval: 20 }).toBe(200);
  async function fermer(une: Instance): Promise<void> {
    ouvertes.splice(ouvertes.indexOf(une), 1);
    await une.close();
  }

  async function attendu(): Promise<void> {
    const hand = await (await base()).hand();
    const { membres, demandes } = await vue(hand);
    const gestes = RAYONS.flatMap(({ histoire }) => histoire?.gestes ?? []);
    expect([membres, demandes]).toEqual([24, 24 + 1 + 6 + 59 + 1 + 1 + 10 + 1 + COMPTOIR.length + 40 + gestes.length]);
    // La séance passée se clôt d’elle-même, peu après.
    const montrees = async () => (await vue(hand)).seances.map(({ titre, statut, statuts }) => ({ titre, statut, statuts }));
    await expect.poll(montrees, { timeout: 10_000 }).toEqual(SEANCES_DE_DEMO);
    // Et la relance part, si le semis n’a pas eu le temps de la dater.
    await expect.poll(() => rayons(hand), { timeout: 10_000 }).toEqual(RAYONS_DE_DEMO);
  }

  /** Les comptes, tels qu’une instance les montre. */
  async function comptes(une: Instance): Promise<Record<string, string>> {
    const { elements } = (await (await fetch(`${une.url}/api/v1/compteurs`)).json()) as { elements: { produit: string; valeur: string }[] };
    return Object.fromEntries(elements.map(({ produit, valeur }) => [produit, valeur]));
  }
  const COMPTES = Object.fromEntries(COMPTOIR.map(({ produit, mouvements }) => [produit, `${mouvements.reduce((a, b) => a + b, 0)}`]));

  it('est là quand l’instance se dit prête, daté autour d’aujourd’hui, et ne revient pas', async () => {
    const une = await ouvrir();
    await prete(une);
    await attendu();
    expect(await comptes(une)).toEqual(COMPTES);
    const hand = await (await base()).hand();
    const { seances } = await vue(hand);
    const jours = seances.map(({ debut }) => (Date.parse(debut) - Date.now()) / (24 * HEURE_MS));
    expect(jours.filter((jour) => jour < 0).length).toBe(1);
    const noms = MEMBRES.map(({ nom }) => nom);
    expect((await hand.type('SELECT nom FROM membre')).map(({ nom }) => String(nom)).toSorted()).toEqual(noms.toSorted());
    await fermer(une);
    const encore = await ouvrir();
    await prete(encore);
    await attendu();
    expect(await comptes(encore)).toEqual(COMPTES);
  });

  it('ne touche pas à une base où vit quelqu’un', async () => {
    const seule = await ouvrir(false);
    await prete(seule);
    await fetch(`${seule.url}/api/v1/membres`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"nom":"Ana"}' });
    await fermer(seule);
    await prete(await ouvrir());
    expect(await vue(await (await base()).hand())).toEqual({ membres: 1, demandes: 0, seances: [] });
  });

  it('est semé une fois par deux instances qui s’ouvrent ensemble', async () => {
    const deux = await Promise.all([ouvrir(true, 'demo-0'), ouvrir(true, 'demo-1')]);
    await Promise.all(deux.map(prete));
    await attendu();
    for (const une of deux) await expect.poll(() => comptes(une)).toEqual(COMPTES);
  });

  it.each(engine === 'sqlite' ? [0, 60, 99, 201] : [26, 160])(
    'interrompu à la %ie demande, reprend et finit comme si de rien n’était',
    async (combien) => {
      const une = await ouvrir(false);
      await prete(une);
      const fin = new AbortController();
      await semer(une, fin, combien);
      expect(fin.signal.aborted).toBe(true);
      await semer(une, new AbortController(), Infinity);
      await attendu();
      expect(await comptes(une)).toEqual(COMPTES);
    },
  );

  /** Sème sur une instance ouverte, et s'arrête net à la demande numéro `combien`. */
  async function semer(une: Instance, fin: AbortController, combien: number): Promise<void> {
    let posees = 0;
    const poser = <T>(ask: () => Promise<T>): Promise<T> => {
      if (posees++ >= combien) {
        fin.abort();
        return Promise.reject(new Error('coupé'));
      }
      return ask();
    };
    const membres = une.app.get(EcritureDesMembres, { strict: false });
    const seances = une.app.get<Club['seances']>(SEANCES, { strict: false });
    const ouvrages = une.app.get<Club['ouvrages']>(OUVRAGES, { strict: false });
    const reglement = une.app.get(EcritureDuReglement, { strict: false });
    const produits = une.app.get(EcritureDesProduits, { strict: false });
    const semis = new Semis(une.machine, {
      accueillir: (envelope, membre) => poser(() => membres.accueillir(envelope, membre)),
      fermer: (envelope, jours) => poser(() => reglement.calendrier(envelope, { joursFermes: [...jours], datesFermees: [] })),
      seances: { ask: (...args) => poser(() => seances.ask(...args)) },
      ouvrages: { ask: (...args) => poser(() => ouvrages.ask(...args)) },
      compteurs: {
        instance: une.config.instanceId,
        creer: (envelope, produit) => poser(() => produits.creer(envelope, produit)),
        compter: (envelope, product, quantite) =>
          poser(async () => (await une.compteurs.replica.perform(envelope, { type: 'change', product, by: BigInt(quantite) })).outcome),
      },
      fuseau: 'Europe/Paris',
      opened: () => Promise.resolve(),
      report: (message, error) => {
        throw new Error(message, { cause: error });
      },
    });
    await semis.start({ life: 1, signal: fin.signal, exit: (reason) => expect(reason).toBe('never') });
    await expect.poll(() => fin.signal.aborted || semis.missing() === undefined, { timeout: 10_000, interval: 5 }).toBe(true);
  }

  describe('demo:raz', () => {
    it('rend la base au néant d’où la démonstration renaît', async () => {
      const { url, file } = await base();
      const une = await ouvrir();
      await prete(une);
      await fermer(une);
      const magasin = join(await fichiers(), 'demo-0', 'compteurs.sqlite');
      expect(existsSync(magasin)).toBe(true);
      expect(await remettreAZero({ engine, url }, await fichiers())).toMatchObject({
        fait: true,
        phrases: [expect.stringContaining('un magasin de compteurs'), expect.anything()],
      });
      if (engine === 'sqlite') expect([existsSync(file), existsSync(`${file}-wal`)]).toEqual([false, false]);
      expect([existsSync(magasin), existsSync(join(magasin, '..'))]).toEqual([false, false]);
      expect(await remettreAZero({ engine, url }, await fichiers())).toMatchObject({
        fait: true,
        phrases: [expect.stringContaining('Rien à remettre'), expect.anything()],
      });
      if (engine === 'postgres') {
        const hand = await (await base()).hand();
        for (const table of ['ouvrage', 'exemplaire', 'pret', 'reservation', 'timer'])
          expect(await hand.type(`SELECT * FROM ${table}`)).toEqual([]);
        expect(await hand.type('SELECT jours_fermes FROM calendrier')).toEqual([{ jours_fermes: '[]' }]);
      }
      const autre = await ouvrir();
      await prete(autre);
      await attendu();
      expect(await comptes(autre)).toEqual(COMPTES);
      expect(await (await fetch(`${autre.url}/api/v1/calendrier`)).json()).toMatchObject({ joursFermes: ['lundi', 'mardi'], version: 2 });
    });

    it('refuse tant qu’un magasin de compteurs sert, et ne change rien ; ne touche pas à ceux d’un autre club', async () => {
      const { url } = await base();
      const une = await ouvrir();
      await prete(une);
      await fermer(une);
      const autre = await newDatabase('sqlite', { migrated: false });
      const env = { PORT: '0', DATABASE_URL: autre.url, DATA_DIR: await fichiers(), DEMO: 'false', LOG_LEVEL: 'silent' };
      const [voisine, squatteuse] = await Promise.all(
        ['voisine', 'demo-0'].map((id) => createInstance(readConfig({ ...env, INSTANCE_ID: id }))),
      );
      const refus = await remettreAZero({ engine, url }, await fichiers());
      expect([refus.fait, refus.phrases[0]]).toEqual([false, expect.stringContaining('compteurs.sqlite')]);
      expect(existsSync(join(await fichiers(), 'demo-0', 'compteurs.sqlite'))).toBe(true);
      await squatteuse!.close();
      const bilan = await remettreAZero({ engine, url }, await fichiers());
      expect(bilan, bilan.phrases.join(' ')).toMatchObject({ fait: true });
      expect(existsSync(join(await fichiers(), 'voisine', 'compteurs.sqlite'))).toBe(true);
      // What `demo-0` has counted for the other club since is that club's; what it had put aside is gone.
      expect((await readdir(join(await fichiers(), 'demo-0'))).filter((nom) => nom.endsWith('.sqlite'))).toEqual(['compteurs.sqlite']);
      await voisine!.close();
      await autre.drop();
    });

    it('refuse tant qu’une instance vit, et ne change rien', async () => {
      const { url } = await base();
      await prete(await ouvrir());
      const { fait, phrases } = await remettreAZero({ engine, url });
      expect([fait, phrases[0]]).toEqual([
        false,
        expect.stringContaining(engine === 'sqlite' ? 'quelqu’un d’autre tient' : 'monclub-reads'),
      ]);
      await attendu();
    });

    it('refuse une base qui n’est pas une démonstration', async () => {
      const { url } = await base();
      const seule = await ouvrir(false);
      await prete(seule);
      await fetch(`${seule.url}/api/v1/membres`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"nom":"Ana"}',
      });
      await fermer(seule);
      const { fait, phrases } = await remettreAZero({ engine, url });
      expect([fait, phrases[0]]).toEqual([false, expect.stringContaining('n’est pas un club de démonstration')]);
      expect((await vue(await (await base()).hand())).membres).toBe(1);
    });
  });
});
