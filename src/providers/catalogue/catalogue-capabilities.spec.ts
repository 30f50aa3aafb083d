import { describe, expect, it } from '@jest/globals';
import { capabilitiesRecord, readCapabilities } from './catalogue-capabilities.js';

const PLACE = { subject: 'offer p/m', path: 'capabilities' };
const MODALITIES = { input_modalities: ['text'], output_modalities: ['text'] };

describe('readCapabilities', () => {
  it('reads what capabilitiesRecord writes', () => {
    const record = {
      tools: true,
      json_schema: false,
      reasoning_efforts: ['low'],
      protocol: 'responses',
      ...MODALITIES,
    };
    const capabilities = readCapabilities(record, PLACE);
    expect(capabilities).toMatchObject({ jsonSchema: false, protocol: 'responses' });
    expect(capabilitiesRecord(capabilities)).toEqual(record);
  });

  it('knows only protocols that there are', () => {
    const read = () => readCapabilities({ protocol: 'smoke signals', ...MODALITIES }, PLACE);
    expect(read).toThrow('offer p/m: capabilities.protocol: must be one of chat-completions,');
  });
});
