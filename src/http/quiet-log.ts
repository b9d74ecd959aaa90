import type { LoggerService } from '@nestjs/common';

/** Who tells, line by line, how the application is put together. */
const ASSEMBLY = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestFactory', 'NestApplication']);

/** Passes everything on to `to`, but what Nest tells of its own assembly only to whoever debugs. */
export function quietly(to: Required<Pick<LoggerService, 'log' | 'error' | 'warn' | 'debug' | 'verbose' | 'fatal'>>): LoggerService {
  return {
    log: (message: unknown, ...more: unknown[]) =>
      ASSEMBLY.has(String(more.at(-1))) ? to.debug(message, ...more) : to.log(message, ...more),
    error: (message: unknown, ...more: unknown[]) => to.error(message, ...more),
    warn: (message: unknown, ...more: unknown[]) => to.warn(message, ...more),
    debug: (message: unknown, ...more: unknown[]) => to.debug(message, ...more),
    verbose: (message: unknown, ...more: unknown[]) => to.verbose(message, ...more),
    fatal: (message: unknown, ...more: unknown[]) => to.fatal(message, ...more),
  };
}
