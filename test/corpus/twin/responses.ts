import { responseEvents } from '../../support/response-events.js';
import { objects, text, type Json } from '../json.js';
import { lastResponse } from '../reading/responses.js';

/** A stream of the Responses API that says what a JSON answer says. */
export function responsesStream(body: Json): string {
  const items = objects(body['output']).map((item) => ({ item, inPieces: true }));
  return responseEvents(items, { status: 'completed', ...body })
    .map((event) => `event: ${text(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`)
    .join('');
}

/** The JSON answer that says what the events of a stream say. */
export function responsesBody(payloads: readonly Json[]): Json | undefined {
  return lastResponse(payloads);
}
