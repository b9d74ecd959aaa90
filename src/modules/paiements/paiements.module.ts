import { Inject, Module } from '@nestjs/common';
import { Catalogue } from '../../http/catalogue.js';
import { Machine } from '../../runtime/machine.js';
import { PaiementsHttp } from './paiements.http.js';
import { ecouterLesSeances } from './paiements.listener.js';
import { PAIEMENTS_REFUS } from './paiements.refus.js';

/** Au plus un paiement par inscription, encaissé ou remboursé à la main. */
@Module({ controllers: [PaiementsHttp] })
export class PaiementsModule {
  constructor(@Inject(Machine) machine: Machine, @Inject(Catalogue) catalogue: Catalogue) {
    catalogue.add(PAIEMENTS_REFUS);
    machine.listen(ecouterLesSeances);
  }
}
