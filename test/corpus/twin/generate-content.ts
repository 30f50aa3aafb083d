import { isJson, object, objects, text, type Json } from '../json.js';
import { pieces } from './pieces.js';

/** A stream of Gemini's generateContent that says what a JSON answer says. */
export function generateContentStream(body: Json): string {
  const { candidates, usageMetadata: usage, ...rest } = body;
  const base: Json = isJson(usage)
    ? { ...rest, usageMetadata: { promptTokenCount: usage['promptTokenCount'] } }
    : rest;
  const chunks: Json[] = objects(candidates).flatMap((candidate) =>
    candidateChunks(candidate).map((piece) => ({ ...base, candidates: [piece] })),
  );
  const last = { ...(chunks.pop() ?? rest), ...(isJson(usage) ? { usageMetadata: usage } : {}) };
  return [...chunks, last].map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join('');
}

function candidateChunks(candidate: Json): Json[] {
  const { content, ...rest } = candidate;
  const { parts, ...author } = object(content);
  const singles = objects(parts).flatMap(partPieces);
  const index = candidate['index'] ?? 0;
  if (singles.length === 0) return [candidate];
  const chunks: Json[] = singles.map((part) => ({ index, content: { ...author, parts: [part] } }));
  return [...chunks.slice(0, -1), { ...rest, ...chunks.at(-1) }];
}

/** Text comes in pieces; a signature stands on the last of them. */
function partPieces(part: Json): Json[] {
  if (typeof part['text'] !== 'string' || part['text'] === '') return [part];
  const { thoughtSignature: signature, text: words, ...rest } = part;
  const cut: Json[] = pieces(text(words)).map((piece) => ({ ...rest, text: piece }));
  if (signature !== undefined) cut[cut.length - 1] = { ...cut.at(-1), thoughtSignature: signature };
  return cut;
}

/** A JSON answer that says what the chunks of a stream say; none for calls whose arguments come in pieces. */
export function generateContentBody(payloads: readonly Json[]): Json | undefined {
  if (JSON.stringify(payloads).includes('"willContinue"')) return undefined;
  const candidates = new Map<unknown, Json>();
  let body: Json = {};
  for (const { candidates: list, usageMetadata: usage, ...rest } of payloads) {
    body = { ...body, ...rest, ...(isJson(usage) ? { usageMetadata: usage } : {}) };
    for (const candidate of objects(list)) {
      const index = candidate['index'] ?? 0;
      candidates.set(index, withCandidate(candidates.get(index) ?? {}, candidate));
    }
  }
  return candidates.size > 0 ? { ...body, candidates: [...candidates.values()] } : body;
}

function withCandidate(known: Json, later: Json): Json {
  const before = object(known['content']);
  const after = object(later['content']);
  const parts = joined([...objects(before['parts']), ...objects(after['parts'])]);
  return {
    ...known,
    ...later,
    content: { ...before, ...after, parts },
    ...collected(known, later, 'citationMetadata', 'citationSources'),
  };
}

/** Each chunk names its own citations. */
function collected(known: Json, later: Json, field: string, list: string): Json {
  const all = [known, later].flatMap((candidate) => objects(object(candidate[field])[list]));
  return all.length > 0 ? { [field]: { [list]: all } } : {};
}

/** Neighbouring pieces of the same text become one part. */
function joined(parts: readonly Json[]): Json[] {
  const whole: Json[] = [];
  for (const part of parts) {
    const last = whole.at(-1);
    const continues =
      last &&
      isText(last) &&
      isText(part) &&
      last['thought'] === part['thought'] &&
      !last['thoughtSignature'];
    if (continues)
      whole[whole.length - 1] = { ...last, ...part, text: text(last['text']) + text(part['text']) };
    else whole.push(part);
  }
  return whole;
}

function isText(part: Json): boolean {
  return typeof part['text'] === 'string';
}
