/** What the admin API answered. */
export interface AdminAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed JSON; undefined where there is none. */
  readonly body: ReturnType<typeof JSON.parse>;
}

type Sent = Readonly<Record<string, string>>;

let asked = 0;

/** Another address for every request, so that no limit by address is met by chance. */
function nextAddress(): string {
  asked++;
  return `10.${(asked >> 16) & 255}.${(asked >> 8) & 255}.${asked & 255}`;
}

/**
 * Calls the admin API with a token. Paths are whole ones, such as `/admin/v1/me`. Where the server trusts this machine
 * as a proxy, each request comes from an address of its own, unless `x-forwarded-for` is given.
 */
export class AdminClient {
  constructor(
    readonly url: string,
    readonly token: string | undefined,
  ) {}

  get(path: string, headers: Sent = {}): Promise<AdminAnswer> {
    return this.send('GET', path, undefined, headers);
  }
  post(path: string, body?: unknown, headers: Sent = {}): Promise<AdminAnswer> {
    return this.send('POST', path, body, headers);
  }
  patch(path: string, body?: unknown, headers: Sent = {}): Promise<AdminAnswer> {
    return this.send('PATCH', path, body, headers);
  }
  put(path: string, body?: unknown, headers: Sent = {}): Promise<AdminAnswer> {
    return this.send('PUT', path, body, headers);
  }
  delete(path: string, headers: Sent = {}): Promise<AdminAnswer> {
    return this.send('DELETE', path, undefined, headers);
  }

  /** A body that is a string is sent as it is, anything else as JSON. */
  async send(
    method: string,
    path: string,
    body: unknown,
    headers: Sent = {},
  ): Promise<AdminAnswer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        'x-forwarded-for': nextAddress(),
        ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined || typeof body === 'string' ? (body ?? null) : JSON.stringify(body),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
  }
}

/** Status and code of an answer, `200` for one that is no error: for comparisons in one line. */
export function verdictOf({ status, body }: AdminAnswer): string {
  const code: unknown = body?.error?.code;
  return typeof code === 'string' ? `${status} ${code}` : String(status);
}
