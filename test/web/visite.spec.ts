import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { beSomeone, type DemoClub, demoClub } from '../support/browser-club.js';
import { focused, overflowing, tabTo, violations } from '../support/browser-rules.js';
import { auTerminal, bouton, etape, manques, montre, raconter, tout, type Verdict, verdict } from '../support/browser-visite.js';

let club: DemoClub;
beforeAll(async () => {
  club = await demoClub();
}, 600_000);
afterEach(() => club.leaveAll());
afterAll(() => club.end());

const suite = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

/** Ce que la ruée promet, lu par l’interface et non sur la page. */
async function vraieRuee({ seance }: Verdict): Promise<void> {
  const recit = await raconter(club.url, seance);
  expect(recit.versions).toEqual(suite(51));
  expect(recit.types.toSorted()).toEqual(
    ['SeancePlanifiee', ...suite(12).map(() => 'MembreInscrit'), ...suite(38).map(() => 'MembreMisEnAttente')].toSorted(),
  );
  expect([recit.trop, new Set(recit.demandes).size, recit.rangs]).toEqual([0, 51, suite(38)]);
  expect(new Set([...recit.assis, ...recit.file]).size).toBe(50);
  expect(await montre(club.url, seance)).toEqual({ assis: recit.assis, file: recit.file, positions: suite(38) });
  const dus = await de('/paiements?limite=100&statut=du', seance);
  expect(dus.map(({ membreId }) => membreId).toSorted()).toEqual(recit.assis.toSorted());
  const avis = await de('/notifications?limite=100', seance);
  expect(avis.map(({ membreId }) => membreId).toSorted()).toEqual([...recit.assis, ...recit.file].toSorted());
}

interface Ligne {
  readonly seanceId?: string;
  readonly membreId: string;
  readonly gabarit: string;
}

/** Ce que cette liste a au sujet de cette séance. */
const de = async (chemin: string, seance: string): Promise<Ligne[]> =>
  (await tout<Ligne>(club.url, chemin)).filter(({ seanceId }) => seanceId === seance);

describe('la visite, devant une seule instance', () => {
  it('dernière place : qui la prend doit cinq euros et en est avisé, le suivant attend', async () => {
    const { page } = await club.visit('/visite');
    const polar = (await tout<{ id: string; titre: string }>(club.url, '/seances')).find(({ titre }) => titre === 'Soirée Polar')!;
    const { assis } = await montre(club.url, polar.id);
    const libre = (await tout<{ id: string; nom: string }>(club.url, '/membres')).findLast(({ id }) => !assis.includes(id))!;
    await beSomeone(page, libre.nom);
    await bouton(page, 1).click();
    const dit = await verdict(page, 1);
    expect(manques(dit)).toEqual([]);
    expect([dit.seance, dit.constats['La dernière place est prise']!.trouve]).toEqual([polar.id, `${libre.nom} ; 12 sur 12`]);
    const recit = await raconter(club.url, polar.id);
    expect([recit.trop, recit.assis, recit.file.length]).toEqual([0, [...assis, libre.id], 1]);
    expect(await de(`/paiements?membreId=${libre.id}`, polar.id)).toMatchObject([{ statut: 'du', montantCentimes: 500 }]);
    expect(await de(`/notifications?membreId=${libre.id}`, polar.id)).toMatchObject([{ gabarit: 'inscription' }]);
    expect(await de(`/notifications?membreId=${recit.file[0]}`, polar.id)).toMatchObject([{ gabarit: 'attente' }]);
  });

  it('ruée, au clavier seul, et des réponses qui se perdent en route : cinquante lecteurs, douze places, et ce qu’elle annonce est vrai', async () => {
    const { page } = await club.visit('/visite');
    const perdues = new Set<string>();
    await page.route('**/api/v1/seances/*/inscriptions', async (route) => {
      const cle = route.request().headers()['idempotency-key'];
      if (cle === undefined || perdues.has(cle) || perdues.size === 10) return route.continue();
      perdues.add(cle);
      await route.fetch();
      await route.abort('connectionreset');
    });
    await tabTo(page, /^button Lancer la ruée$/);
    await page.keyboard.press('Enter');
    const dit = await verdict(page, 2);
    expect([perdues.size, manques(dit)]).toEqual([10, []]);
    expect(dit.conclusion).toBe('✓ 12 inscrits, 38 en attente, 0 place en trop, 0 doublon, ordre respecté, 50 réponses sur 50.');
    await expect.poll(() => page.getByRole('status').innerText()).toBe(dit.conclusion.slice(2));
    expect(await focused(page)).toBe('button Lancer la ruée');
    await vraieRuee(dit);
    const places = etape(page, 2).locator('.places');
    await expect.poll(() => places.innerText()).toContain('12 places sur 12 prises · 38 en attente');
    expect(await places.locator('.prise').count()).toBe(12);
    await etape(page, 2).getByText('La même chose dans un terminal').click();
    expect(await violations(page)).toEqual([]);
    expect(await overflowing(page, 320)).toEqual([]);
    await bouton(page, 2).focus();
    await tabTo(page, /^a Voir cette séance$/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'La ruée (visite)' }).waitFor();
  });

  it('ruée que l’on fait planter : elle est revenue aussi souvent que la page le dit, et rien d’autre n’a changé ; puis une place se libère', async () => {
    const { page } = await club.visit('/visite');
    await bouton(page, 3).click();
    const dit = await verdict(page, 3);
    expect(manques(dit)).toEqual([]);
    const phrase = /^✓ 12 inscrits, 38 en attente, 0 place en trop, .* (\d) redémarrages? en [\d\s]+ ms au plus, 50 réponses sur 50\.$/;
    expect(dit.conclusion).toMatch(phrase);
    await vraieRuee(dit);
    const { redemarrages } = await club.ask(`/supervision?sous=monclub.coeur.club.reunions.${dit.seance}`);
    expect(redemarrages).toBeGreaterThan(0);
    expect(redemarrages).toBe(Number(phrase.exec(dit.conclusion)![1]));

    const avant = await montre(club.url, dit.seance);
    await bouton(page, 4).click();
    const promotion = await verdict(page, 4);
    expect([promotion.seance, manques(promotion)]).toEqual([dit.seance, []]);
    const recit = await raconter(club.url, dit.seance);
    expect(recit.types.slice(51)).toEqual(['MembreDesiste', 'MembrePromu']);
    expect([recit.trop, recit.demandes.at(-1)]).toEqual([0, recit.demandes.at(-2)]);
    expect([recit.assis, recit.file]).toEqual([[...avant.assis.slice(0, -1), avant.file[0]], avant.file.slice(1)]);
    const avis = await de(`/notifications?membreId=${avant.file[0]}`, dit.seance);
    expect(avis.map(({ gabarit }) => gabarit).toSorted()).toEqual(['attente', 'promotion']);
  });

  it('les deux étapes de grappe disent pourquoi elles ne se jouent pas seules, et quoi lancer', async () => {
    const { page } = await club.visit('/visite');
    for (const n of [5, 6]) {
      const raison = etape(page, n).getByText('Cette étape demande au moins deux instances vivantes, et celle-ci est seule.');
      expect(await raison.innerText()).toContain('npm run grappe');
      expect(await bouton(page, n).count()).toBe(0);
    }
  });
});

describe('les lignes pour un terminal font ce que dit l’étape, telles que la page les montre', () => {
  const DERNIERE = /\{[^\n]*\}$/;
  const reponse = async (page: Page, n: number) => JSON.parse(DERNIERE.exec(await auTerminal(page, n))![0]);

  it('quelqu’un de nouveau rejoint la file ; puis le dernier inscrit part, et le premier de la file monte', async () => {
    const { page } = await club.visit('/visite');
    await auTerminal(page, 1);
    expect(await reponse(page, 1)).toMatchObject({ statut: 'en_attente' });
    expect((await reponse(page, 4)).promu).toMatch(/^mem_/);
  });

  it('cinquante lecteurs à la fois, et le processus qui plante au milieu : douze inscrits, trente-huit dans l’ordre', async () => {
    const ruees = async () =>
      (await tout<{ id: string; titre: string }>(club.url, '/seances')).filter(({ titre }) => titre === 'La ruée (visite)');
    const avant = (await ruees()).map(({ id }) => id);
    const { page } = await club.visit('/visite');
    await auTerminal(page, 3);
    const [seance] = (await ruees()).filter(({ id }) => !avant.includes(id));
    const recit = await raconter(club.url, seance!.id);
    expect([recit.trop, recit.assis.length, recit.rangs]).toEqual([0, 12, suite(38)]);
    expect(await montre(club.url, seance!.id)).toEqual({ assis: recit.assis, file: recit.file, positions: suite(38) });
    const { redemarrages } = await club.ask(`/supervision?sous=monclub.coeur.club.reunions.${seance!.id}`);
    expect(redemarrages).toBeGreaterThan(0);
  });
});

/** Change ce que la page lit à cette adresse. */
async function mentir(page: Page, adresse: string, mensonge: (lu: Record<string, unknown>[]) => void): Promise<void> {
  await page.route(adresse, async (route) => {
    if (route.request().method() !== 'GET') return route.continue();
    const reponse = await route.fetch();
    const lu = (await reponse.json()) as { elements: Record<string, unknown>[] };
    mensonge(lu.elements);
    await route.fulfill({ response: reponse, json: lu });
  });
}

describe('la visite, quand le club ne tient pas parole', () => {
  it('une place de trop dans l’histoire : la page le voit, et le dit en rouge et en toutes lettres', async () => {
    const { page } = await club.visit('/visite');
    await mentir(page, '**/seances/*/faits?**', (faits) => {
      for (const fait of faits) if (fait['type'] === 'MembreMisEnAttente') fait['type'] = 'MembreInscrit';
    });
    await bouton(page, 1).click();
    const dit = await verdict(page, 1);
    expect(manques(dit)).toContain('Jamais une place en trop');
    expect(dit.constats['Jamais une place en trop']!.trouve).toBe('12 inscrits pour 12 places : 1 en trop');
    expect(dit.conclusion).toMatch(/^✗ Pas tenu : \d sur 10 ne vont pas\. Voir le tableau\.$/);
    await expect.poll(() => page.getByRole('status').innerText()).toBe(dit.conclusion.slice(2));
  });

  it('ne touche à rien ailleurs que dans le club de démonstration', async () => {
    const { page } = await club.visit('/visite');
    await mentir(page, '**/api/v1/membres?**', (membres) => membres.forEach((un) => (un['courriel'] = null)));
    const ecrits: string[] = [];
    page.on('request', (une) => une.method() !== 'GET' && ecrits.push(une.url()));
    await bouton(page, 2).click();
    await etape(page, 2).getByText('Ce club n’est pas le club de démonstration').waitFor();
    expect(ecrits).toEqual([]);
  });
});
