import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { chromium } from '../support/browser-found.js';

const ICI = fileURLToPath(import.meta.url);
const COMMENT = /apt-get install .*chromium.*CHROMIUM=/;

describe('le navigateur des tests', () => {
  it('est celui que nomme CHROMIUM', async () => expect(await chromium({ CHROMIUM: ICI })).toBe(ICI));
  it('est sinon celui de la machine', async () => expect(await chromium({}, ICI)).toBe(ICI));

  it('manque avec une phrase qui dit comment l’avoir, et jamais en silence', async () => {
    await expect(chromium({}, `${ICI}.absent`)).rejects.toThrow(COMMENT);
    await expect(chromium({ CHROMIUM: `${ICI}.absent` })).rejects.toThrow(COMMENT);
  });
});
