import { Inject, Injectable } from '@nestjs/common';
import { Machine } from '../runtime/machine.js';
import type { Watched } from './instance.js';
import { Sample } from './sample.js';

type Backlog = Awaited<ReturnType<Watched['storage']['backlog']>>;
type DueBacklog = Awaited<ReturnType<Watched['storage']['dueBacklog']>>;

/** How far publication and waking are behind, as samples of the database. */
@Injectable()
export class BacklogWatch {
  private readonly publication: Sample<Backlog>;
  private readonly timers: Sample<DueBacklog>;

  constructor(@Inject(Machine) { clock, storage }: Pick<Watched, 'clock' | 'storage'>) {
    this.publication = new Sample(clock, () => storage.backlog());
    this.timers = new Sample(clock, () => storage.dueBacklog(clock.now()));
  }

  read(): Promise<Backlog> {
    return this.publication.read();
  }

  /** What is due and not yet applied. */
  due(): Promise<DueBacklog> {
    return this.timers.read();
  }
}
