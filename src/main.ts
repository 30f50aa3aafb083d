import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { Environment } from './platform/env.js';
import { HotLaneAdapter } from './platform/http/hot-lane.adapter.js';
import { hardenServer } from './platform/http/server.adapter.js';
import { runProcess } from './platform/process.adapter.js';
import { refuseUnknownRoutes } from './tenants/index.js';

await runProcess('gateway', async (logger) => {
  const adapter = new HotLaneAdapter();
  const app = await NestFactory.create<NestExpressApplication>(AppModule, adapter, {
    abortOnError: false,
    bodyParser: false,
    logger,
  });
  const { HOST, PORT } = app.get(Environment);
  hardenServer(app);
  await app.init();
  refuseUnknownRoutes(app, adapter.routes());
  await app.listen(PORT, HOST);
  const url = await app.getUrl();
  process.send?.({ listening: url });
  logger.log(`listening on ${url}`, 'Gateway');
  return app;
});
