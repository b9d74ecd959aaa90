import { Body, Controller, Delete, Get, Module, Param, Post, Res, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { HttpModule } from '../../src/http/http.module.js';
import { createAdapter, dress, type ServerOptions } from '../../src/http/server.js';
import { systemClock } from '../../src/runtime/clock.js';

export { Body, Controller, Delete, Get, Param, Post, Res };

export interface HttpApp {
  readonly url: string;
  readonly port: number;
  readonly app: NestFastifyApplication;
  close(): Promise<void>;
  leave(graceMs: number): Promise<void>;
}

/** A listening application with the common manners of every door, and only these controllers behind it. */
export async function httpApp(controllers: Type[], options: Partial<ServerOptions> & { ratePerSecond?: number } = {}): Promise<HttpApp> {
  @Module({ imports: [HttpModule.forRoot({ ratePerSecond: options.ratePerSecond ?? 0, page: false })], controllers })
  class Root {}
  const server: ServerOptions = { clock: systemClock, deadlineMs: 10_000, maxConnections: 4096, ...options };
  const app = await NestFactory.create<NestFastifyApplication>(Root, createAdapter(server), {
    bodyParser: false,
    logger: process.env['HTTP_LOG'] ? ['error'] : false,
  });
  const departure = dress(app, server);
  await app.listen(0, '127.0.0.1');
  const url = (await app.getUrl()).replace('localhost', '127.0.0.1');
  return {
    app,
    url,
    port: Number(new URL(url).port),
    close: () => app.close(),
    leave: (graceMs) => departure.leave(app.getHttpAdapter().getInstance().server, graceMs),
  };
}
