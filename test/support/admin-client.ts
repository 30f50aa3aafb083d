import { eventually } from './eventually.js';

/** Where and as whom to ask; a TestGateway is one. */
export interface Operator {
  readonly url: string;
  readonly adminToken: string;
}

/** A row of the request log, as the admin API shows it. */
export interface RequestRow {
  readonly id: string;
  readonly outcome: string;
  readonly status: number;
  readonly error_code: string | null;
  readonly cost_usd: string;
  readonly cost_basis: string;
  readonly completion_tokens: number | null;
  readonly attempts: readonly { provider: string; status: number; reason: string }[];
  readonly [field: string]: unknown;
}

/** GET of an admin route. */
export function getAdmin({ url, adminToken }: Operator, path: string): Promise<Response> {
  return fetch(`${url}/admin/v1/${path}`, { headers: { authorization: `Bearer ${adminToken}` } });
}

/** The row of a call, as soon as it is there. */
export async function requestRow(operator: Operator, callId: string): Promise<RequestRow> {
  const response = await eventually(
    () => getAdmin(operator, `requests/${callId}`),
    ({ status }) => status === 200,
  );
  return (await response.json()) as RequestRow;
}

/** The row of the call that carried this x-request-id, as soon as it is there. */
export async function requestRowBySource(operator: Operator, source: string): Promise<RequestRow> {
  const row = await eventually(async () => {
    const response = await getAdmin(operator, 'requests?limit=200');
    const { data } = (await response.json()) as { data: RequestRow[] };
    return data.find((entry) => entry['source'] === source);
  });
  if (!row) throw new Error(`no request of ${source}`);
  return row;
}
