import { Controller, Get, Req, Res } from '@nestjs/common';
import { Undocumented } from './documentation.js';
import type { Reply, Request } from './door.js';
import { languageOf } from './language.js';
import { page } from './page.js';

/** What a browser finds at the root. */
@Undocumented()
@Controller()
export class AccueilHttp {
  @Get()
  show(@Req() request: Request, @Res() reply: Reply): void {
    const language = languageOf(request.headers['accept-language']);
    void reply
      .header('vary', 'Accept-Language')
      .header('content-language', language)
      .type('text/html; charset=utf-8')
      .send(page(language, 'MonClub', BODY[language]));
  }
}

const BODY = {
  fr: `<h1>MonClub</h1><p>Un club de lecture dont les séances sont des processus vivants.</p>
<ul><li><a href="/api/docs">L’interface</a></li><li><a href="/erreurs">Les refus</a></li><li><a href="/health/ready">L’état de cette instance</a></li></ul>`,
  en: `<h1>MonClub</h1><p>A reading club whose sessions are living processes.</p>
<ul><li><a href="/api/docs">The API</a></li><li><a href="/erreurs">The refusals</a></li><li><a href="/health/ready">The state of this instance</a></li></ul>`,
};
