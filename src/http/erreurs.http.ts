import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { Undocumented } from './documentation.js';
import { Catalogue } from './catalogue.js';
import type { Reply, Request } from './door.js';
import { type Language, languageOf, type Wording } from './language.js';
import { page, safe, STYLE } from './page.js';
import { Problem } from './problem.js';

/** The pages that a problem's `type` points to: what each refusal means, in the reader's language. */
@Undocumented()
@Controller('erreurs')
export class ErreursHttp {
  constructor(@Inject(Catalogue) private readonly catalogue: Catalogue) {}

  @Get()
  list(@Req() request: Request, @Res() reply: Reply): void {
    const language = languageOf(request.headers['accept-language']);
    const rows = this.catalogue.codes().map((code) => {
      const entry = this.catalogue.entry(code)!;
      return `<tr><td><a href="/erreurs/${code}"><code>${code.replaceAll('_', '_<wbr>')}</code></a></td><td>${entry.status}</td><td>${safe(entry.title[language])}</td></tr>`;
    });
    const [code, status, meaning] = HEADS[language];
    const head = `<tr><th>${code}</th><th>${status}</th><th>${meaning}</th></tr>`;
    this.send(
      reply,
      language,
      TITLE[language],
      `<h1>${TITLE[language]}</h1><p>${ABOUT[language]}</p><table>${head}${rows.join('')}</table>`,
    );
  }

  @Get('style.css')
  style(@Res() reply: Reply): void {
    void reply.header('cache-control', 'max-age=3600').type('text/css; charset=utf-8').send(STYLE);
  }

  @Get(':code')
  show(@Param('code') code: string, @Req() request: Request, @Res() reply: Reply): void {
    const language = languageOf(request.headers['accept-language']);
    const entry = this.catalogue.entry(code);
    if (entry === undefined) throw new Problem('route_inconnue');
    const example = safe(JSON.stringify(this.catalogue.example(code, language), null, 2));
    const title = safe(entry.title[language]);
    const body = `<p><a href="/erreurs">${TITLE[language]}</a></p><h1>${title}</h1><p><code>${code}</code> · HTTP ${entry.status}</p>
<p>${safe(this.catalogue.example(code, language).detail)}</p><pre>${example}</pre>`;
    this.send(reply, language, title, body);
  }

  private send(reply: Reply, language: Language, title: string, body: string): void {
    void reply
      .header('vary', 'Accept-Language')
      .header('content-language', language)
      .type('text/html; charset=utf-8')
      .send(page(language, title, body));
  }
}

const TITLE: Wording = { fr: 'Les refus de MonClub', en: 'The refusals of MonClub' };
const ABOUT: Wording = {
  fr: 'Une demande refusée (4xx) n’a rien changé ; un 503 dit dans etat si elle a pu l’être. Le code est stable : c’est lui qu’un programme lit, jamais la phrase.',
  en: 'A refused demande (4xx) changed nothing; a 503 says in etat whether it may have. The code is stable: it is what a program reads, never the sentence.',
};
const HEADS = { fr: ['Code', 'HTTP', 'Sens'], en: ['Code', 'HTTP', 'Meaning'] } as const;
