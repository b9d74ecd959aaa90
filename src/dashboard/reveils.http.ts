import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { z } from 'zod';
import { FromQuery, readCursor, sendPage } from '../http/cursor.js';
import { Tags } from '../http/documentation.js';
import type { Reply, Request } from '../http/door.js';
import { Operation } from '../http/operation.js';
import { Machine } from '../runtime/machine.js';
import { Instance, type Watched } from './instance.js';
import { ListeDeReveils, PageDeReveils, showTimer, writtenIn } from './reveils.js';

/** What the club's aggregates have asked to be told, and when: read from the database, so the same on every instance. */
@Tags('Supervision')
@Controller('reveils')
export class ReveilsHttp {
  private readonly written: (instant: number) => string;

  constructor(
    @Inject(Machine) private readonly machine: Pick<Watched, 'storage'>,
    instance: Instance,
  ) {
    this.written = writtenIn(instance.timezone);
  }

  @Get()
  @Operation({
    summary: 'Lister les réveils',
    description: 'Par échéance : ceux qui sont dus d’abord. Un réveil disparaît avec le fait qu’il provoque.',
    answers: ListeDeReveils,
    refusals: ['demande_invalide', 'curseur_invalide'],
  })
  async lister(
    @FromQuery(PageDeReveils) { apres, limite }: z.output<typeof PageDeReveils>,
    @Req() request: Request,
    @Res() reply: Reply,
  ): Promise<void> {
    const after = readCursor(apres, ['number', 'string', 'string', 'string']) as readonly [number, string, string, string] | undefined;
    const rows = await this.machine.storage.timers(after, limite + 1);
    sendPage(
      request,
      reply,
      rows,
      limite,
      ({ due, root, stream, name }) => [due, root, stream, name],
      (row) => showTimer(row, this.written),
    );
  }
}
