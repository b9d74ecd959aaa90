import { Controller, Get, Res } from '@nestjs/common';
import { Tags } from '../../http/documentation.js';
import type { Reply } from '../../http/door.js';
import { Operation } from '../../http/operation.js';
import { Convergence } from './compteurs.formes.js';
import { LectureDeConvergence } from './convergence.lecture.js';

/** Whether all instances count the same by now. */
@Tags('Compteurs')
@Controller('convergence')
export class ConvergenceHttp {
  constructor(private readonly lecture: LectureDeConvergence) {}

  @Get()
  @Operation({
    apart: true,
    summary: 'Voir la convergence des compteurs',
    description:
      'Demande à chaque instance jointe ce qu’elle sait : la même empreinte, c’est savoir la même chose. Les nœuds injoignables sont montrés comme tels.',
    answers: Convergence,
  })
  async voir(@Res() reply: Reply): Promise<void> {
    void reply.header('cache-control', 'no-store').send(await this.lecture.voir());
  }
}
