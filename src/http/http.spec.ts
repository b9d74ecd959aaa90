import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Controller, Get, httpApp, type HttpApp, Param, Post, Res } from '../../test/support/http-app.js';
import { sendDone, sendNotDone } from './answer.js';
import type { Reply } from './door.js';
import { type DemandeOf, FromRequest } from './demande.js';
import { places, text } from './fields.js';
import { Operation } from './operation.js';

const Livre = z.strictObject({ titre: text(200), places }).meta({ id: 'NouveauLivre', examples: [{ titre: 'Germinal', places: 3 }] });

@Controller('livres')
class LivresHttp {
  @Post()
  @Operation({ summary: 'Ajouter un livre', status: 201, answers: Livre })
  add(@FromRequest(Livre) { body }: DemandeOf<typeof Livre>, @Res() reply: Reply): void {
    sendDone(reply, { is: 'done', answer: body, replayed: false }, 201, body, 1, '/api/v1/livres/1');
  }

  @Get(':id')
  @Operation({ summary: 'Lire un livre', answers: Livre })
  show(@Param('id') id: string): unknown {
    if (id === 'bug') throw new Error('secret inside');
    return { titre: id, places: 1 };
  }

  @Post(':id/panne')
  @Operation({ summary: 'Tomber en panne', answers: Livre })
  fail(@FromRequest() _demande: unknown, @Res() reply: Reply): void {
    sendNotDone(
      reply.request,
      reply,
      { is: 'unavailable', effect: 'unknown', retryAfterMs: 1200 },
      { missing: 'route_inconnue', unreachable: 'base_indisponible' },
    );
  }
}

let door: HttpApp;
beforeAll(async () => {
  door = await httpApp([LivresHttp]);
});
afterAll(() => door.close());

const post = (body: unknown, headers: Record<string, string> = {}, path = '/api/v1/livres') =>
  fetch(door.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

async function problem(response: Response): Promise<Record<string, unknown>> {
  const body = await response.text();
  expect(body).not.toMatch(/node_modules|\.ts:|\.js:|at \w+ \(|secret/);
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  const document = JSON.parse(body) as Record<string, unknown>;
  expect(document['status']).toBe(response.status);
  expect(document['type']).toBe(`/erreurs/${String(document['code'])}`);
  return document;
}

/** Writes `text` on a bare socket and returns all that comes back. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(door.port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (chunk) => (received += chunk.toString()));
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
  });
}

describe('une demande bien formée', () => {
  it('rend un identifiant de demande, inventé s’il manque, tel quel s’il est donné', async () => {
    const minted = await post({ titre: 'Nana', places: 2 });
    expect(minted.status).toBe(201);
    expect(minted.headers.get('idempotency-key')).toMatch(/^[A-Za-z0-9_-]{16,128}$/);
    expect(minted.headers.get('location')).toBe('/api/v1/livres/1');
    expect(minted.headers.get('etag')).toBe('"1"');
    const given = await post({ titre: ' Nana ', places: 2 }, { 'idempotency-key': 'une-clef-donnee-1' });
    expect(given.headers.get('idempotency-key')).toBe('une-clef-donnee-1');
    expect(await given.json()).toEqual({ titre: 'Nana', places: 2 });
  });

  it('un 503 dit ce que l’on sait de l’effet, l’identifiant, et quand revenir', async () => {
    const response = await post({}, { 'idempotency-key': 'panne-0000000000001' }, '/api/v1/livres/1/panne');
    expect(response.headers.get('retry-after')).toBe('2');
    expect(await problem(response)).toMatchObject({
      code: 'base_indisponible',
      etat: 'unknown',
      demandeId: 'panne-0000000000001',
      instance: 'panne-0000000000001',
    });
  });
});

describe('une demande mal formée est refusée sans rien changer', () => {
  it('tous les champs faux sont nommés d’un coup, en-têtes et paramètres compris', async () => {
    const response = await post(
      { titre: '', places: 1e300, couleur: 'rouge' },
      { 'idempotency-key': 'court', 'if-match': 'douze' },
      '/api/v1/livres?x=1',
    );
    const { code, champs } = await problem(response);
    expect([response.status, code]).toEqual([422, 'demande_invalide']);
    expect((champs as { champ: string }[]).map((one) => one.champ).sort()).toEqual(
      ['Idempotency-Key', 'If-Match', 'couleur', 'places', 'titre', 'x'].sort(),
    );
  });

  it.each([
    ['JSON illisible', '{"titre":', 400, 'json_illisible'],
    ['autre chose qu’un objet', '["Nana"]', 422, 'demande_invalide'],
    ['null', 'null', 422, 'demande_invalide'],
    ['corps vide', '', 422, 'demande_invalide'],
    ['clef __proto__', '{"titre":"a","places":1,"__proto__":{"admin":true}}', 422, 'demande_invalide'],
    ['clef constructor', '{"titre":"a","places":1,"constructor":{"prototype":{"admin":true}}}', 422, 'demande_invalide'],
    ['nom de 10 000 caractères', JSON.stringify({ titre: 'a'.repeat(10_000), places: 1 }), 422, 'demande_invalide'],
    ['caractère nul', '{"titre":"a\\u0000b","places":1}', 422, 'demande_invalide'],
    ['demi-caractère', '{"titre":"a\\ud800b","places":1}', 422, 'demande_invalide'],
    ['nombre infini', '{"titre":"a","places":1e999}', 422, 'demande_invalide'],
    ['nombre à virgule', '{"titre":"a","places":1.5}', 422, 'demande_invalide'],
    ['nombre en texte', '{"titre":"a","places":"1"}', 422, 'demande_invalide'],
    ['corps de 100 Kio', JSON.stringify({ titre: 'a'.repeat(100 * 1024), places: 1 }), 413, 'corps_trop_grand'],
  ])('%s', async (_, body, status, code) => {
    const response = await post(body);
    expect(response.status).toBe(status);
    expect((await problem(response))['code']).toBe(code);
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  it('un corps de plusieurs mégaoctets reçoit sa réponse avant que la connexion se ferme', async () => {
    const response = await post('x'.repeat(5_000_000));
    expect([response.status, (await problem(response))['code']]).toEqual([413, 'corps_trop_grand']);
  });

  it('un autre type que application/json : 415', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
      'n’importe'.slice(0, 1),
    ]) {
      expect((await problem(await post('{}', { 'content-type': type })))['code']).toBe('type_non_accepte');
    }
  });

  it('le problème est dit dans la langue de l’appelant', async () => {
    const english = await problem(await post({ titre: 'a' }, { 'accept-language': 'de, en-GB;q=0.9, fr;q=0.2' }));
    expect(english).toMatchObject({ title: 'Invalid demande', champs: [{ champ: 'places', probleme: 'is required' }] });
    const french = await problem(await post({ titre: 'a' }, { 'accept-language': 'de' }));
    expect(french).toMatchObject({ title: 'Demande invalide', champs: [{ champ: 'places', probleme: 'est obligatoire' }] });
  });

  it('des milliers de champs inconnus ne font pas une réponse énorme', async () => {
    const body = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, 1]));
    const { champs } = await problem(await post({ titre: 'a', places: 1, ...body }));
    expect((champs as unknown[]).length).toBe(101);
  });
});

describe('une adresse ou une méthode qui n’existe pas', () => {
  it('adresse inconnue : 404, même absurde', async () => {
    for (const path of ['/nulle-part', '/api/v1/livre', '/api/v1/livres/', '/../../etc/passwd', `/${'a'.repeat(8000)}`]) {
      expect((await problem(await fetch(door.url + path)))['code']).toBe('route_inconnue');
    }
  });

  it('méthode refusée : 405 avec Allow', async () => {
    const response = await fetch(`${door.url}/api/v1/livres/1`, { method: 'PUT' });
    expect(response.headers.get('allow')).toBe('GET, HEAD');
    expect(await problem(response)).toMatchObject({ status: 405, code: 'methode_refusee' });
    expect((await fetch(`${door.url}/api/v1/livres`, { method: 'DELETE' })).status).toBe(405);
  });

  it('adresse mal encodée : 400', async () => {
    expect((await problem(await fetch(`${door.url}/api/v1/livres/%ff`)))['code']).toBe('adresse_illisible');
  });

  it('un identifiant très long est une ressource comme une autre', async () => {
    expect((await fetch(`${door.url}/api/v1/livres/${'a'.repeat(10_000)}`)).status).toBe(200);
  });

  it('une erreur imprévue ne montre rien de ce qui l’a causée', async () => {
    expect(await problem(await fetch(`${door.url}/api/v1/livres/bug`))).toMatchObject({ status: 500, code: 'erreur_interne' });
  });
});

describe('ce qui n’est pas une requête', () => {
  it('un flot d’en-têtes : 431', async () => {
    const answer = await raw(`GET / HTTP/1.1\r\nHost: x\r\n${'X-Flot: 0123456789\r\n'.repeat(5000)}\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 431 /);
    expect(answer).toContain('"code":"entetes_trop_grands"');
  });

  it('autre chose que HTTP : 400', async () => {
    expect(await raw('BONJOUR\r\n\r\n')).toContain('"code":"requete_illisible"');
    expect(await raw('GET / HTTP/1.1\r\nHost: x\r\nContent-Length: zut\r\n\r\n')).toContain('"code":"requete_illisible"');
  });
});

describe('la documentation', () => {
  it('le document OpenAPI 3.1 montre un exemple pour chaque demande, chaque réponse et chaque refus', async () => {
    // oxlint-disable-next-line typescript/no-explicit-any -- a document is walked as it comes
    const document = (await (await fetch(`${door.url}/api/openapi.json`)).json()) as Record<string, any>;
    expect(document['openapi']).toBe('3.1.0');
    expect(JSON.stringify(document)).not.toContain('nullable');
    const operation = document['paths']['/api/v1/livres'].post;
    expect(operation.requestBody.content['application/json'].schema).toEqual({ $ref: '#/components/schemas/NouveauLivre' });
    expect(operation.requestBody.content['application/json'].examples.exemple.value).toEqual({ titre: 'Germinal', places: 3 });
    expect(operation.responses['201'].content['application/json'].examples.exemple.value).toEqual({ titre: 'Germinal', places: 3 });
    expect(operation.responses['422'].content['application/problem+json'].examples.demande_invalide.value.code).toBe('demande_invalide');
    expect(document['components'].schemas.NouveauLivre.properties.titre).toEqual({ type: 'string', minLength: 1, maxLength: 200 });
  });

  it('la page /api/docs ne demande rien à l’extérieur', async () => {
    const response = await fetch(`${door.url}/api/docs`);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(await response.text()).not.toMatch(/(src|href)=.https?:/);
    expect((await fetch(`${door.url}/api/docs/swagger-ui-bundle.js`)).status).toBe(200);
    expect(await (await fetch(`${door.url}/api/docs/page.js`)).text()).toContain('validatorUrl: null');
  });

  it('la racine mène à la documentation', async () => {
    expect(await (await fetch(door.url)).text()).toContain('href="/api/docs"');
  });

  it('chaque refus a sa page, en français ou en anglais', async () => {
    const french = await (await fetch(`${door.url}/erreurs/surcharge`)).text();
    expect(french).toContain('Trop de monde');
    const english = await (await fetch(`${door.url}/erreurs`, { headers: { 'accept-language': 'en' } })).text();
    expect(english).toContain('Overloaded');
    expect((await fetch(`${door.url}/erreurs/nulle-part`)).status).toBe(404);
  });
});
