/** A secret that is planted, and that may turn up nowhere. */
export interface Canary {
  readonly name: string;
  readonly secret: string;
  /** How much of its beginning is shown on purpose; what follows is not. */
  readonly shown?: number;
}

const BEGINNING = 12;

/** The forms in which a secret is looked for: as it is, its beginning, base64 wherever it stands in the bytes, hex, for URLs. */
export function formsOf({ secret, shown = 0 }: Canary): string[] {
  const bytes = Buffer.from(secret);
  // The first and last characters of base64 depend on what stands beside the secret.
  const base64 = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .slice(offset + 1, -4),
  );
  return [
    ...[secret, secret.slice(0, Math.max(BEGINNING, shown + 4)), encodeURIComponent(secret)],
    ...[...base64, ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))],
    ...[bytes.toString('hex'), bytes.toString('hex').toUpperCase()],
  ];
}

/** Which canaries are found in a text, a line for each: never the secret itself. */
export function leaksIn(place: string, text: string, canaries: readonly Canary[]): string[] {
  return canaries.flatMap((canary) => {
    const form = formsOf(canary).findIndex((each) => text.includes(each));
    if (form < 0) return [];
    const at = text.indexOf(formsOf(canary)[form] ?? '');
    return [
      `${canary.name} is in ${place}, in form ${form}, after: ${text.slice(Math.max(0, at - 80), at)}`,
    ];
  });
}
