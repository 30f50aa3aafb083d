import type { Sample, Samples } from '../stage/sample.js';
import type { Things } from '../stage/things.js';

const PLATFORM = '/admin/v1/credentials';
const OWN = '/admin/v1/organizations/:organization_id/credentials';

const change = ({ provider }: Things): Sample => ({
  body: {
    name: 'Changed',
    secret: provider.secret,
    base_url: provider.url,
    settings: { organization: 'org-abc' },
    priority: 1,
    status: 'active',
  },
});

const creation = (things: Things): Sample => ({
  body: { provider_id: 'openai', ...change(things).body },
});

/** Provider credentials. */
export const CREDENTIAL_SAMPLES: Samples = Object.fromEntries(
  [PLATFORM, OWN].flatMap((path) => [
    [`POST ${path}`, (things: Things) => [creation(things)]],
    [`PATCH ${path}/:credential_id`, (things: Things) => [change(things)]],
  ]),
);
