import type { INestApplicationContext, LogLevel, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

/**
 * Runs a program that does one thing and ends: `work` gives its exit status. What it throws is told in one line after
 * the name of the program, and the status is 1 then.
 */
export async function runProgram(name: string, work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    console.error(`[${name}] ${error instanceof Error ? error.message.trim() : String(error)}`);
    process.exitCode = 1;
  }
}

/** Lets `work` use the services of a module, and closes them after it; Nest logs at these levels only. */
export async function withServices<Result>(
  module: Type,
  levels: LogLevel[],
  work: (app: INestApplicationContext) => Promise<Result>,
): Promise<Result> {
  const app = await NestFactory.createApplicationContext(module, {
    abortOnError: false,
    logger: levels,
  });
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}
