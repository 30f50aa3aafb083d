import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '../command.mjs';
import { root } from '../project.mjs';

/**
 * Looks at docker-compose.yml and the Dockerfile as far as this machine can: with Docker Compose where
 * it is installed, in any case against a schema of the parts that are used.
 *
 * @param {AbortSignal} signal
 * @returns {Promise<{ok: boolean, output: string}>}
 */
export async function checkContainers(signal) {
  const problems = [
    ...(await composeProblems()),
    ...(await composeCommandProblems(signal)),
    ...dockerfileProblems(readFileSync(path.join(root, 'Dockerfile'), 'utf8')),
  ];
  return { ok: problems.length === 0, output: problems.join('\n') };
}

async function composeProblems() {
  const [{ default: Ajv }, { parse }] = await Promise.all([import('ajv'), import('yaml')]);
  const schema = JSON.parse(
    readFileSync(path.join(import.meta.dirname, 'compose.schema.json'), 'utf8'),
  );
  const compose = parse(readFileSync(path.join(root, 'docker-compose.yml'), 'utf8'), {
    merge: true,
  });
  const validate = new Ajv.Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);
  if (!validate(compose)) {
    return validate.errors.map(
      (error) => `docker-compose.yml${error.instancePath}: ${error.message}`,
    );
  }
  const problems = [...danglingNames(compose), ...unreachableGateway(compose)];
  return problems.map((problem) => `docker-compose.yml: ${problem}`);
}

/** Services and volumes that are named but not declared. */
function* danglingNames({ services, volumes = {} }) {
  for (const [name, service] of Object.entries(services)) {
    for (const needed of Object.keys(service.depends_on ?? {})) {
      if (!services[needed]) yield `${name} depends on ${needed}, which is not there`;
    }
    for (const volume of service.volumes ?? []) {
      const source = volume.split(':')[0];
      if (!/^[./]/.test(source) && !(source in volumes))
        yield `${name} mounts ${source}, which is not declared`;
    }
  }
}

/** A published port leads to an address of the container, not to its loopback, where the gateway listens by itself. */
function* unreachableGateway({ services: { gateway } }) {
  if (gateway?.environment?.HOST !== '0.0.0.0')
    yield 'gateway has no HOST of 0.0.0.0: its port would lead nowhere';
}

async function composeCommandProblems(signal) {
  const probe = await runCommand('docker', ['compose', 'version'], { signal }).catch(
    () => undefined,
  );
  if (probe?.status !== 0) return [];
  const { status, output } = await runCommand('docker', ['compose', 'config', '--quiet'], {
    signal,
  });
  return status === 0 ? [] : [output];
}

/** @param {string} dockerfile */
function dockerfileProblems(dockerfile) {
  const lines = dockerfile.split('\n').map((line) => line.trim());
  const stages = lines.filter((line) => /^FROM\s/i.test(line));
  const last = lines.slice(lines.findLastIndex((line) => /^FROM\s/i.test(line)));
  const user = last.findLast((line) => /^USER\s/i.test(line))?.split(/\s+/)[1];
  const rules = [
    [stages.length >= 2, 'is built in one stage: build tools would be shipped'],
    [
      stages.every((line) => !/:latest\b/.test(line) && /[:@]| AS /i.test(line)),
      'has a base without version',
    ],
    [user !== undefined && !/^(root|0)(:|$)/.test(user), 'does not end as a USER other than root'],
    [last.some((line) => /^COPY --from=/i.test(line)), 'copies nothing from an earlier stage'],
    [
      last.some((line) => /^(CMD|ENTRYPOINT) \[/.test(line)),
      'has no CMD in exec form: signals would be lost',
    ],
    [
      last.some((line) => /^(ENV )?HOST=0\.0\.0\.0\b/.test(line)),
      'sets no HOST of 0.0.0.0: its port would lead nowhere',
    ],
    [!lines.some((line) => /^ADD\s+https?:/i.test(line)), 'adds something from the network'],
    [!/\b(API_KEY|PASSWORD|SECRET|TOKEN)=\S/.test(dockerfile), 'holds a secret'],
  ];
  return rules.filter(([holds]) => !holds).map(([, problem]) => `Dockerfile: ${problem}`);
}
