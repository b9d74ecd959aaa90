import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { Controller, Get, httpApp, type HttpApp, Post } from '../../test/support/http-app.js';

let written = 0;

@Controller('porte')
class PorteHttp {
  @Get()
  lire(): unknown {
    return { lu: true };
  }

  @Post()
  ecrire(): unknown {
    return { ecrit: ++written };
  }
}

let door: HttpApp | undefined;
afterEach(async () => {
  await door?.close();
  door = undefined;
});

async function open(names: string[] = []): Promise<HttpApp> {
  written = 0;
  return (door = await httpApp([PorteHttp], { names }));
}

/** What the door answers to these headers: its status, and the code of a problem. */
function call({ port }: HttpApp, method: string, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const one = request({ port, host: '127.0.0.1', method, path: '/api/v1/porte', headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => {
        const { code } = JSON.parse(text) as { code?: string };
        resolve(`${answer.statusCode}${code === undefined ? '' : ` ${code}`}`);
      });
    });
    one.on('error', reject);
    one.end();
  });
}

describe('le nom par lequel on l’appelle', () => {
  it.each(['127.0.0.1', '192.168.1.7:3000', '[::1]:3000', 'localhost:3000', 'LOCALHOST', 'club.localhost:3000', 'localhost.:3000'])(
    '%s est le sien : une adresse, ou cette machine',
    async (host) => {
      expect(await call(await open(), 'GET', { host })).toBe('200');
    },
  );

  it.each(['evil.example', 'evil.example:3000', 'localhost.evil.example', '127.0.0.1.evil.example', 'localhost:3000@evil.example', 'x y'])(
    '%s ne l’est pas : rien n’est lu ni fait',
    async (host) => {
      const app = await open();
      expect(await call(app, 'GET', { host })).toBe('421 hote_refuse');
      expect(await call(app, 'POST', { host })).toBe('421 hote_refuse');
      expect(written).toBe(0);
    },
  );

  it('un nom ajouté est le sien, quelle qu’en soit la casse', async () => {
    expect(await call(await open(['Club.example']), 'GET', { host: 'club.EXAMPLE:8443' })).toBe('200');
  });
});

describe('une écriture venue d’une page', () => {
  const host = 'localhost:3000';

  it('du club passe, et celle d’un programme aussi', async () => {
    const app = await open(['club.example']);
    expect(await call(app, 'POST', { host, origin: 'http://localhost:3000' })).toBe('201');
    expect(await call(app, 'POST', { host: 'club.example', origin: 'https://club.example' })).toBe('201');
    expect(await call(app, 'POST', { host, 'sec-fetch-site': 'same-origin' })).toBe('201');
    expect(await call(app, 'POST', { host })).toBe('201');
  });

  it.each([
    ['d’un autre site', { origin: 'http://evil.example' }],
    ['d’un autre port de cette machine', { origin: 'http://localhost:8080' }],
    ['d’une page sans origine', { origin: 'null' }],
    ['d’un autre site, sans le dire par Origin', { 'sec-fetch-site': 'cross-site' }],
  ] as const)('%s est refusée, et rien n’est fait', async (_, headers) => {
    const app = await open();
    expect(await call(app, 'POST', { host, ...headers })).toBe('403 origine_refusee');
    expect(written).toBe(0);
    expect(await call(app, 'GET', { host, ...headers })).toBe('200');
  });
});
