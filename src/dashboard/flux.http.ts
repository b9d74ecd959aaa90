import type { ServerResponse } from 'node:http';
import { Controller, Get, Req, Res } from '@nestjs/common';
import { documented } from '../http/documentation.js';
import { z } from 'zod';
import { Chapter } from '../http/chapter.js';
import { FromQuery } from '../http/cursor.js';
import type { Reply, Request } from '../http/door.js';
import { REFUSALS } from '../http/operation.js';
import { Audience } from './audience.js';
import type { Sink } from './spectator.js';

const Depuis = z.strictObject({
  depuis: z.string().max(100).optional().describe('Comme Last-Event-ID, pour qui ne peut pas envoyer d’en-tête. L’en-tête l’emporte.'),
});

const EXEMPLE = `id: 1234
event: fait
data: {"position":1234,"agregat":"sea_01jd3xq7r5t8v2w4y6z8a0b2c4","genre":"seance","version":12,"type":"MembreInscrit","instant":"2027-01-15T18:00:00.000Z","donnees":{"membreId":"mem_01jd3xq7r5t8v2w4y6z8a0b2c4","prixCentimes":500}}
`;

/** What happens, as it happens. */
@Chapter('Flux', {
  rank: 85,
  about:
    'Ce qui se passe, au moment où cela se passe. Se suit avec EventSource ou curl -N plutôt que depuis cette page : le flux ne finit pas.',
})
@Controller('flux')
export class FluxHttp {
  constructor(private readonly audience: Audience) {}

  @Get()
  @documented(({ ApiOperation }) =>
    ApiOperation({
      summary: 'Suivre ce qui se passe',
      description:
        'Événements : « fait » (id = position de publication, la même sur chaque instance), « seance » (la ressource entière, 4 fois par seconde au plus), ' +
        '« compteurs » {elements} et « grappe » (entiers à la connexion, puis ce qui change, 4 fois par seconde au plus, même sans base), ' +
        '« relire » {sujet, genre} (au-delà de 50 messages par seconde), « relire_tout » {raison} (position trop ancienne ou inconnue, base revenue, trop de changements ; « trop_de_faits » : des faits seulement). ' +
        'Avec Last-Event-ID, ce qui a été manqué vient d’abord de la base, puis le direct, sans trou ni doublon. « battement » toutes les 15 s : qui n’entend rien plus longtemps n’écoute plus personne.',
    }),
  )
  @documented(({ ApiHeader }) =>
    ApiHeader({ name: 'Last-Event-ID', required: false, description: 'La dernière position reçue.', schema: { type: 'string' } }),
  )
  @documented(({ ApiResponse }) =>
    ApiResponse({
      status: 200,
      description: 'Un flux sans fin',
      content: { 'text/event-stream': { schema: { type: 'string' }, examples: { exemple: { value: EXEMPLE } } } },
    }),
  )
  @documented(({ ApiExtension }) => ApiExtension(REFUSALS, ['surcharge', 'demande_invalide']))
  async suivre(@FromQuery(Depuis) { depuis }: z.output<typeof Depuis>, @Req() request: Request, @Res() reply: Reply): Promise<void> {
    if (request.method === 'HEAD') return void reply.headers(HEADERS).send();
    await this.audience.reserve();
    const response = open(reply);
    const one = this.audience.seat(sinkOf(response), sinceOf(request) ?? depuis);
    response.once('close', () => one.gone());
    if (response.destroyed) one.gone();
  }
}

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // A proxy that gathers answers before passing them on would hold the stream back for ever.
  'x-accel-buffering': 'no',
};

/** An empty header is what a browser sends before it has seen any id. */
function sinceOf(request: Request): string | undefined {
  const header = request.headers['last-event-id'];
  return typeof header === 'string' && header !== '' ? header : undefined;
}

/** Takes the answer out of Fastify's hands and sends its head at once, so that the client knows that it is connected. */
function open(reply: Reply): ServerResponse {
  reply.hijack();
  const response = reply.raw;
  response.on('error', () => response.destroy());
  const already = Object.entries(reply.getHeaders()).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  response.writeHead(200, { ...Object.fromEntries(already), ...HEADERS });
  response.write('retry: 1000\n\n');
  return response;
}

function sinkOf(response: ServerResponse): Sink {
  return {
    write: (piece) => void response.write(piece),
    get pending() {
      return response.writableLength;
    },
    get full() {
      return response.writableNeedDrain;
    },
    whenDrained(then) {
      const once = (): void => {
        response.off('drain', once).off('close', once);
        then();
      };
      response.once('drain', once).once('close', once);
    },
    end: () => void response.end(),
    cut: () => void response.destroy(),
  };
}
