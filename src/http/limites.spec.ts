import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Controller, Get, httpApp, type HttpApp, Res } from '../../test/support/http-app.js';
import type { Reply } from './door.js';

let finish: (() => void)[] = [];

@Controller('lent')
class LentHttp {
  @Get()
  async slow(): Promise<unknown> {
    await new Promise<void>((resolve) => finish.push(resolve));
    return { fini: true };
  }

  @Get('flux')
  stream(@Res() reply: Reply): void {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
    reply.raw.write(': bonjour\n\n');
  }

  @Get('vite')
  quick(): unknown {
    return {};
  }
}

let door: HttpApp | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  finish.forEach((one) => one());
  finish = [];
  for (const socket of sockets.splice(0)) socket.destroy();
  await door?.close();
  door = undefined;
});

const SLOW = '/api/v1/lent';

/** A connection, and all that comes back until the other side closes it. */
function dial({ port }: HttpApp): { socket: Socket; heard: Promise<string> } {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  const heard = new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
  return { socket, heard };
}

describe('les connexions sont comptées', () => {
  it('une de trop reçoit 503 et Retry-After, sans que rien ne soit lu d’elle ; une qui part laisse la place', async () => {
    door = await httpApp([LentHttp], { maxConnections: 2 });
    const [first, second] = [dial(door), dial(door)];
    await Promise.all([first, second].map(({ socket }) => new Promise((resolve) => socket.once('connect', resolve))));
    const third = dial(door);
    third.socket.write('GET /api/v1/lent/vite HTTP/1.1\r\nHost: x\r\n\r\n');
    const heard = await third.heard;
    expect(heard).toMatch(/^HTTP\/1\.1 503 .*\r\n/);
    expect(heard).toContain('Retry-After: 1\r\n');
    expect(JSON.parse(heard.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code: 'surcharge', etat: 'not_executed', status: 503 });
    first.socket.destroy();
    const { url } = door;
    await expect.poll(async () => (await fetch(`${url}/api/v1/lent/vite`, { headers: { connection: 'close' } })).status).toBe(200);
  });
});

describe('les demandes d’une même adresse sont comptées quand on le veut', () => {
  it('au-delà : 429 trop_de_demandes et Retry-After, quelle que soit la route', async () => {
    door = await httpApp([LentHttp], { ratePerSecond: 3 });
    const { url } = door;
    const answers = await Promise.all(['vite', 'vite', 'vite', 'vite', 'autre'].map((path) => fetch(`${url}/api/v1/lent/${path}`)));
    const refused = answers.filter((one) => one.status === 429);
    expect(refused.length).toBe(1);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await refused[0]?.json()).toMatchObject({ code: 'trop_de_demandes' });
  });

  it('sinon, elles ne le sont pas', async () => {
    door = await httpApp([LentHttp]);
    const { url } = door;
    const answers = await Promise.all(Array.from({ length: 50 }, () => fetch(`${url}/api/v1/lent/vite`)));
    expect(answers.every((one) => one.status === 200)).toBe(true);
  });
});

describe('partir', () => {
  /** GET over a connection that stays. */
  const get = (agent: Agent, path: string): Promise<{ status: number; body: string; close: boolean }> =>
    new Promise((resolve, reject) => {
      const asked = request({ agent, host: '127.0.0.1', port: door!.port, path }, (response) => {
        let body = '';
        response.on('data', (chunk) => (body += String(chunk)));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body, close: response.headers.connection === 'close' }));
      });
      asked.on('error', reject).end();
    });

  it('finit ce qui est accepté, et envoie ailleurs ce qui vient ensuite', async () => {
    door = await httpApp([LentHttp]);
    const agent = new Agent({ keepAlive: true });
    const accepted = get(agent, SLOW);
    await expect.poll(() => finish.length).toBe(1);
    const left = door.leave(10_000);
    const late = await get(agent, `${SLOW}/vite`);
    expect([late.status, JSON.parse(late.body).code, late.close]).toEqual([503, 'arret_en_cours', true]);
    finish.forEach((one) => one());
    expect(await accepted).toMatchObject({ status: 200, body: '{"fini":true}' });
    await left;
    agent.destroy();
  });

  it('n’attend pas un flux, qui ne finit jamais, ni une demande plus longtemps que promis', async () => {
    door = await httpApp([LentHttp]);
    const stream = await fetch(`${door.url}${SLOW}/flux`);
    expect(stream.status).toBe(200);
    await door.leave(60_000);
    void fetch(door.url + SLOW).catch(() => undefined);
    await door.leave(50);
    await stream.body?.cancel();
  });
});
