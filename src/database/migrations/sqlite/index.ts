import { Machine1764000000001 } from './1764000000001-machine.js';
import { Club1764000000002 } from './1764000000002-club.js';
import { Cluster1764100000003 } from './1764100000003-cluster.js';
import { Compteurs1764200000004 } from './1764200000004-compteurs.js';
import { Identite1764200000005 } from './1764200000005-identite.js';
import { Timer1764300000006 } from './1764300000006-timer.js';
import { Prets1764300000007 } from './1764300000007-prets.js';
import { Offres1764300000008 } from './1764300000008-offres.js';
import { Avis1764300000009 } from './1764300000009-avis.js';

/** In the order in which they run; a migration that has been released is never changed. */
export const migrations = [
  Machine1764000000001,
  Club1764000000002,
  Cluster1764100000003,
  Compteurs1764200000004,
  Identite1764200000005,
  Timer1764300000006,
  Prets1764300000007,
  Offres1764300000008,
  Avis1764300000009,
];
