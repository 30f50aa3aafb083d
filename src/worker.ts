import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { runProcess } from './platform/process.adapter.js';
import { WorkerModule } from './worker.module.js';

await runProcess('worker', async (logger) => {
  const app = await NestFactory.createApplicationContext(WorkerModule, {
    abortOnError: false,
    logger,
  });
  process.send?.({ ready: true });
  logger.log('posting', 'Worker');
  return app;
});
