import { describe, expect, it } from '@jest/globals';
import { DocumentNames, mediaBlock } from './media.js';

const block = (part: Record<string, unknown>) => mediaBlock(part, new DocumentNames());
const image = (url: string) => ({ type: 'image_url', image_url: { url } });
const file = (file_data: string, filename?: string) => ({
  type: 'file',
  file: { file_data, filename },
});

describe('mediaBlock', () => {
  it.each([
    [image('data:image/jpg;base64,AA=='), { image: { format: 'jpeg', source: { bytes: 'AA==' } } }],
    [
      image('s3://bucket/a.b/kiwi.JPG'),
      { image: { format: 'jpeg', source: { s3Location: { uri: 's3://bucket/a.b/kiwi.JPG' } } } },
    ],
    [
      file('JVBERi0x', 'Q1 report: final.pdf'),
      { document: { name: 'Q1 report final', format: 'pdf', source: { bytes: 'JVBERi0x' } } },
    ],
    [
      file('data:text/plain,hi%20you'),
      { document: { name: 'Document', format: 'txt', source: { bytes: 'aGkgeW91' } } },
    ],
    [
      { type: 'video_url', video_url: { url: 'data:video/mp4;base64,AA==' } },
      { video: { format: 'mp4', source: { bytes: 'AA==' } } },
    ],
    [image('https://a.example/b.png'), undefined],
    [image('data:image/tiff;base64,AA=='), undefined],
    [file('data:application/zip;base64,AA=='), undefined],
    [{ type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } }, undefined],
    [{ type: 'constructor' }, undefined],
  ])('%j', (part, expected) => {
    expect(block(part)).toEqual(expected);
  });
});

it('gives every document of a request a name of its own', () => {
  const names = new DocumentNames();
  expect([
    names.take('a.pdf'),
    names.take('a.txt'),
    names.take('a 2.txt'),
    names.take('…'),
  ]).toEqual(['a', 'a 2', 'a 2 2', 'Document']);
});
