import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { Environment } from './env.js';
import { keyRingProblem } from './secrets/key-ring.js';

/** @throws Error that lists every setting that is wrong, one a line. */
export function readEnvironment(source: NodeJS.ProcessEnv): Environment {
  const present = Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value !== ''),
  );
  present['SHUTDOWN_GRACE_MS'] ??= source['NODE_ENV'] === 'production' ? '5000' : '0';
  const environment = plainToInstance(Environment, present, { exposeDefaultValues: true });
  const problems = validateSync(environment, { skipMissingProperties: false });
  const lines = problems.map(
    (problem) => `  ${problem.property}: ${Object.values(problem.constraints ?? {}).join('; ')}`,
  );
  const { KEY_ENCRYPTION_KEYS, NODE_ENV } = environment;
  const keyProblem = keyRingProblem(KEY_ENCRYPTION_KEYS, NODE_ENV === 'production');
  if (keyProblem) lines.push(`  KEY_ENCRYPTION_KEYS: ${keyProblem}`);
  if (lines.length > 0) {
    throw new Error(`The environment is not valid:\n${lines.join('\n')}`);
  }
  return environment;
}
