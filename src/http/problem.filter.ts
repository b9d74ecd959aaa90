import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { Reply, Request } from './door.js';
import { Problem, sendProblem, sendThrown } from './problem.js';
import type { Routes } from './routes.js';
import { isUnreachable } from './unreachable.js';

/**
 * The last word on everything that is thrown: always a problem document, never a stack trace.
 * What nobody foresaw is logged with the demande's id and told as `erreur_interne`.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger('http');

  constructor(private readonly routes: Routes) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const reply = http.getResponse<Reply>();
    if (reply.sent) return this.report(exception, request, reply);
    if (exception instanceof Problem) return sendThrown(request, reply, exception);
    if (isUnreachable(exception)) return this.unreachable(request, reply);
    const code = this.frameworkCode(exception);
    if (code === 'route_inconnue') return this.notFound(request, reply);
    if (code === 'erreur_interne') this.report(exception, request, reply);
    sendProblem(request, reply, code);
  }

  /** A read failed. When it belonged to a write, that write may well be done: the caller asks again with the same id. */
  private unreachable(request: Request, reply: Reply): void {
    const demandeId = reply.getHeader('idempotency-key');
    sendProblem(request, reply, 'base_indisponible', demandeId === undefined ? undefined : { etat: 'unknown', demandeId });
  }

  /** What Nest and Fastify throw, by status: their own words never reach the caller. */
  private frameworkCode(exception: unknown): string {
    if (!(exception instanceof HttpException)) return 'erreur_interne';
    return BY_STATUS[exception.getStatus()] ?? 'erreur_interne';
  }

  /** Nothing here for this method: 405 when another method would have been served, else 404. */
  private notFound(request: Request, reply: Reply): void {
    const acceptees = this.routes.methodsOf(request.url);
    if (acceptees.length === 0 || acceptees.includes(request.method)) return sendProblem(request, reply, 'route_inconnue');
    void reply.header('allow', acceptees.join(', '));
    sendProblem(request, reply, 'methode_refusee', { acceptees: acceptees.join(', ') });
  }

  private report(exception: unknown, request: Request, reply: Reply): void {
    const error = exception instanceof Error ? exception : new Error(String(exception));
    this.log.error({
      err: error,
      demande: reply.getHeader('idempotency-key') ?? request.id,
      method: request.method,
      route: request.routeOptions.url,
    });
  }
}

const BY_STATUS: Readonly<Record<number, string>> = {
  400: 'requete_illisible',
  404: 'route_inconnue',
  408: 'requete_trop_lente',
  413: 'corps_trop_grand',
  415: 'type_non_accepte',
  429: 'trop_de_demandes',
  503: 'arret_en_cours',
};
