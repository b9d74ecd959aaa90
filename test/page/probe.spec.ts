import { expect, it } from 'vitest';
import { juger } from '../../web/views/visite/juge';
import { creerSeance } from '../../src/modules/reunions/seance.js';
import { derouler } from '../support/recit-de-seance.js';
it('x', () => expect([juger, creerSeance, derouler]).toBeDefined());
