import { AppModule } from '../../../src/app.module.js';
import { SecretBoxService } from '../../../src/platform/secrets/secret-box.service.js';
import { startAdminApi, type AdminApi } from '../../support/admin.js';
import { startKeyProvider } from '../../support/key-provider.js';
import { insertModel } from '../../support/offer-rows.js';
import { surfaceOf, type Route } from './surface.js';
import type { Stage } from './things.js';

/** The whole gateway in this process, for one sweep. */
export interface SweepStage extends Stage {
  readonly api: AdminApi;
  readonly routes: readonly Route[];
  close(): Promise<void>;
}

const SECRET = 'sk-sweep-5d1f0a7be9c24836';

/** Starts it; takes some seconds. `rowSecurity: false` lets the first wall between tenants stand alone. */
export async function startStage(options: { rowSecurity?: boolean } = {}): Promise<SweepStage> {
  const provider = await startKeyProvider();
  provider.keys.set(SECRET, 'good');
  const environment = { ALLOW_PRIVATE_UPSTREAMS: 'true' };
  const api = await startAdminApi({ modules: [AppModule], environment, ...options });
  await insertModel(api.rows, 'gpt-4o', ['openai']);
  return {
    api,
    rows: api.rows,
    box: api.app.get(SecretBoxService, { strict: false }),
    operator: api.operator,
    as: (token) => api.as(token),
    makeOrganization: () => api.makeOrganization(),
    provider: { url: provider.url, secret: SECRET },
    routes: surfaceOf(api.app),
    close: async () => {
      await api.close();
      await provider.close();
    },
  };
}
