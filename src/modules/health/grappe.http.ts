import { Controller, Get, Header, Param } from '@nestjs/common';
import type { z } from 'zod';
import { Cluster, showCluster } from '../../dashboard/cluster.js';
import { Chapter } from '../../http/chapter.js';
import { Operation } from '../../http/operation.js';
import type { Cause } from './bully-words.js';
import { type CauseDElection, Elections, Grappe, Proprietaire } from './grappe.formes.js';

/** Elections shown. */
const SHOWN = 50;

const CAUSES: Readonly<Record<Cause, CauseDElection>> = {
  start: 'demarrage',
  silence: 'silence',
  resignation: 'depart',
  preemption: 'preseance',
  lost_lease: 'bail_perdu',
};

/** Who is in the cluster, who leads it, and what lives where. */
@Chapter('Grappe', { rank: 88, about: 'Les instances qui tiennent le club ensemble : qui vit, qui mène, et chez qui vit chaque agrégat.' })
@Controller('grappe')
export class GrappeHttp {
  constructor(private readonly cluster: Cluster) {}

  @Get()
  @Header('cache-control', 'no-store')
  @Operation({
    summary: 'Voir la grappe',
    description: 'Telle que cette instance-ci la voit. De chaque instance, l’incarnation courante ; les mortes et les parties, une heure.',
    answers: Grappe,
  })
  voir(): z.output<typeof Grappe> {
    return showCluster(this.cluster);
  }

  @Get('elections')
  @Header('cache-control', 'no-store')
  @Operation({
    summary: 'Voir les élections',
    description: 'Les 50 dernières, la plus récente d’abord, avec leur cause et leur durée : les mêmes sur chaque instance.',
    answers: Elections,
  })
  async elections(): Promise<z.output<typeof Elections>> {
    const elections = await this.cluster.elections(SHOWN);
    const elements = elections.map(({ term, holder, incarnation, cause, since, tookMs }) => ({
      terme: term,
      leader: holder,
      incarnation,
      cause: CAUSES[cause as Cause],
      debut: new Date(since - tookMs).toISOString(),
      dureeMs: tookMs,
    }));
    return { elements };
  }

  @Get('proprietaires/:agregat')
  @Header('cache-control', 'no-store')
  @Operation({
    summary: 'À qui revient un agrégat',
    description:
      'L’instance chez qui il vit, ou vivrait : le même calcul partout où la vue est la même. Il n’est pas vérifié qu’il existe.',
    answers: Proprietaire,
  })
  proprietaire(@Param('agregat') agregat: string): z.output<typeof Proprietaire> {
    return { agregat, proprietaire: this.cluster.ownerOf(agregat) ?? null, vue: this.cluster.view };
  }
}
