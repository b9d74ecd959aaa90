import { Machine1764000000001 } from './1764000000001-machine.js';
import { Club1764000000002 } from './1764000000002-club.js';
import { Cluster1764100000003 } from './1764100000003-cluster.js';
import { Compteurs1764200000004 } from './1764200000004-compteurs.js';
import { Identite1764200000005 } from './1764200000005-identite.js';

/** In the order in which they run; a migration that has been released is never changed. */
export const migrations = [Machine1764000000001, Club1764000000002, Cluster1764100000003, Compteurs1764200000004, Identite1764200000005];
