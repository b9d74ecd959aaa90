import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines } from '../support/databases.js';
import { type Answer, startInstance, type TestInstance } from '../support/instance.js';

const M = '/api/v1/membres';
const O = '/api/v1/ouvrages';
const CLE = { 'idempotency-key': 'un-fichier-a-moi-0001' };
let nombre = 0;
const neuve = () => ({ 'idempotency-key': `un-fichier-de-plus-${++nombre}` });

describe.each(engines)('les fichiers CSV, sur %s', (engine) => {
  let club: TestInstance;
  beforeAll(async () => void (club = await startInstance(engine)));
  afterAll(() => club.end());

  const importer = async (
    ou: string,
    contenu: string | Uint8Array,
    mode: string,
    headers: Record<string, string> = {},
    vers = club,
  ): Promise<Answer> => {
    const body = typeof contenu === 'string' ? contenu : new Uint8Array(contenu);
    const reponse = await fetch(`${vers.url}${ou}/import?mode=${mode}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'text/csv', ...headers },
    });
    return { status: reponse.status, headers: reponse.headers, body: await reponse.json() };
  };
  const membres = async (vers = club): Promise<{ nom: string; courriel: string | null; suspenduJusqua: string | null }[]> => {
    const tous = [];
    for (let chemin: string | undefined = `${M}?limite=100`; chemin !== undefined;) {
      const { body, headers }: Answer = await vers.get(chemin);
      tous.push(...body.elements);
      chemin = /<([^>]+)>/.exec(headers.get('link') ?? '')?.[1];
    }
    return tous;
  };

  it('l’aperçu dit ce qui serait créé et tout ce qui est faux, ligne par ligne, et ne change rien', async () => {
    const ana = (await club.send(M, { nom: 'Ana', courriel: 'ana@example.org' })).body.id;
    const avant = await membres();
    const fichier = 'courriel;NOM\nANA@example.org;Anna\nbo@;\nzoe@example.org;Zoë\nzoe@example.org;Zoé;trop\n';
    const { status, body } = await importer(M, fichier, 'apercu');
    expect([status, body.mode, body.lues, body.aCreer, body.fausses, body.doublons]).toEqual([200, 'apercu', 4, 2, 2, 2]);
    expect(body.lignes).toEqual([
      { ligne: 2, valeurs: { nom: 'Anna', courriel: 'ANA@example.org' }, erreurs: [], doublons: [{ champ: 'courriel', id: ana }] },
      {
        ligne: 3,
        valeurs: { courriel: 'bo@' },
        erreurs: [
          { champ: 'nom', probleme: 'est obligatoire' },
          { champ: 'courriel', probleme: 'n’est pas une adresse de courriel' },
        ],
        doublons: [],
      },
      { ligne: 4, valeurs: { nom: 'Zoë', courriel: 'zoe@example.org' }, erreurs: [], doublons: [] },
      {
        ligne: 5,
        valeurs: { nom: 'Zoé', courriel: 'zoe@example.org' },
        erreurs: [{ champ: '(ligne)', probleme: 'a plus de cases que la première ligne ne nomme de colonnes' }],
        doublons: [{ champ: 'courriel', ligne: 4 }],
      },
    ]);
    expect(await membres()).toEqual(avant);
  });

  it('l’aperçu d’un fichier sans faute n’écrit rien non plus', async () => {
    const avant = await membres();
    expect((await importer(M, 'Nom\nVue seulement\n', 'apercu')).body).toMatchObject({ mode: 'apercu', aCreer: 1, fausses: 0 });
    // Ce que l’aperçu aurait demandé serait passé devant.
    expect((await importer(M, 'Nom\nÉcrite\n', 'ecriture')).status).toBe(200);
    expect((await membres()).length).toBe(avant.length + 1);
  });

  it('l’écriture refuse tout quand une ligne est fausse', async () => {
    const avant = await membres();
    const { status, body } = await importer(M, 'Nom;Courriel\nAna;\nBo;bo@\n', 'ecriture', { 'accept-language': 'en' });
    expect([status, body.code, body.fausses, body.erreurs]).toEqual([
      422,
      'csv_invalide',
      1,
      [{ ligne: 3, champ: 'courriel', probleme: 'is not an e-mail address' }],
    ]);
    expect(await membres()).toEqual(avant);
  });

  it('un fichier n’a pas de version : en attendre une n’écrit rien', async () => {
    const avant = await membres();
    const { status, body } = await importer(M, 'Nom\nAna\n', 'ecriture', { 'if-match': '"1"' });
    expect([status, body.code]).toEqual([412, 'precondition_perdue']);
    expect(await membres()).toEqual(avant);
  });

  it('redemandée, l’écriture ne double rien ; un autre fichier sous le même identifiant est refusé', async () => {
    const avant = (await membres()).length;
    const fichier = `Nom\n${Array.from({ length: 150 }, (_, i) => `Lectrice ${i}`).join('\n')}\n`;
    const fois = await Promise.all([1, 2].map(() => importer(M, fichier, 'ecriture', CLE)));
    fois.push(await importer(M, fichier, 'ecriture', CLE));
    expect(fois.map(({ status, body }) => [status, body])).toEqual(fois.map(() => [200, { mode: 'ecriture', lues: 150, creees: 150 }]));
    expect(fois[2]!.headers.get('idempotent-replayed')).toBe('true');
    expect((await importer(M, `${fichier}Une de plus\n`, 'ecriture', CLE)).body.code).toBe('demande_differente');
    expect((await membres()).length).toBe(avant + 150);
    expect((await club.get(`/api/v1/demandes/${CLE['idempotency-key']}`)).body).toMatchObject({ etat: 'faite', reponse: { creees: 150 } });
  });

  it('interrompue au milieu, elle reprend sans rien perdre ni doubler', async () => {
    const avant = (await membres()).length;
    const fichier = `Nom\n${Array.from({ length: 90 }, (_, i) => `Repris ${i}`).join('\n')}\n`;
    const cle = neuve();
    const { rows } = club.machine;
    const vrai = rows.perform.bind(rows);
    let faites = 0;
    // La base refuse du travail après quelques lignes : cette ligne n’a rien fait, l’import en a écrit d’autres.
    rows.perform = (async (...args: Parameters<typeof vrai>) =>
      ++faites > 20 ? { is: 'unavailable', effect: 'not_executed', retryAfterMs: 1000 } : vrai(...args)) as typeof rows.perform;
    const coupee = await importer(M, fichier, 'ecriture', cle);
    rows.perform = vrai;
    expect([coupee.status, coupee.body.etat, (await membres()).length]).toEqual([503, 'unknown', avant + 20]);
    expect((await importer(M, `${fichier}Autre\n`, 'ecriture', cle)).body.code).toBe('demande_differente');
    expect((await importer(M, fichier, 'ecriture', cle)).body).toEqual({ mode: 'ecriture', lues: 90, creees: 90 });
    const repris = (await membres()).map(({ nom }) => nom).filter((nom) => nom.startsWith('Repris'));
    expect([repris.length, new Set(repris).size]).toEqual([90, 90]);
  });

  it('des membres exportés puis importés ailleurs sont les mêmes, apostrophes comprises', async () => {
    const autre = await startInstance(engine);
    try {
      for (const nom of ['=SOMME(A1)', "'=1", "D'Almeida; Maël", '"Zoë"', '-', '@home', 'Nguyễn Thị Lan', "'", '+33 6'])
        expect((await club.send(M, { nom })).status).toBe(201);
      const { id } = (await club.send(M, { nom: 'Suspendue', courriel: 's@example.org' })).body;
      await club.send(`${M}/${id}`, { suspenduJusqua: '2036-01-01T00:00:00Z' }, {}, 'PATCH');
      const { body, headers } = await club.get(`${M}/export`);
      expect([headers.get('content-type'), body.includes('\r\n')]).toEqual(['text/csv; charset=utf-8', true]);
      expect(body).toContain(";'=SOMME(A1);");
      const { status } = await importer(M, body, 'ecriture', neuve(), autre);
      const sans = (tous: Awaited<ReturnType<typeof membres>>) =>
        tous.map(({ nom, courriel, suspenduJusqua }) => JSON.stringify([nom, courriel, suspenduJusqua])).toSorted();
      expect([status, sans(await membres(autre))]).toEqual([200, sans(await membres())]);
    } finally {
      await autre.end();
    }
  });

  it('un fichier d’un vieux tableur (Windows-1252) se lit aussi', async () => {
    const octets = Uint8Array.from(Buffer.from('Nom;M\xe9l\nZo\xeb Le Goff \x96 \x80;z@example.org\n', 'latin1'));
    expect((await importer(M, octets, 'apercu')).body.lignes[0].valeurs).toEqual({ nom: 'Zoë Le Goff – €', courriel: 'z@example.org' });
    const marque = Uint8Array.from([0xef, 0xbb, 0xbf, ...Buffer.from('Nom\nZoë\n')]);
    expect((await importer(M, marque, 'apercu')).body.lignes[0].valeurs).toEqual({ nom: 'Zoë' });
  });

  it('trop grand, pas du CSV, mauvais type, mauvais mode : chacun sa réponse', async () => {
    expect((await importer(M, `Nom\n${'a'.repeat(1_048_577)}`, 'apercu')).body).toMatchObject({ status: 413, code: 'csv_trop_grand' });
    const flux = new ReadableStream({
      start(flot) {
        for (let n = 0; n < 20; n++) flot.enqueue(Buffer.alloc(100_000, 'a'));
        flot.close();
      },
    });
    const envoi = { method: 'POST', body: flux, duplex: 'half', headers: { 'content-type': 'text/csv' } } as RequestInit;
    expect(await (await fetch(`${club.url}${M}/import`, envoi)).json()).toMatchObject({ code: 'csv_trop_grand' });
    expect((await importer(M, `Nom\n${'A\n'.repeat(5001)}`, 'apercu')).body.code).toBe('csv_trop_grand');
    expect((await importer(M, 'Nom\n"Ana', 'apercu')).body).toMatchObject({ status: 422, code: 'csv_illisible' });
    expect((await importer(M, 'Nom\nAna\n', 'apercu', { 'content-type': 'application/json' })).body.code).toBe('json_illisible');
    expect((await importer(M, '{}', 'apercu', { 'content-type': 'application/json' })).body).toMatchObject({
      status: 415,
      code: 'csv_attendu',
    });
    expect((await importer(M, 'Nom\nAna\n', 'zut')).body).toMatchObject({ code: 'demande_invalide', champs: [{ champ: 'mode' }] });
    expect((await club.send(M, 'Nom\nAna\n', { 'content-type': 'text/csv' })).body).toMatchObject({
      status: 415,
      code: 'type_non_accepte',
    });
  });

  it('des ouvrages exportés puis importés ailleurs sont les mêmes ; un ISBN déjà là est dit', async () => {
    const fichier =
      'Titre;Auteur;ISBN;Exemplaires\nGerminal;Émile Zola;2-07-041142-7;2\n=Nana;;;\nLe Nom de la Rose;Umberto Eco;9782253033134;0\n';
    const faux = await importer(O, 'Titre;ISBN;Exemplaires\nGerminal;123;-1\n', 'apercu');
    expect(faux.body.lignes[0].erreurs.map((un: { champ: string }) => un.champ)).toEqual(['isbn', 'exemplaires']);
    const cle = neuve();
    for (let fois = 0; fois < 2; fois++)
      expect((await importer(O, fichier, 'ecriture', cle)).body).toEqual({ mode: 'ecriture', lues: 3, creees: 3 });
    const { body } = await club.get(`${O}/export`);
    const lignes = (texte: string) =>
      texte
        .split('\r\n')
        .slice(1, -1)
        .map((ligne) => ligne.split(';').slice(1).join(';'))
        .toSorted();
    expect(lignes(body)).toEqual(
      ["'=Nana;;;1", 'Germinal;Émile Zola;978-2070411429;2', 'Le Nom de la Rose;Umberto Eco;978-2253033134;0'].toSorted(),
    );
    expect((await importer(O, body, 'apercu')).body).toMatchObject({ lues: 3, fausses: 0, doublons: 2 });
    const autre = await startInstance(engine);
    try {
      expect((await importer(O, body, 'ecriture', neuve(), autre)).status).toBe(200);
      expect(lignes((await autre.get(`${O}/export`)).body)).toEqual(lignes(body));
    } finally {
      await autre.end();
    }
  });
});
