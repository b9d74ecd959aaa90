import { Controller, Inject, Module, Param, Post, Res, type DynamicModule } from '@nestjs/common';
import { sendDone } from '../../src/http/answer.js';
import { type DemandeOf, FromRequest } from '../../src/http/demande.js';
import type { Reply } from '../../src/http/door.js';
import { Inscription } from '../../src/modules/reunions/reunions.formes.js';
import { Classic } from '../support/classic.js';

const CLASSIC = Symbol('classic');

/** What a registration is measured against, behind the very same door: validation, headers, log, metrics. */
@Controller('bench')
export class RivalsHttp {
  constructor(@Inject(CLASSIC) private readonly classic: Classic | undefined) {}

  /** The empty POST: everything that a registration pays at the door, and nothing else. */
  @Post(':id/vide')
  vide(@FromRequest(Inscription) { envelope }: DemandeOf<typeof Inscription>, @Res() reply: Reply): void {
    sendDone(
      reply,
      { is: 'done', answer: null, replayed: false },
      201,
      { statut: 'inscrite', placesRestantes: 0, version: envelope.id.length },
      1,
    );
  }

  /** The usual design: one transaction per request, the séance's row locked. */
  @Post(':id/classique')
  async classique(
    @Param('id') id: string,
    @FromRequest(Inscription) { body, envelope }: DemandeOf<typeof Inscription>,
    @Res() reply: Reply,
  ): Promise<void> {
    const answer = await this.classic!.inscrire(id, body.membreId, envelope.id, envelope.hash);
    sendDone(reply, { is: 'done', answer: null, replayed: false }, 201, answer, answer.version);
  }
}

@Module({})
export class RivalsModule {
  static on(classic: Classic | undefined): DynamicModule {
    return { module: RivalsModule, controllers: [RivalsHttp], providers: [{ provide: CLASSIC, useValue: classic }] };
  }
}
