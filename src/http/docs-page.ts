import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { HttpServer } from '@nestjs/common';
import { ICON } from './page.js';
import type { Reply, Request } from './door.js';

/** What a reader needs to know before the first operation. */
export const INTRODUCTION = `Un club de lecture : des membres, des séances, leurs places et leurs listes d’attente, des compteurs. Chaque opération ci-dessous s’essaie sur cette instance.

- **Une demande** est une écriture (POST, PATCH, DELETE). Elle est faite en entier une seule fois, ou refusée sans rien changer.
- **\`Idempotency-Key\`** est son identifiant : redemander avec le même rend la même réponse (\`Idempotent-Replayed: true\`) sans second effet. Sans clé, l’en-tête de la réponse rend celle qui fut inventée. Réponse perdue ? \`GET /api/v1/demandes/{demandeId}\`. Pour un compteur, tout cela vaut à l’instance qui a répondu la première (\`instance\`) : ailleurs, la même clé est un autre mouvement.
- **\`ETag\`** est la version d’une ressource : \`If-None-Match\` évite de relire ce qui n’a pas changé (304), \`If-Match\` d’écrire par-dessus ce qui a changé (412). L’un et l’autre sont facultatifs.
- **Un refus** est un \`application/problem+json\` (RFC 9457) : un \`code\` stable, les données qui l’expliquent, et une page par code sous [/erreurs](/erreurs). Un 429 ou un 503 dit quand revenir (\`Retry-After\`).
- **Une liste** tient dans \`elements\` ; la page suivante est dans l’en-tête \`Link\`. Les instants sont en RFC 3339 avec décalage, l’argent en centimes.`;

const STYLE = `
.swagger-ui .topbar { display: none }
.swagger-ui, .swagger-ui .info .title, .swagger-ui .opblock-tag, .swagger-ui .opblock .opblock-summary-description,
.swagger-ui .info li, .swagger-ui .info p, .swagger-ui .opblock-description-wrapper p, .swagger-ui table thead tr th { font-family: system-ui, sans-serif }
.swagger-ui .info { margin: 2rem 0 1rem; max-width: 60rem }
.swagger-ui .info li { margin: .4rem 0; line-height: 1.5 }
.swagger-ui .opblock-tag { flex-wrap: wrap }
.swagger-ui .opblock-tag small { padding: 0 0 0 .6rem; font-size: .95rem; color: #555 }
.swagger-ui .scheme-container { display: none }
.swagger-ui .responses-table .response-col_status { width: 5rem }
.swagger-ui .response-col_links { display: none }
@media (max-width: 640px) {
  .swagger-ui .wrapper { padding: 0 .6rem }
  .swagger-ui .opblock-tag { position: relative }
  .swagger-ui .opblock-tag small { flex-basis: 100%; padding: 0 }
  .swagger-ui .opblock-tag .expand-operation { position: absolute; right: 0; top: .6rem }
  .swagger-ui .opblock-summary-path { max-width: 100% }
  .swagger-ui .opblock-summary-description { flex-basis: 100% }
  .swagger-ui table.parameters, .swagger-ui table.parameters tbody, .swagger-ui table.parameters tr, .swagger-ui table.parameters td,
  .swagger-ui table.responses-table, .swagger-ui table.responses-table > tbody, .swagger-ui table.responses-table > tbody > tr,
  .swagger-ui table.responses-table > tbody > tr > td { display: block; width: auto; max-width: 100% }
  .swagger-ui table.parameters thead, .swagger-ui table.responses-table thead { display: none }
  .swagger-ui .parameters-col_description input, .swagger-ui .parameters-col_description select { max-width: 100%; width: 100% }
  .swagger-ui .execute-wrapper, .swagger-ui .opblock-section-header { padding: .6rem }
}
`;

const PAGE = `<!doctype html><html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>MonClub : l’interface</title><link rel="icon" href="${ICON}"><link rel="stylesheet" href="/api/docs/swagger-ui.css">
<link rel="stylesheet" href="/api/docs/style.css"></head><body><div id="swagger-ui"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script><script src="/api/docs/page.js"></script></body></html>`;

/** A file rather than a script in the page: nothing runs inline. */
const SCRIPT = `window.ui = SwaggerUIBundle({
  url: '/api/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null, docExpansion: 'list',
  defaultModelsExpandDepth: 0, displayRequestDuration: true, tryItOutEnabled: true, persistAuthorization: false,
});
`;

/** Serves the page at /api/docs: Swagger UI as its package ships it, from this instance alone. */
export function servePage(http: HttpServer): void {
  const text = (path: string, type: string, content: string): void => {
    http.get(path, (_request: Request, reply: Reply) => void reply.type(`${type}; charset=utf-8`).send(content));
  };
  for (const path of ['/api/docs', '/api/docs/']) text(path, 'text/html', PAGE);
  text('/api/docs/style.css', 'text/css', STYLE);
  text('/api/docs/page.js', 'text/javascript', SCRIPT);
  for (const [name, type] of [
    ['swagger-ui.css', 'text/css'],
    ['swagger-ui-bundle.js', 'text/javascript'],
  ] as const) {
    http.get(`/api/docs/${name}`, (_request: Request, reply: Reply) => {
      const file = createReadStream(join(assets(), name));
      void reply.type(`${type}; charset=utf-8`).header('cache-control', 'public, max-age=86400').send(file);
    });
  }
}

function assets(): string {
  return (createRequire(import.meta.url)('swagger-ui-dist/absolute-path.js') as () => string)();
}
