import type { Json } from './json.js';

/** How the body of a recording was kept. */
export type RecordingFormat =
  'json' | 'sse' | 'chunks' | 'eventstream' | 'ndjson' | 'ws-jsonl' | 'raw';

/** One recorded exchange with a provider. */
export interface RecordedCase {
  /** `<folder of the provider>/<folder of the case>`; what `--only` looks at. */
  readonly name: string;
  /** The provider's name in the recordings. */
  readonly folder: string;
  /** The provider's wire dialect: chat, messages, generateContent, responses, … */
  readonly api: string;
  readonly model: string | undefined;
  readonly stream: boolean;
  readonly format: RecordingFormat;
  /** The status of the answer; undefined where it was not recorded. */
  readonly status: number | undefined;
  /** Headers of the answer, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly features: readonly string[];
  /** The same logical call was recorded at several providers under this name. */
  readonly pair: string | undefined;
  /** What the provider was asked to do, by the end of the path: `completions`, `streamRawPredict`. */
  readonly operation?: string | undefined;
  /** The body that was sent to the provider, where it was recorded. */
  readonly request: Json | undefined;
  /** The body that the provider answered, byte for byte. */
  readonly response: Buffer;
}

/** A folder that looks like a case but cannot be read. */
export interface UnreadableCase {
  readonly name: string;
  readonly problem: string;
}
